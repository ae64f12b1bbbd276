import { z } from 'zod';

/**
 * What a job asks of Slurm, under the names of sbatch's long options with `_` for `-`. The common ones are typed;
 * every other option is kept as it stands. Values may still hold `{{parameter}}` in a template, never in a draft.
 * `mem`, `time` and their like stay text in Slurm's own spelling (`32G`, `04:00:00`) so that a template round-trips.
 */
export const SlurmRequest = z
  .object({
    partition: z.string().optional(),
    account: z.string().optional(),
    qos: z.string().optional(),
    reservation: z.string().optional(),
    nodes: z.union([z.int(), z.string()]).optional(),
    ntasks: z.union([z.int(), z.string()]).optional(),
    ntasks_per_node: z.union([z.int(), z.string()]).optional(),
    cpus_per_task: z.union([z.int(), z.string()]).optional(),
    mem: z.union([z.int(), z.string()]).optional(),
    mem_per_cpu: z.union([z.int(), z.string()]).optional(),
    time: z.union([z.int(), z.string()]).optional(),
    gres: z.string().optional(),
    constraint: z.string().optional(),
    array: z.string().optional(),
    dependency: z.string().optional(),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));
export type SlurmRequest = z.infer<typeof SlurmRequest>;
