import path from 'node:path';
import { defineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** A sandboxed preload is one CommonJS file that requires only electron. */
export default defineConfig({
  root,
  build: {
    target: 'chrome130',
    outDir: path.join(root, 'out/preload'),
    emptyOutDir: true,
    minify: false,
    lib: { entry: path.join(root, 'preload/index.ts'), formats: ['cjs'], fileName: () => 'index.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
