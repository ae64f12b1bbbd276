/**
 * Builds everything into out/: renderer (page), main (hosts and workers), preload.
 * `node .dev/build.mjs [--if-needed]`: with it, only when a source is newer than the last build.
 */
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const stamp = path.join(root, 'out', '.built');

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.name === '__fixtures__' || entry.name.endsWith('.test.ts')) continue;
    latest = Math.max(latest, entry.isDirectory() ? newest(full) : statSync(full).mtimeMs);
  }
  return latest;
}

/** True when out/ was built from what is there now. */
export function isBuilt() {
  try {
    const built = statSync(stamp).mtimeMs;
    const sources = ['main', 'renderer', 'preload', 'shared', '.dev'].map((name) => newest(path.join(root, name)));
    return Math.max(...sources, statSync(path.join(root, 'package-lock.json')).mtimeMs) < built;
  } catch {
    return false;
  }
}

export async function buildAll() {
  const { build } = await import('vite');
  const started = new Date();
  rmSync(path.join(root, 'out'), { recursive: true, force: true });
  for (const name of ['renderer', 'main', 'electron', 'preload']) {
    await build({ configFile: path.join(import.meta.dirname, `vite.${name}.config.ts`), logLevel: 'warn' });
  }
  writeFileSync(stamp, '');
  // a source saved while the build ran is newer than the build
  utimesSync(stamp, started, started);
}

if (process.argv[1] === import.meta.filename) {
  if (!process.argv.includes('--if-needed') || !isBuilt()) await buildAll();
}
