import type { Architecture } from '../../shared/domain/image/metadata.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import { READ_LIMITS } from './limits.ts';
import { Fields } from './numbers.ts';
import { damaged } from './source.ts';

/** Bytes of the global header, and of one descriptor. Source: github.com/apptainer/sif, pkg/sif/sif.go and descriptor.go. */
export const HEADER_SIZE = 128;
export const DESCRIPTOR_SIZE = 585;

/** The global header of a SIF file: launch script, magic, version, architecture, id, times, and where the table of objects lies. */
export interface SifHeader {
  readonly version: string;
  readonly architectureCode: string;
  readonly uuid: string | null;
  /** Epoch seconds; null where the image was built to be the same bytes each time. */
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly descriptors: { readonly total: number; readonly offset: number };
}

const MAGIC_AT = 32;
const KNOWN_VERSION = 1;

/** True for the beginning of a SIF file. */
export function isSif(beginning: Uint8Array): boolean {
  return new Fields(beginning.subarray(0, HEADER_SIZE)).text(MAGIC_AT, 10) === 'SIF_MAGIC';
}

/**
 * Reads the header from the first bytes of the file, and holds the table that it names against the file's size. Errors: IMAGE_NOT_SIF for a newer
 * version, IMAGE_DAMAGED, IMAGE_TOO_MUCH.
 */
export function parseHeader(beginning: Uint8Array, size: number): SifHeader {
  if (beginning.length < HEADER_SIZE) throw damaged(beginning.length, 'images.damaged.cut');
  const fields = new Fields(beginning);
  const version = fields.text(42, 3);
  if (Number(version) !== KNOWN_VERSION)
    throw new AppError('IMAGE_NOT_SIF', { details: { reason: message('images.notImage.version', { version }) } });
  const total = fields.i64(88);
  const offset = fields.i64(96);
  if (!(total >= 0)) throw damaged(88, 'images.damaged.count');
  if (total > READ_LIMITS.descriptors)
    throw new AppError('IMAGE_TOO_MUCH', {
      details: { reason: message('images.tooMuch.objects', { count: total, most: READ_LIMITS.descriptors }) },
    });
  if (total > 0 && !(offset >= HEADER_SIZE)) throw damaged(96, 'images.damaged.table');
  if (total > 0 && offset > size) throw damaged(96, 'images.damaged.table');
  if (total > 0 && offset + total * DESCRIPTOR_SIZE > size) throw damaged(size, 'images.damaged.cut');
  return {
    version,
    architectureCode: fields.text(45, 3),
    uuid: uuidOf(fields.hex(48, 16)),
    createdAt: timeOf(fields.i64(64)),
    modifiedAt: timeOf(fields.i64(72)),
    descriptors: { total, offset },
  };
}

/** Codes of pkg/sif/arch.go. */
const ARCHITECTURES: readonly Architecture[] = [
  'unknown',
  '386',
  'amd64',
  'arm',
  'arm64',
  'ppc64',
  'ppc64le',
  'mips',
  'mipsle',
  'mips64',
  'mips64le',
  's390x',
  'riscv64',
  'loong64',
];

/** The architecture of a SIF code: two digits. */
export function architectureOf(code: string): Architecture {
  return /^\d{2}$/.test(code) ? (ARCHITECTURES[Number(code)] ?? 'unknown') : 'unknown';
}

/** Architectures as OCI, `uname -m` and labels call them. Source: runtime.GOARCH of Go; Docker’s names are the same. */
export function architectureNamed(name: string): Architecture {
  const called = name.trim().toLowerCase();
  const other = { x86_64: 'amd64', aarch64: 'arm64', i386: '386', i686: '386', armv7l: 'arm' }[called] ?? called;
  return ARCHITECTURES.find((each) => each === other) ?? 'unknown';
}

function uuidOf(hex: string): string | null {
  if (/^0+$/.test(hex)) return null;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Go's zero time, 0 and what no calendar holds are said by images that are built to be the same bytes each time. */
function timeOf(seconds: number): number | null {
  return seconds > 0 && seconds <= 8_640_000_000_000 ? seconds : null;
}
