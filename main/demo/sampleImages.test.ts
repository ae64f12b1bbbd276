import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpuNeed } from '../../shared/domain/image/gpuNeed.ts';
import type { ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { versionOf } from '../../shared/domain/image/labels.ts';
import { mpiOf } from '../../shared/domain/image/mpi.ts';
import { readImage } from '../sif/index.ts';
import { writeSampleImages } from './sampleImages.ts';

describe('the demo’s sample images', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-images-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function all(): Promise<Record<string, ImageMetadata>> {
    const read: Record<string, ImageMetadata> = {};
    for (const images of writeSampleImages(folder))
      for (const name of readdirSync(images).sort()) {
        const bytes = readFileSync(path.join(images, name));
        read[name] = await readImage({
          size: bytes.length,
          read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
        });
      }
    return read;
  }

  it('are read as the images that they stand for', async () => {
    const images = await all();
    expect(Object.keys(images)).toEqual([
      'gromacs.sif',
      'lammps-arm64.sif',
      'openfoam.sif',
      'python-3.12.sif',
      'pytorch_cuda.sif',
      'relion.sif',
      'jupyter_oci.sif',
      'paraview.sif',
    ]);
    const table = Object.entries(images).map(([name, image]) =>
      [
        name,
        image.kind,
        image.architecture,
        versionOf(image) ?? '?',
        gpuNeed(image).need,
        mpiOf(image)?.flavour ?? '-',
        image.labelSource ?? '-',
        image.apps.map((app) => app.name).join('+'),
        image.signatures.map(({ kind }) => kind).join('+'),
      ].join(' | '),
    );
    expect(table).toEqual([
      'gromacs.sif | sif | amd64 | 2024.4 | none | Open MPI | inspection | gmx+gmx_mpi | pgp',
      'lammps-arm64.sif | sif | arm64 | 29Aug2024 | none | MPICH | inspection | lmp | ',
      'openfoam.sif | sif | amd64 | 2406 | none | Open MPI | inspection |  | ',
      'python-3.12.sif | sif | amd64 | 3.12 | none | - | inspection | python | ',
      'pytorch_cuda.sif | sif | amd64 | 2.5 | cuda | - | inspection | python | ',
      'relion.sif | sif | amd64 | 4.0.1 | cuda | - | labelsFile | relion | ',
      'jupyter_oci.sif | oci-sif | amd64 | 4.2 | none | - | ociConfig |  | ',
      'paraview.sif | sif | amd64 | 5.13 | none | - | inspection | paraview+pvserver | ',
    ]);
    expect(Object.values(images).flatMap(({ unknown }) => unknown)).toEqual([]);
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
