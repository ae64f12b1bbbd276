import { readFile } from 'node:fs/promises';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

/**
 * A file of the built interface by its URL path, or null: not there, or outside the folder. `/` is the page itself.
 * The guard works on the decoded path, so `%2e%2e` and backslashes lead nowhere either.
 */
export async function readRendererFile(
  folder: string,
  urlPath: string,
): Promise<{ body: Buffer; type: string; immutable: boolean } | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const file = path.resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`);
  if (!file.startsWith(path.resolve(folder) + path.sep)) return null;
  const type = TYPES[path.extname(file)];
  if (type === undefined) return null;
  try {
    return { body: await readFile(file), type, immutable: file.includes(`${path.sep}assets${path.sep}`) };
  } catch {
    return null;
  }
}
