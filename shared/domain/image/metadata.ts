import { z } from 'zod';

/** Text of an image. It is the words of whoever built it: shown through `plain`, never interpreted. `cut` where there was more. */
export const ImageText = z.object({ text: z.string(), cut: z.boolean() });
export type ImageText = z.infer<typeof ImageText>;

/**
 * `oci-sif`: an OCI image within a SIF file (singularity-ce ≥ 4). `squashfs`: a bare SquashFS file, as `.simg` and `.sqsh` are. `ext3`: the
 * `.img` of Singularity 2. `sandbox`: a folder with the unpacked image, as below `/cvmfs/unpacked.cern.ch`.
 */
export const ImageKind = z.enum(['sif', 'oci-sif', 'squashfs', 'ext3', 'sandbox']);
export type ImageKind = z.infer<typeof ImageKind>;

/** Architectures by Go's names, as Apptainer says them. `unknown` is warned of, not refused. */
export const Architecture = z.enum([
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
  'unknown',
]);
export type Architecture = z.infer<typeof Architecture>;

/** How the blocks of a SquashFS are compressed: the ids 1–6 of its superblock, in their order. */
export const Compression = z.enum(['gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd', 'unknown']);
export type Compression = z.infer<typeof Compression>;

/** `archive`, `raw`: two kinds that the SIF format names and that no image holds its root in. */
export const FileSystemType = z.enum(['squashfs', 'ext3', 'archive', 'raw', 'gocryptfs', 'unknown']);
export type FileSystemType = z.infer<typeof FileSystemType>;

export const FileSystem = z.object({
  type: FileSystemType,
  /** Null where the file system has none, or it was not read. */
  compression: Compression.nullable(),
  encrypted: z.boolean(),
  /** Bytes within the image file. */
  size: z.number(),
});
export type FileSystem = z.infer<typeof FileSystem>;

export const ImageApp = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  environment: z.array(z.object({ file: z.string(), content: ImageText })),
  runscript: ImageText.nullable(),
  startscript: ImageText.nullable(),
  test: ImageText.nullable(),
  help: ImageText.nullable(),
});
export type ImageApp = z.infer<typeof ImageApp>;

/** What an image says of how it is run and what it is: the same whether its file was read or `apptainer inspect` was asked. */
export const ImageContents = z.object({
  labels: z.record(z.string(), z.string()),
  /**
   * Where the labels are from: the inspection record, the object for labels of older SIF files, the file `labels.json` in the image, the OCI
   * configuration, or `apptainer inspect`. Null where there are none.
   */
  labelSource: z.enum(['inspection', 'labelsObject', 'labelsFile', 'ociConfig', 'inspectCommand']).nullable(),
  definition: ImageText.nullable(),
  apps: z.array(ImageApp),
  /** Files of `/.singularity.d/env`, in the order in which they are sourced; `environmentOf` reads the assignments in them. */
  environment: z.array(z.object({ file: z.string(), content: ImageText })),
  runscript: ImageText.nullable(),
  startscript: ImageText.nullable(),
  test: ImageText.nullable(),
  help: ImageText.nullable(),
});
export type ImageContents = z.infer<typeof ImageContents>;

/** Of an OCI image: its configuration (image-spec, config.md), where the image brings one. */
export const OciConfig = z.object({
  /** `sha256:…` of the manifest; null where an older image keeps the configuration alone. */
  digest: z.string().nullable(),
  entrypoint: z.array(z.string()),
  cmd: z.array(z.string()),
  /** `NAME=value` each. */
  env: z.array(z.string()),
  workingDir: z.string().nullable(),
  user: z.string().nullable(),
  layers: z.number(),
});
export type OciConfig = z.infer<typeof OciConfig>;

/** That a signature is there and says whose it is; whether it is good was not checked. */
export const ImageSignature = z.object({
  kind: z.enum(['pgp', 'dsse', 'unknown']),
  hash: z.enum(['sha256', 'sha384', 'sha512', 'blake2s', 'blake2b', 'unknown']),
  /** Of the PGP key, in hexadecimal; null where the signature names none. */
  fingerprint: z.string().nullable(),
  /** What it signs: a group of objects or one object, by number; null where it names nothing. */
  signs: z.object({ what: z.enum(['group', 'object']), id: z.number() }).nullable(),
});
export type ImageSignature = z.infer<typeof ImageSignature>;

/** What may have to be left open. `contents` stands for all of ImageContents. */
export const UnknownField = z.enum([
  'contents',
  'labels',
  'definition',
  'apps',
  'environment',
  'runscript',
  'startscript',
  'test',
  'help',
  'ociConfig',
  'signatures',
  'fileSystem',
]);
export type UnknownField = z.infer<typeof UnknownField>;

/**
 * Why: `unreadableCompression` it is in a file system whose compression is not read here · `unreadableFileSystem` in one that is not read here
 * · `encrypted` · `notLookedInside` in a file system that was not looked into · `tooLarge` more than is read of an image · `damaged` it is there and cannot
 * be understood · `notRecorded` the image does not say.
 */
export const UnknownReason = z.enum([
  'unreadableCompression',
  'unreadableFileSystem',
  'encrypted',
  'notLookedInside',
  'tooLarge',
  'damaged',
  'notRecorded',
]);
export type UnknownReason = z.infer<typeof UnknownReason>;

export const UnknownPart = z.object({ field: UnknownField, why: UnknownReason });
export type UnknownPart = z.infer<typeof UnknownPart>;

/**
 * All that was read of an image. Sizes in bytes, times in epoch seconds. An empty or null field that `unknown` names (or that `contents` there covers)
 * is not known; any other is known to be empty. Texts, lists and records keep within `IMAGE_LIMITS`, whatever the file says.
 */
export const ImageMetadata = ImageContents.extend({
  kind: ImageKind,
  /** Bytes of the file; null of a folder. */
  size: z.number().nullable(),
  sifVersion: z.string().nullable(),
  /** Identifies the build. It is no hash: an image changed in place may keep it. */
  uuid: z.string().nullable(),
  createdAt: z.number().nullable(),
  modifiedAt: z.number().nullable(),
  architecture: Architecture,
  /** The code of the file where `architecture` does not know it: two digits in SIF, a name in OCI. */
  architectureCode: z.string().nullable(),
  rootFileSystem: FileSystem.nullable(),
  overlays: z.array(FileSystem),
  oci: OciConfig.nullable(),
  signatures: z.array(ImageSignature),
  encrypted: z.boolean(),
  unknown: z.array(UnknownPart),
});
export type ImageMetadata = z.infer<typeof ImageMetadata>;
