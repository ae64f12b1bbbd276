import type { z } from 'zod';
import { JobRecord } from './schema.ts';

/**
 * A run without what is written once and is large: script, parameters, request and files. What is watched is kept so in memory, and a look
 * at a cluster changes it without reading the rest.
 */
export const JobSummary = JobRecord.omit({
  request: true,
  parameters: true,
  files: true,
  script: true,
  edited: true,
  folds: true,
  imageIdentity: true,
  cost: true,
});
export type JobSummary = z.infer<typeof JobSummary>;
