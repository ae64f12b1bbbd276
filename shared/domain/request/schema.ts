import { z } from 'zod';
import { FormNumber, Line, withBoundedKeys } from '../bounds/schemas.ts';

const Amount = z.union([z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER), Line]);

/**
 * What a job asks of Slurm, under the names of sbatch's long options with `_` for `-`. The common ones are typed;
 * every other option is kept as it stands. Values may still hold `{{parameter}}` in a template, never in a draft.
 * `mem`, `time` and their like stay text in Slurm's own spelling (`32G`, `04:00:00`) so that a template round-trips.
 */
export const SlurmRequest = withBoundedKeys(
  z
    .object({
      partition: Line.optional(),
      account: Line.optional(),
      qos: Line.optional(),
      reservation: Line.optional(),
      nodes: Amount.optional(),
      ntasks: Amount.optional(),
      ntasks_per_node: Amount.optional(),
      cpus_per_task: Amount.optional(),
      mem: Amount.optional(),
      mem_per_cpu: Amount.optional(),
      time: Amount.optional(),
      gres: Line.optional(),
      constraint: Line.optional(),
      array: Line.optional(),
      dependency: Line.optional(),
    })
    .catchall(z.union([Line, FormNumber, z.boolean()])),
);
export type SlurmRequest = z.infer<typeof SlurmRequest>;
