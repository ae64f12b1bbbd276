import { z } from 'zod';

/** An Apptainer image found on a cluster. Sizes in bytes, times in epoch seconds. */
export const ImageSummary = z.object({
  name: z.string(),
  path: z.string(),
  folder: z.string(),
  size: z.number(),
  modifiedAt: z.number(),
});
export type ImageSummary = z.infer<typeof ImageSummary>;
