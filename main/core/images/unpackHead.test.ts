import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { unpackHead } from './unpackHead.ts';

const packed = (content: Buffer): string => gzipSync(content).toString('base64');

it('unpacks the beginning, and no more than is asked for however much there is', async () => {
  expect(Buffer.from(await unpackHead(packed(Buffer.from('hsqs')), 100)).toString()).toBe('hsqs');
  expect(await unpackHead(packed(Buffer.alloc(50_000_000)), 1000)).toEqual(new Uint8Array(1000));
});

it('ends where it goes wrong', async () => {
  expect(await unpackHead('no gzip at all', 100)).toHaveLength(0);
  expect(await unpackHead('', 100)).toHaveLength(0);
  const cut = Buffer.from(packed(Buffer.from('abc'.repeat(1000))), 'base64')
    .subarray(0, 20)
    .toString('base64');
  expect((await unpackHead(cut, 100)).length).toBeLessThanOrEqual(100);
});
