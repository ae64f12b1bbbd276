import { DESCRIPTOR_SIZE, HEADER_SIZE } from '../header.ts';

/** What goes into a SIF file as one object. */
export interface WrittenObject {
  /** One of `OBJECT`, or what no reader knows. */
  readonly type: number;
  readonly name?: string;
  readonly data: Uint8Array;
  /** Bytes that the object is said to have, where it is a hole behind its data: no file has to be as large as an image. */
  readonly size?: number;
  /** Up to 384 bytes that are the type's own. */
  readonly extra?: Uint8Array;
  /** The group of the object; 1 as `apptainer build` writes it, 0 for none. */
  readonly group?: number;
  /** What a signature signs. */
  readonly signs?: { readonly what: 'group' | 'object'; readonly id: number };
  /** Its place in the table; the next one if it says none. */
  readonly slot?: number;
}

export interface WrittenSif {
  readonly objects: readonly WrittenObject[];
  /** Two digits, as `ARCHITECTURE_CODE` has them. */
  readonly architecture?: string;
  /** 16 bytes in hexadecimal, with or without dashes. */
  readonly uuid?: string;
  /** Epoch seconds; 0 for an image that is to be the same bytes each time. */
  readonly madeAt?: number;
  readonly launchScript?: string;
  /** Room in the table, and where it begins. */
  readonly capacity?: number;
  readonly tableAt?: number;
  /** What data begins at multiples of. */
  readonly alignment?: number;
}

/** Bytes at their places in a file; what lies between is a hole. */
export interface SparseFile {
  readonly size: number;
  readonly pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

const GROUP = 0xf000_0000;

/**
 * A SIF file as the reference implementation lays it out: header, table of objects, data aligned to pages. By the format alone, so that tests and the
 * demo have images without Apptainer. Source: github.com/apptainer/sif, pkg/sif/create.go.
 */
export function layOutSif(image: WrittenSif): SparseFile {
  const { objects, capacity = 48, tableAt = 4096, alignment = 4096, madeAt = 0 } = image;
  const table = Buffer.alloc(capacity * DESCRIPTOR_SIZE);
  const dataAt = tableAt + table.length;
  const pieces: { offset: number; bytes: Uint8Array }[] = [];
  let end = dataAt;
  objects.forEach((object, index) => {
    const offset = Math.ceil(end / alignment) * alignment;
    const size = object.size ?? object.data.length;
    writeDescriptor(table.subarray((object.slot ?? index) * DESCRIPTOR_SIZE), {
      object,
      id: index + 1,
      offset,
      size,
      withPadding: offset + size - end,
      madeAt,
    });
    if (object.data.length > 0) pieces.push({ offset, bytes: object.data });
    end = offset + size;
  });
  const header = Buffer.alloc(HEADER_SIZE);
  header.write(image.launchScript ?? '#!/usr/bin/env run-singularity\n', 0, 32, 'latin1');
  header.write('SIF_MAGIC\0', 32, 'latin1');
  header.write('01\0', 42, 'latin1');
  header.write(`${image.architecture ?? '02'}\0`, 45, 3, 'latin1');
  Buffer.from((image.uuid ?? '').replaceAll('-', ''), 'hex').copy(header, 48);
  const numbers = [madeAt, madeAt, capacity - objects.length, capacity, tableAt, table.length, dataAt, end - dataAt];
  numbers.forEach((value, index) => header.writeBigInt64LE(BigInt(value), 64 + 8 * index));
  return { size: end, pieces: [{ offset: 0, bytes: header }, { offset: tableAt, bytes: table }, ...pieces] };
}

/** The same as the bytes of a file. */
export function writeSif(image: WrittenSif): Buffer {
  const { size, pieces } = layOutSif(image);
  const file = Buffer.alloc(size);
  for (const { offset, bytes } of pieces) file.set(bytes, offset);
  return file;
}

interface Placed {
  readonly object: WrittenObject;
  readonly id: number;
  readonly offset: number;
  readonly size: number;
  readonly withPadding: number;
  readonly madeAt: number;
}

function writeDescriptor(to: Buffer, { object, id, offset, size, withPadding, madeAt }: Placed): void {
  const { signs, group = 1 } = object;
  to.writeInt32LE(object.type, 0);
  to.writeUInt8(1, 4);
  to.writeUInt32LE(id, 5);
  to.writeUInt32LE((GROUP | group) >>> 0, 9);
  if (signs !== undefined) to.writeUInt32LE(((signs.what === 'group' ? GROUP : 0) | signs.id) >>> 0, 13);
  // the last two are owner and group, both long out of use
  [offset, size, withPadding, madeAt, madeAt, 0, 0].forEach((value, index) =>
    to.writeBigInt64LE(BigInt(value), 17 + 8 * index),
  );
  to.write(object.name ?? '', 73, 128, 'utf8');
  to.set(object.extra ?? new Uint8Array(), 201);
}

/** What a partition says of itself: the kind of its file system (1 SquashFS, 2 ext3 …), its use (2 primary …), its architecture. */
export function partitionExtra(fileSystem: number, use: number, architecture = '02'): Buffer {
  const extra = Buffer.alloc(11);
  extra.writeInt32LE(fileSystem, 0);
  extra.writeInt32LE(use, 4);
  extra.write(architecture, 8, 2, 'latin1');
  return extra;
}

/** What a signature says of itself: the kind of its hash (1 SHA-256 …) and the fingerprint of its PGP key, in hexadecimal; '' without one. */
export function signatureExtra(hash: number, fingerprint: string): Buffer {
  const extra = Buffer.alloc(260);
  extra.writeInt32LE(hash, 0);
  Buffer.from(fingerprint, 'hex').copy(extra, 4);
  return extra;
}
