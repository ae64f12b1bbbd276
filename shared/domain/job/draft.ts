import { z } from 'zod';
import { said } from '../bounds/complaint.ts';
import { formatBytes } from '../../lib/bytes.ts';
import { message } from '../../messages/message.ts';
import { Count, Line, list, Name, Text } from '../bounds/schemas.ts';
import { MAX_TEXTS } from '../bounds/limits.ts';
import { ClusterId, FileHandleId, TemplateId } from '../ids.ts';
import { SlurmRequest } from '../request/schema.ts';
import { ParameterValues, TemplateSource } from '../template/schema.ts';

/** A file the person handed over, and the slot it is for (`null`: an extra file that just travels along). */
export const DraftFile = z.object({
  handle: FileHandleId,
  name: Name,
  /** Bytes. */
  size: Count,
  slot: Name.nullable(),
  /** A script that is sent as Linux reads it; the file itself stays as it is. */
  convert: z.boolean().optional(),
});
export type DraftFile = z.infer<typeof DraftFile>;

/** A text that the form makes, as a person changed it. What the form makes of it later is merged in. */
export const HandEdit = z.object({
  /** Name of a generated file; `null` for the script. */
  file: Name.nullable(),
  /** What the form had made when it was edited. */
  base: Text,
  mine: Text,
});
export type HandEdit = z.infer<typeof HandEdit>;

/** Everything a person has filled in for one job. Enough, with the template, to make the script. */
export const Draft = z.object({
  clusterId: ClusterId,
  templateId: TemplateId,
  templateSource: TemplateSource,
  jobName: Name,
  parameters: ParameterValues,
  /** Only what the person changed; the rest comes from the template. An empty string removes the template's value. */
  resources: SlurmRequest,
  /** Path of the image on the cluster. */
  imagePath: Line.nullable(),
  /** An app of the image. `null`: none of them, the image as a whole; left out: the one that the template names. */
  imageApp: Name.nullable().optional(),
  files: list(DraftFile),
  /** At most one for each text. */
  edits: list(HandEdit, 100)
    .refine(
      (edits) => edits.reduce((sum, { base, mine }) => sum + base.length + mine.length, 0) <= MAX_TEXTS,
      said(message('complaints.editsTogether', { most: formatBytes(MAX_TEXTS) })),
    )
    .optional(),
});
export type Draft = z.infer<typeof Draft>;
