import { z } from 'zod';
import { MessageSchema } from '../../messages/schema.ts';
import { Architecture, ImageContents, ImageKind, ImageMetadata, UnknownPart } from './metadata.ts';

/** What an image needs of a GPU, and by which of its words that is known. */
export const GpuNeed = z.object({
  need: z.enum(['cuda', 'rocm', 'none', 'unknown']),
  /** `name`: of the label, of the variable, the instruction of the definition file, or the image’s own. */
  evidence: z.array(
    z.object({ where: z.enum(['label', 'environment', 'definition', 'name']), name: z.string(), text: z.string() }),
  ),
});
export type GpuNeed = z.infer<typeof GpuNeed>;

/** What it is for: a desktop or notebook to look at, computing, or what neither its labels nor its folder says. */
export const IMAGE_TYPES = ['viz', 'compute', 'custom'] as const;
export const ImageType = z.enum(IMAGE_TYPES);
export type ImageType = z.infer<typeof ImageType>;

/** What was read of an image, as lists show and filter it; the rest is in its metadata. */
export const ImageFacts = z.object({
  kind: ImageKind,
  type: ImageType,
  title: z.string().nullable(),
  version: z.string().nullable(),
  description: z.string().nullable(),
  architecture: Architecture,
  gpu: GpuNeed,
  /** MPI that it brings, in its own words (`openmpi 4.1.5`). */
  mpi: z.string().nullable(),
  apps: z.array(z.string()),
  /** The first of its labels, and the beginning of each: `LISTED_LABELS`. */
  labels: z.record(z.string(), z.string()),
  /** That it carries signatures; whether they are good was not checked. Null where it was not read. */
  signed: z.boolean().nullable(),
  encrypted: z.boolean(),
  /** Of its root: `squashfs zstd`. */
  fileSystem: z.string().nullable(),
  /** Identifies a build; an image that is changed in place may keep it. */
  uuid: z.string().nullable(),
  createdAt: z.number().nullable(),
  /** Why nothing more is known; null where the image was read. */
  problem: MessageSchema.nullable(),
});
export type ImageFacts = z.infer<typeof ImageFacts>;

/** Labels of a list, and characters of each: thousands of images are listed at once. */
export const LISTED_LABELS = { count: 32, characters: 256 } as const;

/** An Apptainer image of a cluster, as lists show it. Sizes in bytes, times of files in epoch seconds, ours in epoch milliseconds. */
export const ImageSummary = ImageFacts.extend({
  name: z.string(),
  /** Absolute. With `node` it is what an image is known by. */
  path: z.string(),
  /** Further paths at which the same file is found, by links. */
  otherPaths: z.array(z.string()),
  /** The folder of the profile in which it was found, without links. */
  folder: z.string(),
  /** The compute node on which it was seen, and its partition; null: on the login node. */
  node: z.string().nullable(),
  partition: z.string().nullable(),
  size: z.number(),
  modifiedAt: z.number(),
  /** SHA-256, in hexadecimal, of the file with this size, time and UUID; null: never computed. */
  digest: z.string().nullable(),
  /** When its folder was last looked through while it was there. */
  lastScannedAt: z.number(),
  /** False: the last look through its folder did not find it. */
  active: z.boolean(),
  /** Runs of ours that Slurm took with it, and when the last was made. */
  usedIn: z.number(),
  lastUsedAt: z.number().nullable(),
});
export type ImageSummary = z.infer<typeof ImageSummary>;

/** A folder of a profile that is looked through for images. */
export const ImageFolder = z.object({
  /** As the profile names it; `path` is where that leads, null before it was looked through. */
  folder: z.string(),
  path: z.string().nullable(),
  node: z.string().nullable(),
  partition: z.string().nullable(),
  scannedAt: z.number().nullable(),
  /** Images that are there. */
  found: z.number(),
});
export type ImageFolder = z.infer<typeof ImageFolder>;

/** What of the folders was not read, or not to its end. */
export const UnreadableFolder = z.object({ folder: z.string(), node: z.string().nullable(), reason: MessageSchema });
export type UnreadableFolder = z.infer<typeof UnreadableFolder>;

/** What would be run to look for images on a compute node; nothing is, before the person has seen it. */
export const NodeScan = z.object({
  partition: z.string(),
  folders: z.array(z.string()),
  /** Null: Slurm chooses it. */
  node: z.string().nullable(),
  /** Through the login node, or by one short job. */
  via: z.enum(['ssh', 'job']),
  /** All of it, as it is run on the login node. */
  command: z.string(),
});
export type NodeScan = z.infer<typeof NodeScan>;

export const ImageList = z.object({
  images: z.array(ImageSummary),
  folders: z.array(ImageFolder),
  unreadable: z.array(UnreadableFolder),
  /** When the folders of the login node were looked through, the oldest counts; null while one never was. */
  scannedAt: z.number().nullable(),
  /** They are being looked through now. */
  scanning: z.boolean(),
});
export type ImageList = z.infer<typeof ImageList>;

/** What the cluster’s own Apptainer or Singularity said of an image, and when (epoch ms). */
export const Inspected = z.object({ at: z.number(), program: z.string(), version: z.string().nullable() });
export type Inspected = z.infer<typeof Inspected>;
/** The same with what it said. */
export const InspectedImage = Inspected.extend({ contents: ImageContents, unknown: z.array(UnknownPart) });
export type InspectedImage = z.infer<typeof InspectedImage>;

export const ImageDetail = z.object({
  image: ImageSummary,
  /** Null where the image could not be read: `image.problem` says why. */
  metadata: ImageMetadata.nullable(),
  inspected: Inspected.nullable(),
  /** The latest runs of ours with it. */
  usedBy: z.array(z.object({ runId: z.string(), name: z.string(), submittedAt: z.number() })),
});
export type ImageDetail = z.infer<typeof ImageDetail>;
