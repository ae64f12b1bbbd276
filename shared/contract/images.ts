import { z } from 'zod';
import { Line, list, Name } from '../domain/bounds/schemas.ts';
import { ClusterId } from '../domain/ids.ts';
import { ImageDetail, ImageList, ImageSummary, NodeScan } from '../domain/image/schema.ts';
import { operation } from './operation.ts';

/** One image: its path, and the compute node on which it was seen (null: the login node). */
const ImageRef = z.object({ clusterId: ClusterId, path: Line.min(1), node: Name.nullable().default(null) });

export const imageOperations = {
  'images.list': operation(
    'Apptainer images in the folders of the cluster’s profile, as they were last seen: also without a connection. Folders that were never looked through, and all with `refresh`, are looked through first; what is older than an hour meanwhile (`scanning`).',
    z.object({ clusterId: ClusterId, refresh: z.boolean().default(false) }),
    ImageList,
  ),
  'images.scan': operation(
    'Look through the folders now; answers when that is done, or joins a look that is under way. Only new and changed images are opened. `images.scanProgress` tells how far it is.',
    z.object({ clusterId: ClusterId }),
    ImageList,
  ),
  'images.nodeScanPlan': operation(
    'What would be run to look for images on compute nodes, for each partition of the profile’s `imageNodes`: by ssh from the login node where that asks nothing (one node is tried), else by one short job. Nothing else is run.',
    z.object({ clusterId: ClusterId }),
    z.array(NodeScan),
  ),
  'images.scanNodes': operation(
    'Run what `images.nodeScanPlan` said last for these partitions, and keep what is found. A job that has not begun within ten minutes is given up; none is left behind.',
    z.object({ clusterId: ClusterId, partitions: list(Name, 20).min(1) }),
    ImageList,
  ),
  'images.get': operation('All that was read of an image, and the runs that used it.', ImageRef, ImageDetail),
  'images.inspect': operation(
    'Ask the cluster’s apptainer or singularity of an image, where need be after loading its module: completes what its file does not say.',
    ImageRef,
    ImageDetail,
  ),
  'images.digest': operation(
    'The SHA-256 of an image, computed on the cluster with `nice` unless it is known of this size, time and UUID.',
    ImageRef,
    ImageSummary,
  ),
  'images.compare': operation(
    'What is different between two images, of one cluster or two; what is not known of one of them is said to be so.',
    z.object({ left: ImageRef, right: ImageRef }),
    z.object({
      left: ImageSummary,
      right: ImageSummary,
      differences: z.array(z.object({ field: z.string(), left: z.string().nullable(), right: z.string().nullable() })),
      same: z.array(z.string()),
      unknown: z.array(z.string()),
    }),
  ),
} as const;

export const imageEvents = {
  /** What is known of the images of a cluster has changed. */
  'images.changed': z.object({ clusterId: ClusterId }),
  /** A look through a folder: images that were found so far, and of those that are new or changed how many were read. */
  'images.scanProgress': z.object({
    clusterId: ClusterId,
    folder: z.string(),
    found: z.number(),
    read: z.number(),
    toRead: z.number(),
  }),
} as const;
