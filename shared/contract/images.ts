import { z } from 'zod';
import { ClusterId } from '../domain/ids.ts';
import { ImageSummary } from '../domain/image/schema.ts';
import { operation } from './operation.ts';

export const imageOperations = {
  'images.list': operation(
    'Apptainer images in the folders of the cluster’s profile; folders that cannot be read are named.',
    z.object({ clusterId: ClusterId, refresh: z.boolean().default(false) }),
    z.object({
      images: z.array(ImageSummary),
      unreadable: z.array(z.object({ folder: z.string(), reason: z.string() })),
      scannedAt: z.number(),
    }),
  ),
} as const;

export const imageEvents = {} as const;
