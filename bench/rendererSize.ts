import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Figure } from './measure.ts';

const LIMIT_KB = 200;

const Manifest = z.record(z.string(), z.object({ file: z.string(), name: z.string().optional(), imports: z.array(z.string()).default([]) }));

/** The page and its first screen; Monaco comes after them, on demand. */
const FIRST = ['index.html', 'features/launch/index.ts'];

/** The scripts that the page loads until Launch can be used, with all that they import statically, gzipped. */
export async function rendererSize(root: string): Promise<Figure[]> {
  const folder = path.join(root, 'out/renderer');
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(folder, '.vite/manifest.json'), 'utf8')));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    // a chunk that other screens share too stands in the manifest under its folder's name alone
    const chunk = manifest[name] ?? Object.values(manifest).find((each) => each.name !== undefined && name.endsWith(`/${each.name}/index.ts`) && each.file.endsWith('.js'));
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (seen.has(chunk.file)) return;
    seen.add(chunk.file);
    chunk.imports.forEach(visit);
  };
  FIRST.forEach(visit);
  const sizes = await Promise.all([...seen].map(async (file) => gzipSync(await readFile(path.join(folder, file)), { level: 9 }).length));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000;
  return [{ name: 'initial JavaScript with Launch, gzip', unit: 'kB', median: size, p95: size, samples: 1, baseline: null, goal: `≤ ${String(LIMIT_KB)} kB`, met: size <= LIMIT_KB }];
}
