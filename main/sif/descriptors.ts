import type { FileSystemType, ImageSignature } from '../../shared/domain/image/metadata.ts';
import { DESCRIPTOR_SIZE, type SifHeader } from './header.ts';
import { Fields } from './numbers.ts';
import type { ImageReader } from './source.ts';

/** Types of objects. Source: github.com/apptainer/sif, pkg/sif/sif.go. */
export const OBJECT = {
  definition: 0x4001,
  environment: 0x4002,
  labels: 0x4003,
  partition: 0x4004,
  signature: 0x4005,
  genericJson: 0x4006,
  generic: 0x4007,
  cryptoMessage: 0x4008,
  sbom: 0x4009,
  ociRootIndex: 0x400a,
  ociBlob: 0x400b,
} as const;

/** One object of a SIF file. Offsets and sizes in bytes; `inside` is true where they lie within the file. */
export interface SifObject {
  readonly type: number;
  readonly id: number;
  /** 0 where it belongs to none. */
  readonly group: number;
  readonly signs: ImageSignature['signs'];
  readonly offset: number;
  readonly size: number;
  readonly inside: boolean;
  /** As it stands there: it may hold anything. */
  readonly name: string;
  /** The 384 bytes that are the type's own. */
  readonly extra: Fields;
}

/** The bits that tell the id of a group from that of an object. */
const GROUP_MASK = 0xf000_0000;
const EXTRA_AT = 201;

/**
 * The used descriptors, in the order of the table: used ones may stand anywhere in it, and how many there are the header says wrongly where an
 * object was deleted by an older siftool. Errors: those of ImageReader.bytes.
 */
export async function readDescriptors(reader: ImageReader, { descriptors }: SifHeader): Promise<SifObject[]> {
  const { total, offset } = descriptors;
  if (total === 0) return [];
  const table = await reader.bytes(offset, total * DESCRIPTOR_SIZE);
  return Array.from({ length: total }, (_, index) =>
    parseDescriptor(table.subarray(index * DESCRIPTOR_SIZE, (index + 1) * DESCRIPTOR_SIZE), reader),
  ).filter((object) => object !== null);
}

function parseDescriptor(bytes: Uint8Array, reader: ImageReader): SifObject | null {
  const fields = new Fields(bytes);
  if (fields.u8(4) === 0) return null;
  const offset = fields.i64(17);
  const size = fields.i64(25);
  const link = fields.u32(13);
  const linked = (link & ~GROUP_MASK) >>> 0;
  return {
    type: fields.i32(0),
    id: fields.u32(5),
    group: (fields.u32(9) & ~GROUP_MASK) >>> 0,
    signs: linked === 0 ? null : { what: (link & GROUP_MASK) >>> 0 === GROUP_MASK ? 'group' : 'object', id: linked },
    offset,
    size,
    inside: reader.holds(offset, size),
    name: fields.text(73, 128),
    extra: new Fields(bytes.subarray(EXTRA_AT)),
  };
}

/** What a partition is for: the primary one holds the root file system. */
export type PartitionUse = 'system' | 'primary' | 'data' | 'overlay' | 'unknown';

export interface Partition {
  readonly object: SifObject;
  readonly type: FileSystemType;
  readonly encrypted: boolean;
  readonly use: PartitionUse;
  readonly architectureCode: string;
}

/** Types 5 and 6 are encrypted: SquashFS within LUKS, and a SquashFS of files that gocryptfs encrypted. */
const FILE_SYSTEMS: readonly (readonly [FileSystemType, boolean])[] = [
  ['unknown', false],
  ['squashfs', false],
  ['ext3', false],
  ['archive', false],
  ['raw', false],
  ['squashfs', true],
  ['gocryptfs', true],
];
const USES: readonly PartitionUse[] = ['unknown', 'system', 'primary', 'data', 'overlay'];

export function partitionOf(object: SifObject): Partition {
  const [type, encrypted] = FILE_SYSTEMS[object.extra.i32(0)] ?? ['unknown', false];
  return {
    object,
    type,
    encrypted,
    use: USES[object.extra.i32(4)] ?? 'unknown',
    architectureCode: object.extra.text(8, 3),
  };
}

const HASHES: readonly ImageSignature['hash'][] = ['unknown', 'sha256', 'sha384', 'sha512', 'blake2s', 'blake2b'];
/** Bytes of the fingerprint of a PGP key of version 4. */
const FINGERPRINT = 20;

/** What the descriptor of a signature says: the hash and, of a PGP key, the fingerprint. The kind of one without is in its data. */
export function signatureOf(object: SifObject): ImageSignature {
  const fingerprint = object.extra.hex(4, FINGERPRINT);
  const named = !/^0+$/.test(fingerprint);
  return {
    kind: named ? 'pgp' : 'unknown',
    hash: HASHES[object.extra.i32(0)] ?? 'unknown',
    fingerprint: named ? fingerprint : null,
    signs: object.signs,
  };
}

/** The digest that an OCI blob or index is known by. */
export function digestOf(object: SifObject): string {
  return object.extra.text(0, 384);
}
