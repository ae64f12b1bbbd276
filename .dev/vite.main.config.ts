import path from 'node:path';
import { defineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/**
 * Everything that runs in Node or Electron's main process, one file per program. What has native or CommonJS insides stays in
 * node_modules; the rest is bundled, so that the packaged app carries few files.
 */
export default defineConfig({
  root,
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: path.join(root, 'out/main'),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        application: path.join(root, 'main/hosts/electron/application.ts'),
        serve: path.join(root, 'main/hosts/http/main.ts'),
        cli: path.join(root, 'main/hosts/cli/main.ts'),
        configWorker: path.join(root, 'main/core/files/configWorker.ts'),
        templateWorker: path.join(root, 'main/core/templates/library/templateWorker.ts'),
        copyWorker: path.join(root, 'main/store/copyWorker.ts'),
        upgradeWorker: path.join(root, 'main/store/upgradeWorker.ts'),
        readAheadWorker: path.join(root, 'main/store/readAheadWorker.ts'),
        connectionWorker: path.join(root, 'main/ssh/worker/connectionWorker.ts'),
      },
      external: ['electron', 'better-sqlite3', 'ssh2'],
      // flat: programFolder() counts the folders above the file it is in
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true },
});
