import { z } from 'zod';
import { CostEstimate } from './cost.ts';
import { Problem } from './problem.ts';

/** Lines (from 1, both included) that a form field produced. */
export const SourceSpan = z.object({ field: z.string(), from: z.int(), to: z.int() });
export type SourceSpan = z.infer<typeof SourceSpan>;

/** The script as it would be submitted now, with what is known about it. */
export const ScriptPreview = z.object({
  text: z.string(),
  spans: z.array(SourceSpan),
  /** Text files generated beside the script. */
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  problems: z.array(Problem),
  cost: CostEstimate.nullable(),
});
export type ScriptPreview = z.infer<typeof ScriptPreview>;

/** When a job, or a variant of it, would start and what it would cost. */
export const StartOutlook = z.object({
  /** Stable within an answer: `asked`, `partition:long`, `time:14400` … */
  id: z.string(),
  /** What is different, in a few words; empty for the job as it stands. */
  label: z.string(),
  /** What to set in the form for it: resource names and their values in Slurm’s spelling. */
  changes: z.array(z.object({ resource: z.string(), value: z.string() })),
  accepted: z.boolean(),
  /** Epoch ms of our clock; `null` when Slurm does not say. */
  expectedStart: z.number().nullable(),
  /** Why it is refused, or where it would run. */
  message: z.string(),
  cost: CostEstimate.nullable(),
});
export type StartOutlook = z.infer<typeof StartOutlook>;
