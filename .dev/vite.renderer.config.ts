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

/** Schemas are checked in main; a value import of shared/contract or a schema of shared/domain would bring the library in. */
function noSchemasInPage(): Plugin {
  return {
    name: 'no-schemas-in-page',
    generateBundle() {
      const schemas = [...this.getModuleIds()].find((id) => id.includes('/node_modules/zod/'));
      if (schemas === undefined) return;
      const path: string[] = [schemas];
      for (let id: string | undefined = schemas; id?.includes('node_modules'); path.unshift(id ?? ''))
        id = this.getModuleInfo(id)?.importers[0];
      this.error(`zod must not be part of the page; it comes by ${path.join(' → ')}. Use \`import type\`.`);
    },
  };
}

/** The page: no inline scripts (CSP), relative addresses (it is served from app:// and from a loopback port). */
export default defineConfig({
  root,
  base: './',
  plugins: [react(), ownLanguagesOnly(), noSchemasInPage()],
  worker: { format: 'es' },
  build: {
    target: 'chrome130',
    outDir: path.resolve(root, '../out/renderer'),
    emptyOutDir: true,
    // bench/rendererSize.ts reads from it what the page loads first
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: true,
    rolldownOptions: {
      // One file for what is always needed at once: it compresses better by a twentieth than the many that screens happen to share.
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      treeshake: {
        // A screen takes from ui/index.ts what it uses and no more: our modules do nothing when they are merely loaded.
        moduleSideEffects: [{ test: /\/renderer\/(?:ui|client|features|editor|i18n)\/.*\.tsx?$/, sideEffects: false }],
      },
    },
    // Monaco is large and comes on demand.
    chunkSizeWarningLimit: 4000,
  },
});
