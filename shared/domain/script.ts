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
