import path from 'node:path';
import { defineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/**
 * The first file that Electron loads: one small CommonJS file, which Electron runs to its end before it is ready. The application
 * itself is a module beside it.
 */
export default defineConfig({
  root,
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: path.join(root, 'out/main'),
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: { electron: path.join(root, 'main/hosts/electron/main.ts') },
      external: ['electron', './application.js'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});
