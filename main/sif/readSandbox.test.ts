import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageFolder } from './imageFolder.ts';
import { readSandbox } from './readImage.ts';

describe('an unpacked image', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-sandbox-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };

  /** A folder of this computer, as one of a cluster is seen. */
  function onDisk(asked: string[] = []): ImageFolder {
    return {
      list: async (at) => {
        asked.push(at);
        try {
          const entries = readdirSync(path.join(folder, at), { withFileTypes: true });
          return entries.map((each) => ({
            name: each.name,
            kind: each.isFile() ? ('file' as const) : each.isDirectory() ? ('folder' as const) : ('other' as const),
          }));
        } catch {
          return null;
        }
      },
      read: async (at, most) => {
        asked.push(at);
        const bytes = readFileSync(path.join(folder, at));
        return { bytes: bytes.subarray(0, most), cut: bytes.length > most };
      },
    };
  }

  it('says in .singularity.d what it holds, as CVMFS has them', async () => {
    put('.singularity.d/labels.json', '{"org.opencontainers.image.architecture":"arm64"}');
    put('.singularity.d/runscript', '#!/bin/sh\r\nexec "$@"');
    put('.singularity.d/Singularity', 'Bootstrap: docker\n');
    put('.singularity.d/env/90-environment.sh', 'export A=1');
    put('.singularity.d/env/99-base.sh', 'in every image');
    put('.singularity.d/startscript', 'x'.repeat(70_000));
    put('scif/apps/gmx/scif/runscript.help', 'Help');
    put('scif/apps/none/bin/x', '');
    const asked: string[] = [];
    const image = await readSandbox(onDisk(asked));
    expect(image).toMatchObject({
      kind: 'sandbox',
      size: null,
      architecture: 'arm64',
      rootFileSystem: null,
      runscript: { text: '#!/bin/sh\r\nexec "$@"', cut: false },
      startscript: { text: 'x'.repeat(65_536), cut: true },
      definition: { text: 'Bootstrap: docker\n' },
      environment: [{ file: '90-environment.sh' }],
      apps: [{ name: 'gmx', help: { text: 'Help' } }],
      unknown: [],
    });
    expect(asked.filter((each) => each.startsWith('/usr') || each === '/')).toEqual([]);
  });

  it('is read without following links, which may lead out of it', async () => {
    put('secret', 'not of the image');
    put('.singularity.d/test', 'test');
    symlinkSync(path.join(folder, 'secret'), path.join(folder, '.singularity.d/runscript'));
    expect(await readSandbox(onDisk())).toMatchObject({ runscript: null, test: { text: 'test' } });
  });

  it('without such a folder leaves its contents open, and anything else is none', async () => {
    put('usr/bin/x', '');
    expect(await readSandbox(onDisk())).toMatchObject({ unknown: [{ field: 'contents', why: 'notRecorded' }] });
    rmSync(path.join(folder, 'usr'), { recursive: true });
    await expect(readSandbox(onDisk())).rejects.toMatchObject({ name: 'IMAGE_NOT_SIF' });
  });
});
