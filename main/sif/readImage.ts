import type { FileSystem, ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import { architectureNamed, isSif } from './header.ts';
import { emptyContents, type FoundContents } from './contents.ts';
import { contentsOfFolder, type ImageFolder } from './imageFolder.ts';
import { READ_LIMITS } from './limits.ts';
import { Fields } from './numbers.ts';
import { readSif } from './readSif.ts';
import { ImageReader, type SifSource } from './source.ts';
import { contentsInside } from './squashfs/contentsInside.ts';
import { parseSuperblock } from './squashfs/superblock.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /**
   * Whether to look into the root file system where the file itself does not say what it holds: some ten reads more, and up to some 100 kB. True unless
   * it is said otherwise; else it is `notLookedInside`.
   */
  readonly insideFileSystem?: boolean;
}

/**
 * What an image file says of itself: SIF, OCI-SIF, bare SquashFS (`.simg`, `.sqsh`) or ext3 (`.img`). A SIF of any size takes at most three
 * reads and 64 KiB beside its records. Nothing of it is trusted: offsets are held against its size, and what is read, kept and decompressed has bounds.
 * Errors: IMAGE_NOT_SIF for what is no image, IMAGE_DAMAGED where header or table cannot be read, IMAGE_TOO_MUCH beyond `READ_LIMITS`, those of the
 * source, and the reason of the signal.
 */
export async function readImage(source: SifSource, options: ReadOptions = {}): Promise<ImageMetadata> {
  const { signal = new AbortController().signal, insideFileSystem = true } = options;
  if (source.size === 0) throw notAnImage('images.notImage.empty');
  const reader = new ImageReader(source, signal);
  const beginning = await reader.bytes(0, Math.min(source.size, READ_LIMITS.first));
  if (isSif(beginning)) return readSif(reader, beginning, insideFileSystem);
  const offset = behindLaunchScript(beginning);
  const size = source.size - offset;
  const superblock = parseSuperblock(beginning.subarray(offset));
  if (superblock !== null) {
    const root: FileSystem = { type: 'squashfs', compression: superblock.compression, encrypted: false, size };
    const found = await contentsInside(reader, {
      root,
      region: { offset, size },
      look: insideFileSystem,
      why: 'notRecorded',
    });
    return { ...bare('squashfs', source.size, found, root), createdAt: superblock.madeAt || null };
  }
  if (!isExt3(beginning.subarray(offset))) throw notAnImage('images.notImage.unknown');
  const root: FileSystem = { type: 'ext3', compression: null, encrypted: false, size };
  return bare(
    'ext3',
    source.size,
    await contentsInside(reader, { root, region: null, look: false, why: 'notRecorded' }),
    root,
  );
}

/**
 * What an unpacked image says of itself: a sandbox folder, as also below `/cvmfs/unpacked.cern.ch`. Errors: IMAGE_NOT_SIF for a folder that is
 * none, those of `files`.
 */
export async function readSandbox(files: ImageFolder): Promise<ImageMetadata> {
  const found = await contentsOfFolder(files);
  if (found !== null) return bare('sandbox', null, found, null);
  const names = new Set((await files.list('/'))?.map(({ name }) => name) ?? []);
  if (!names.has('usr') && !names.has('bin')) throw notAnImage('images.notImage.folder');
  return bare(
    'sandbox',
    null,
    { contents: emptyContents(), unknown: [{ field: 'contents', why: 'notRecorded' }] },
    null,
  );
}

function notAnImage(why: 'images.notImage.empty' | 'images.notImage.unknown' | 'images.notImage.folder'): AppError {
  return new AppError('IMAGE_NOT_SIF', { details: { reason: message(why) } });
}

/** Singularity 2 wrote a line before the file system, so that an image could be run as a script. Source: apptainer, pkg/image/squashfs.go. */
const LAUNCHER = ' run-singularity';
const LAUNCHER_WITHIN = 2048;

function behindLaunchScript(beginning: Uint8Array): number {
  const found = Buffer.from(
    beginning.buffer,
    beginning.byteOffset,
    Math.min(LAUNCHER_WITHIN, beginning.length),
  ).indexOf(LAUNCHER);
  return found > 0 ? found + LAUNCHER.length + 1 : 0;
}

/** The magic of ext2, 3 and 4 in their superblock. Source: apptainer, pkg/image/ext3.go. */
function isExt3(beginning: Uint8Array): boolean {
  return beginning.length >= 1082 && new Fields(beginning).u16(1080) === 0xef53;
}

/** An image of which nothing is recorded but what is inside. */
function bare(
  kind: 'squashfs' | 'ext3' | 'sandbox',
  size: number | null,
  { contents, unknown }: FoundContents,
  root: FileSystem | null,
): ImageMetadata {
  const { labels } = contents;
  const named = ['org.opencontainers.image.architecture', 'org.label-schema.build-arch']
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => labels[key] ?? '')[0];
  const architecture = named === undefined ? 'unknown' : architectureNamed(named);
  return {
    ...contents,
    kind,
    size,
    sifVersion: null,
    uuid: null,
    createdAt: null,
    modifiedAt: null,
    architecture,
    architectureCode: architecture === 'unknown' ? (named ?? null) : null,
    rootFileSystem: root,
    overlays: [],
    oci: null,
    signatures: [],
    encrypted: false,
    unknown,
  };
}
