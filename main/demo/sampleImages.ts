/**
 * Sample images for the demo: small files in the SIF format, which a reader opens, lists and finds an inspection record in. They hold
 * no root file system; the demo's apptainer runs commands on this computer.
 * Format: github.com/apptainer/sif, version 1: a 128-byte header, 585-byte descriptors, then the data, all little-endian.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface SampleImage {
  readonly folder: 'compute' | 'viz';
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly apps: readonly string[];
  /** An id per image, fixed so that the files are the same everywhere. */
  readonly id: number;
}

const SAMPLES: readonly SampleImage[] = [
  {
    folder: 'compute',
    name: 'python-3.12.sif',
    version: '3.12',
    description: 'Python with the scientific libraries',
    apps: ['python'],
    id: 1,
  },
  {
    folder: 'compute',
    name: 'pytorch_cuda.sif',
    version: '2.5',
    description: 'PyTorch with CUDA',
    apps: ['python'],
    id: 2,
  },
  {
    folder: 'compute',
    name: 'gromacs.sif',
    version: '2024.4',
    description: 'GROMACS molecular dynamics',
    apps: ['gmx'],
    id: 3,
  },
  {
    folder: 'compute',
    name: 'openfoam.sif',
    version: '2406',
    description: 'OpenFOAM computational fluid dynamics',
    apps: [],
    id: 4,
  },
  {
    folder: 'viz',
    name: 'paraview.sif',
    version: '5.13',
    description: 'ParaView visualisation',
    apps: ['paraview', 'pvserver'],
    id: 5,
  },
];

const HEADER_SIZE = 128;
const DESCRIPTORS_AT = 4096;
const DESCRIPTOR_SIZE = 585;
const DESCRIPTORS = 48;
/** Epoch seconds of 2026-01-01: the same bytes at every start. */
const MADE_AT = 1_767_225_600;

const DATA_TYPE = { genericJson: 0x4006, partition: 0x4004, definitionFile: 0x4001 } as const;
/** Where data objects begin; apptainer aligns them to pages. */
const ALIGNMENT = 4096;

function uuid(id: number): Buffer {
  return Buffer.from(`5110ad00-0000-4000-8000-${String(id).padStart(12, '0')}`.replaceAll('-', ''), 'hex');
}

interface SifObject {
  readonly type: number;
  readonly name: string;
  readonly data: Buffer;
  /** The 384 bytes that a type keeps beside its descriptor. */
  readonly extra?: Buffer;
}

/** File system squashfs, type primary system partition, architecture amd64. */
function partitionExtra(): Buffer {
  const extra = Buffer.alloc(384);
  extra.writeInt32LE(1, 0);
  extra.writeInt32LE(2, 4);
  extra.write('02', 8, 'latin1');
  return extra;
}

/** Lays header, descriptors and data out as the reference implementation does: descriptors at 4096, data behind them, page-aligned. */
function writeSif(id: number, objects: readonly SifObject[]): Buffer {
  const descriptors = Buffer.alloc(DESCRIPTORS * DESCRIPTOR_SIZE);
  const dataStart = DESCRIPTORS_AT + descriptors.length;
  const parts: Buffer[] = [];
  let end = dataStart;
  objects.forEach(({ type, name, data, extra }, index) => {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    parts.push(Buffer.alloc(offset - end), data);
    const sizeWithPadding = offset + data.length - end;
    end = offset + data.length;
    const at = index * DESCRIPTOR_SIZE;
    let field = descriptors.writeInt32LE(type, at);
    field = descriptors.writeUInt8(1, field);
    field = descriptors.writeUInt32LE(index + 1, field);
    // group 1 of the file, as apptainer build writes it
    field = descriptors.writeUInt32LE(0xf000_0001, field);
    field = descriptors.writeUInt32LE(0, field);
    field = descriptors.writeBigInt64LE(BigInt(offset), field);
    field = descriptors.writeBigInt64LE(BigInt(data.length), field);
    field = descriptors.writeBigInt64LE(BigInt(sizeWithPadding), field);
    field = descriptors.writeBigInt64LE(BigInt(MADE_AT), field);
    field = descriptors.writeBigInt64LE(BigInt(MADE_AT), field);
    // owner and group, both long out of use
    field += 16;
    descriptors.write(name, field, 128, 'utf8');
    extra?.copy(descriptors, field + 128);
  });
  const header = Buffer.alloc(HEADER_SIZE);
  header.write('#!/usr/bin/env run-singularity\n', 0, 'latin1');
  header.write('SIF_MAGIC\0', 32, 'latin1');
  header.write('01\0', 42, 'latin1');
  header.write('02\0', 45, 'latin1');
  uuid(id).copy(header, 48);
  let field = header.writeBigInt64LE(BigInt(MADE_AT), 64);
  field = header.writeBigInt64LE(BigInt(MADE_AT), field);
  field = header.writeBigInt64LE(BigInt(DESCRIPTORS - objects.length), field);
  field = header.writeBigInt64LE(BigInt(DESCRIPTORS), field);
  field = header.writeBigInt64LE(BigInt(DESCRIPTORS_AT), field);
  field = header.writeBigInt64LE(BigInt(descriptors.length), field);
  field = header.writeBigInt64LE(BigInt(dataStart), field);
  header.writeBigInt64LE(BigInt(end - dataStart), field);
  return Buffer.concat([header, Buffer.alloc(DESCRIPTORS_AT - HEADER_SIZE), descriptors, ...parts]);
}

function sifOf(image: SampleImage): Buffer {
  const title = image.name.replace(/\.sif$/, '');
  const definition = `Bootstrap: scratch\n\n%labels\n    org.opencontainers.image.title ${title}\n\n%help\n    ${image.description}\n`;
  const inspection = {
    type: 'container',
    data: {
      attributes: {
        apps: Object.fromEntries(image.apps.map((app) => [app, { runscript: `#!/bin/sh\nexec ${app} "$@"\n` }])),
        labels: {
          'org.opencontainers.image.title': title,
          'org.opencontainers.image.version': image.version,
          'org.opencontainers.image.description': image.description,
          'org.label-schema.build-arch': 'amd64',
        },
        deffile: definition,
        runscript: '#!/bin/sh\nexec "$@"\n',
      },
    },
  };
  return writeSif(image.id, [
    { type: DATA_TYPE.definitionFile, name: 'definition', data: Buffer.from(definition) },
    { type: DATA_TYPE.genericJson, name: 'inspect-metadata.json', data: Buffer.from(JSON.stringify(inspection)) },
    { type: DATA_TYPE.partition, name: 'rootfs', data: Buffer.from('hsqs'), extra: partitionExtra() },
  ]);
}

/** Writes the samples that are not there yet below `folder`, and names the image folders. */
export function writeSampleImages(folder: string): string[] {
  for (const image of SAMPLES) {
    const file = path.join(folder, image.folder, image.name);
    if (existsSync(file)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, sifOf(image), { mode: 0o644 });
    renameSync(`${file}.new`, file);
  }
  return [path.join(folder, 'compute'), path.join(folder, 'viz')];
}
