import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Figure } from './measure.ts';

const LIMIT_KB = 200;

const Manifest = z.record(z.string(), z.object({ file: z.string(), imports: z.array(z.string()).default([]) }));
const SourceMap = z.object({ sources: z.array(z.string()) });

/** The page imports its first screen statically; Monaco comes after them, on demand. */
const PAGE = 'index.html';
const FIRST_SCREEN = '/features/launch/LaunchPage.tsx';

/** The scripts that the page loads until Launch can be used, with all that they import statically, gzipped. `npm test` fails where they are over the limit. */
export async function rendererSize(root: string): Promise<Figure[]> {
  const folder = path.join(root, 'out/renderer');
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(folder, '.vite/manifest.json'), 'utf8')));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (seen.has(chunk.file)) return;
    seen.add(chunk.file);
    chunk.imports.forEach(visit);
  };
  visit(PAGE);
  const read = (file: string): Promise<Buffer> => readFile(path.join(folder, file));
  const maps = await Promise.all(
    [...seen].map(async (file) => SourceMap.safeParse(JSON.parse(await read(`${file}.map`).then(String, () => '{}')))),
  );
  if (!maps.some(({ data }) => data?.sources.some((source) => source.endsWith(FIRST_SCREEN)) === true))
    throw new Error('the page no longer loads Launch with itself: count what it loads instead');
  const sizes = await Promise.all([...seen].map(async (file) => gzipSync(await read(file), { level: 9 }).length));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000;
  return [
    {
      name: 'initial JavaScript with Launch, gzip',
      unit: 'kB',
      median: size,
      p95: size,
      samples: 1,
      baseline: null,
      goal: `≤ ${String(LIMIT_KB)} kB`,
      met: size <= LIMIT_KB,
    },
  ];
}
