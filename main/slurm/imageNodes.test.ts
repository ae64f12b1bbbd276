import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  HEAD_BYTES,
  MOST_ON_NODE,
  nodeProgram,
  parseNodeAnswer,
  parseNodeJobLook,
  parseNodeProbe,
} from './imageNodes.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'slipway-node-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const onNode = (...folders: string[]) =>
  parseNodeAnswer(
    execFileSync('sh', ['-c', nodeProgram(folders)], {
      encoding: 'utf8',
      env: { HOME: home, PATH: '/usr/bin:/bin', SLURMD_NODENAME: 'n1' },
      maxBuffer: 64 * 1024 ** 2,
    }),
  );

describe('the program that looks for images on a node', () => {
  it('tells each with its beginning, whatever it is called', () => {
    const folder = path.join(home, "it's here");
    mkdirSync(path.join(folder, 'deep'), { recursive: true });
    const content = Buffer.alloc(HEAD_BYTES + 100, 'x');
    writeFileSync(path.join(folder, 'deep', 'a "b" $c.sif'), content);
    writeFileSync(path.join(folder, 'notes.txt'), 'no');
    writeFileSync(path.join(folder, 'small.simg'), 'hsqs');
    utimesSync(path.join(folder, 'small.simg'), 5, 1_700_000_000);
    symlinkSync(folder, path.join(home, 'link'));
    const answer = onNode('~/link', '/no/such/folder');
    expect(answer?.node).toBe('n1');
    expect([...(answer?.folders ?? [])]).toEqual([
      [0, { path: folder }],
      [1, 'missing'],
    ]);
    expect(answer?.images.map(({ folder: at, path: file, size }) => [at, file, size])).toEqual([
      [0, path.join(folder, 'deep', 'a "b" $c.sif'), HEAD_BYTES + 100],
      [0, path.join(folder, 'small.simg'), 4],
    ]);
    expect(answer?.images[1]?.modifiedAt).toBe(1_700_000_000);
    expect(answer?.images.map(({ head }) => gunzipSync(Buffer.from(head, 'base64')).length)).toEqual([HEAD_BYTES, 4]);
  });

  it('stops where there are more images than are told', () => {
    for (let index = 0; index < MOST_ON_NODE + 5; index += 1)
      writeFileSync(path.join(home, `${String(index)}.sif`), 'x');
    const answer = onNode('~');
    expect(answer?.images).toHaveLength(MOST_ON_NODE);
    expect([...(answer?.more ?? [])]).toEqual([0]);
  });
});

describe('answers', () => {
  it('that are cut are none', () => {
    expect(parseNodeAnswer('@slipway node n1\n@slipway image 0 1 1 L2E=\n')).toBeNull();
    expect(parseNodeAnswer('@slipway end\n')).toBeNull();
    expect(parseNodeAnswer('welcome\n@slipway node n1\n@slipway image 0 x y z\n@slipway end\n')).toMatchObject({
      node: 'n1',
      images: [],
    });
  });

  it('of the probe name a node, or none', () => {
    expect(parseNodeProbe('hi\n@n yes gpu01\n', 'n')).toEqual({ node: 'gpu01', ssh: true });
    expect(parseNodeProbe('\n@n no \n', 'n')).toEqual({ node: null, ssh: false });
    expect(parseNodeProbe('\n@n yes a b\n', 'n')).toBeNull();
  });

  it('of the look for the job are its state until it has written all', () => {
    expect(parseNodeJobLook('@n PENDING Priority\n', 'n')).toBe('PENDING Priority');
    expect(parseNodeJobLook('@n \n', 'n')).toBe('');
    expect(parseNodeJobLook('@slipway node n1\n@slipway end\n', 'n')).toBeNull();
  });
});
