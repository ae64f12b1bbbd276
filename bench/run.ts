/** `npm run bench [-- name …]`: measures in one run, prints a table and JSON lines. Goals that are missed are shown, not hidden. */
import path from 'node:path';
import { report, type Figure } from './measure.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  size: async () => (await import('./rendererSize.ts')).rendererSize(ROOT),
  generator: async () => (await import('./generator.ts')).generator(ROOT),
  readers: async () => (await import('./readers.ts')).readersOfForeignText(),
  store: async () => (await import('./store.ts')).storeFigures(ROOT),
  array: async () => [
    ...(await (await import('./array.ts')).arrayFigures()),
    ...(await (await import('./arrayWindow.ts')).arrayInWindow()),
  ],
  library: async () => (await import('./library.ts')).templateLibrary(ROOT),
  window: async () => (await import('./window.ts')).windowFigures(ROOT),
  connect: async () => (await import('./connect.ts')).connecting(ROOT),
  politeness: async () => (await import('./politeness.ts')).politeness(),
  transfers: async () => (await import('./transfers.ts')).transfers(ROOT),
  images: async () => (await import('./images.ts')).images(ROOT),
  submit: async () => (await import('./submit.ts')).submission(ROOT),
};

const asked = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  figures.push(...(await bench()));
}
process.stdout.write(`${report(figures)}\n`);
