import { z } from 'zod';
import { CostEstimate } from '../cost/schema.ts';
import { MessageSchema } from '../../messages/schema.ts';
import { Problem } from '../problem/schema.ts';
import { SlurmRequest } from '../request/schema.ts';
import { ImageRule } from '../template/schema.ts';

/** Lines (from 1, both included) that a form field produced. Lines written by hand are nobody's. */
export const SourceSpan = z.object({ field: z.string(), from: z.int(), to: z.int() });
export type SourceSpan = z.infer<typeof SourceSpan>;

/**
 * Lines (from 1, both included) of a script that are Slipway's own and say nothing about the job: an editor folds them into their
 * first one. `run-protocol` is how the job claims its run and tells its progress and its end; `container` looks that its
 * image is there, and prepares what is seen inside.
 */
export const ScriptFold = z.object({ kind: z.enum(['run-protocol', 'container']), from: z.int(), to: z.int() });
export type ScriptFold = z.infer<typeof ScriptFold>;

/** A part of a text that was edited by hand: in which both agree, or which the person and the form changed differently. */
export const EditPiece = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), lines: z.array(z.string()) }),
  z.object({ kind: z.literal('conflict'), mine: z.array(z.string()), form: z.array(z.string()) }),
]);
export type EditPiece = z.infer<typeof EditPiece>;

/** A text that was edited by hand, and what the form makes of it now. */
export const EditedText = z.object({
  /** Name of a generated file; `null` for the script. */
  file: z.string().nullable(),
  /** The form's text alone: the base of the next edit. */
  generated: z.string(),
  /** The whole text in pieces while something is to be decided; empty when the merge is clean. */
  pieces: z.array(EditPiece),
});
export type EditedText = z.infer<typeof EditedText>;

/** The script as it would be submitted now, with what is known about it. */
export const ScriptPreview = z.object({
  text: z.string(),
  spans: z.array(SourceSpan),
  folds: z.array(ScriptFold),
  /** Text files generated beside the script. */
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  /** Those of the texts that were edited by hand; in `text` and `files` the edits are merged in. Before a conflict is settled they hold the person's side. */
  edited: z.array(EditedText).optional(),
  problems: z.array(Problem),
  cost: CostEstimate.nullable(),
});
export type ScriptPreview = z.infer<typeof ScriptPreview>;

/**
 * A preview as programs get it: besides what the window draws, the facts of the job under the names that sites' own programs use.
 */
export const ScriptAnswer = ScriptPreview.extend({
  /** Characters of `text`. */
  script_length: z.int(),
  /** What the script asks of Slurm, edits by hand included; `nodes` and `ntasks` as sbatch counts them where they are not said. */
  resources: SlurmRequest,
  /** The template's image rule, from whatever spelling of `apptainer:`; `mode` as in docs/templates.md. */
  apptainer: z.object({
    mode: ImageRule.shape.mode,
    partition: z.string().nullable(),
    user_selectable: z.boolean(),
    allowed_images: z.array(z.string()),
  }),
});
export type ScriptAnswer = z.infer<typeof ScriptAnswer>;

/** When a job, or a variant of it, would start and what it would cost. */
export const StartOutlook = z.object({
  /** Stable within an answer: `asked`, `partition:long`, `time:14400` … */
  id: z.string(),
  /** What is different, in a few words; null for the job as it stands. */
  label: MessageSchema.nullable(),
  /** What to set in the form for it: resource names and their values in Slurm’s spelling. */
  changes: z.array(z.object({ resource: z.string(), value: z.string() })),
  accepted: z.boolean(),
  /** Epoch ms of our clock; `null` when Slurm does not say. */
  expectedStart: z.number().nullable(),
  /** Why it is refused, or where it would run. */
  message: MessageSchema,
  cost: CostEstimate.nullable(),
});
export type StartOutlook = z.infer<typeof StartOutlook>;
