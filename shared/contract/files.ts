import { z } from 'zod';
import { list } from '../domain/bounds/schemas.ts';
import { DraftFile } from '../domain/job/draft.ts';
import { FileHandleId, TemplateId } from '../domain/ids.ts';
import { Problem } from '../domain/problem/schema.ts';
import { TemplateSource } from '../domain/template/schema.ts';
import { operation } from './operation.ts';

/** A local file that the person handed over. How a path becomes a handle is the host's affair and never an operation. */
export const FileHandle = z.object({
  handle: FileHandleId,
  name: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Epoch milliseconds. */
  modifiedAt: z.number(),
});
export type FileHandle = z.infer<typeof FileHandle>;

export const fileOperations = {
  'files.describe': operation(
    'What is known now of handed-over files; vanished ones are left out.',
    z.object({ handles: list(FileHandleId) }),
    z.array(FileHandle),
  ),
  'files.match': operation(
    'Assign files to the slots of a template: fixed ones stay, the others go by pattern, what fits nowhere gets no slot.',
    z.object({
      templateId: TemplateId,
      templateSource: TemplateSource,
      files: list(DraftFile),
      added: list(FileHandleId),
    }),
    z.object({ files: z.array(DraftFile), problems: z.array(Problem) }),
  ),
  'files.preview': operation(
    'The beginning of a handed-over text file, or `text: null` for a binary one.',
    z.object({ handle: FileHandleId, maxBytes: z.int().min(1).max(1_048_576).default(65_536) }),
    z.object({ text: z.string().nullable(), truncated: z.boolean() }),
  ),
  'files.samples': operation(
    'Hand over the sample inputs that come with a template, for trying it without files of one’s own.',
    z.object({ templateId: TemplateId, templateSource: TemplateSource }),
    z.array(FileHandle),
  ),
} as const;

export const fileEvents = {} as const;
