import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../readImage.ts';
import { sourceOf } from '../testing/sources.ts';

const MKSQUASHFS = ['/usr/bin/mksquashfs', '/usr/local/bin/mksquashfs', '/usr/sbin/mksquashfs'].find(existsSync);

describe.skipIf(MKSQUASHFS === undefined)('a SquashFS that mksquashfs writes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-squashfs-'));
    const put = (file: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, 'root', file)), { recursive: true });
      writeFileSync(path.join(folder, 'root', file), text);
    };
    put('.singularity.d/labels.json', '{"Version":"7"}');
    put('.singularity.d/env/90-environment.sh', 'export A=1\n');
    put('.singularity.d/test', 'test '.repeat(50_000));
    put('scif/apps/gmx/scif/runscript', 'exec gmx\n');
    for (let each = 0; each < 3000; each += 1) put(`usr/lib/f${String(each)}`, String(each));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['gzip', []],
    ['zstd', ['-comp', 'zstd']],
    ['lz4', ['-comp', 'lz4']],
    ['xz', ['-comp', 'xz']],
    ['xz with a filter for programs', ['-comp', 'xz', '-Xbcj', 'x86']],
    ['nothing', ['-noI', '-noD', '-noF', '-noX']],
    ['gzip in blocks of 1 MiB without fragments', ['-b', '1M', '-no-fragments']],
    ['zstd in blocks of 4 KiB with fragments only', ['-b', '4K', '-comp', 'zstd', '-always-use-fragments']],
  ])('compressed with %s is read', async (_name, options) => {
    const file = path.join(folder, 'image.sqsh');
    execFileSync(MKSQUASHFS ?? '', [
      path.join(folder, 'root'),
      file,
      '-noappend',
      '-quiet',
      '-no-progress',
      ...options,
    ]);
    const source = sourceOf(readFileSync(file));
    expect(await readImage(source)).toMatchObject({
      kind: 'squashfs',
      labels: { Version: '7' },
      environment: [{ file: '90-environment.sh', content: { text: 'export A=1\n' } }],
      test: { text: 'test '.repeat(50_000).slice(0, 65_536), cut: true },
      apps: [{ name: 'gmx', runscript: { text: 'exec gmx\n' } }],
      unknown: [],
    });
    expect(source.reads.length).toBeLessThanOrEqual(30);
  });
});
