import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const root = path.resolve(import.meta.dirname, '../renderer');

/** The languages of the interface. react-aria carries the words of more than thirty; those of the others are left out. */
const LANGUAGES = ['en-US', 'ko-KR'];

function ownLanguagesOnly(): Plugin {
  return {
    name: 'own-languages-only',
    enforce: 'pre',
    load(id) {
      const language = /\/intl\/[^?]*\/([a-z]{2}-[A-Z]{2})\.[mc]?js$/.exec(id)?.[1];
      return language === undefined || LANGUAGES.includes(language) ? null : 'export default {};';
    },
  };
}

/** The page: no inline scripts (CSP), relative addresses (it is served from app:// and from a loopback port). */
export default defineConfig({
  root,
  base: './',
  plugins: [react(), ownLanguagesOnly()],
  worker: { format: 'es' },
  build: {
    target: 'chrome130',
    outDir: path.resolve(root, '../out/renderer'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: true,
    // Monaco is large and comes on demand.
    chunkSizeWarningLimit: 4000,
  },
});
