import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSampleImages } from './sampleImages.ts';

describe('the demo’s sample images', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-images-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The objects of a SIF file, read by the header's own offsets. */
  function objects(file: string): Map<string, { type: number; data: string }> {
    const bytes = readFileSync(file);
    expect(bytes.toString('latin1', 32, 41)).toBe('SIF_MAGIC');
    expect(bytes.toString('latin1', 42, 44)).toBe('01');
    const total = Number(bytes.readBigInt64LE(88));
    const at = Number(bytes.readBigInt64LE(96));
    const dataStart = Number(bytes.readBigInt64LE(112));
    expect(Number(bytes.readBigInt64LE(104))).toBe(total * 585);
    expect(Number(bytes.readBigInt64LE(120))).toBe(bytes.length - dataStart);
    const found = new Map<string, { type: number; data: string }>();
    for (let start = at; start < at + total * 585; start += 585) {
      if (bytes.readUInt8(start + 4) === 0) continue;
      const offset = Number(bytes.readBigInt64LE(start + 17));
      expect(offset % 4096).toBe(0);
      const name = bytes.toString('utf8', start + 73, start + 201).replace(/\0+$/, '');
      found.set(name, {
        type: bytes.readInt32LE(start),
        data: bytes.toString('utf8', offset, offset + Number(bytes.readBigInt64LE(start + 25))),
      });
    }
    expect(total - found.size).toBe(Number(bytes.readBigInt64LE(80)));
    return found;
  }

  it('are SIF files with a definition, an inspection record and a primary partition', () => {
    const [compute = '', viz = ''] = writeSampleImages(folder);
    expect(readdirSync(compute)).toEqual(['gromacs.sif', 'openfoam.sif', 'python-3.12.sif', 'pytorch_cuda.sif']);
    expect(readdirSync(viz)).toEqual(['paraview.sif']);
    const image = objects(path.join(compute, 'gromacs.sif'));
    expect([...image].map(([name, { type }]) => [name, type])).toEqual([
      ['definition', 0x4001],
      ['inspect-metadata.json', 0x4006],
      ['rootfs', 0x4004],
    ]);
    expect(JSON.parse(image.get('inspect-metadata.json')!.data)).toMatchObject({
      type: 'container',
      data: { attributes: { apps: { gmx: {} } } },
    });
  });

  it('are written once and are the same everywhere', () => {
    const read = (): Buffer => readFileSync(path.join(folder, 'compute', 'python-3.12.sif'));
    writeSampleImages(folder);
    const first = read();
    rmSync(path.join(folder, 'compute'), { recursive: true });
    writeSampleImages(folder);
    expect(read().equals(first)).toBe(true);
  });
});
