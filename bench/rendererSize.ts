import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Figure } from './measure.ts';

const LIMIT_KB = 200;

/** What the page loads before anything is asked of it: its scripts and what they import statically, gzipped. */
export async function rendererSize(root: string): Promise<Figure[]> {
  const folder = path.join(root, 'out/renderer');
  const html = await readFile(path.join(folder, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/<(?:script|link)[^>]+(?:src|href)="\.?\/?([^"]+\.js)"/g)].map((match) => path.join(folder, match[1] ?? ''));
  const seen = new Set<string>();
  let bytes = 0;
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const code = await readFile(file, 'utf8');
    bytes += gzipSync(code, { level: 9 }).length;
    for (const match of code.matchAll(/(?:^|[;}\s])import(?:[\w*{}\s,$]+from)?\s*["']([^"']+)["']/g)) waiting.push(path.resolve(path.dirname(file), match[1] ?? ''));
  }
  const size = bytes / 1000;
  return [{ name: 'initial JavaScript, gzip', unit: 'kB', median: size, p95: size, samples: 1, baseline: null, goal: `≤ ${String(LIMIT_KB)} kB`, met: size > 0 && size <= LIMIT_KB }];
}
