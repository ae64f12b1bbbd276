import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRendererFile } from './rendererFiles.ts';

let folder: string;

beforeAll(async () => {
  const top = await mkdtemp(path.join(tmpdir(), 'slipway-renderer-'));
  folder = path.join(top, 'renderer');
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'index.html'), '<p>page</p>');
  await writeFile(path.join(folder, 'assets', 'a.js'), 'a');
  await writeFile(path.join(top, 'secret.html'), 'secret');
  await mkdir(`${folder}-other`);
  await writeFile(path.join(`${folder}-other`, 'x.html'), 'secret');
});
afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

describe('files of the interface', () => {
  it('are the page at / and what it loads', async () => {
    expect((await readRendererFile(folder, '/'))?.body.toString()).toBe('<p>page</p>');
    expect(await readRendererFile(folder, '/assets/a.js')).toMatchObject({
      type: 'text/javascript; charset=utf-8',
      immutable: true,
    });
  });

  it.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/../../secret.html',
    '/..\\secret.html',
    '/%00',
    '/%',
    '/../renderer-other/x.html',
    '//etc/passwd',
    '/missing.js',
    '/assets',
  ])('are nothing outside the folder: %s', async (urlPath) => {
    expect(await readRendererFile(folder, urlPath)).toBeNull();
  });
});
