import { MessageSchema } from '../messages/schema.ts';
import { z } from 'zod';
import { Draft } from '../domain/job/draft.ts';
import { TemplateId } from '../domain/ids.ts';
import { Problem } from '../domain/problem/schema.ts';
import { ScriptAnswer, StartOutlook } from '../domain/job/script.ts';
import { TemplateSource } from '../domain/template/schema.ts';
import { operation } from './operation.ts';

export const scriptOperations = {
  'scripts.preview': operation(
    'The script for a draft, with its source map, problems and cost, and its length, resources and image rule. Never touches the cluster; facts come from the cache.',
    z.object({ draft: Draft }),
    ScriptAnswer,
  ),
  'scripts.testOnly': operation(
    'Ask Slurm whether it would take the job and when it would start (`sbatch --test-only`). Each asking uses up a job id of the cluster: `automatic` ones, made because the form has been still, are limited more strictly. START_TEST_LIMITED says when to ask again; the same script within a minute is answered from memory.',
    z.object({ draft: Draft, automatic: z.boolean().default(false) }),
    z.object({
      accepted: z.boolean(),
      expectedStart: z.number().nullable(),
      message: MessageSchema,
      problems: z.array(Problem),
    }),
  ),
  'scripts.startVariants': operation(
    'The expected start and the price of a job as it stands and of a few variants: another partition, a shorter time, fewer GPUs. One round trip, one test each; limited like `scripts.testOnly`.',
    z.object({ draft: Draft }),
    z.object({ asked: StartOutlook, variants: z.array(StartOutlook), askedAt: z.number() }),
  ),
  'drafts.get': operation(
    'The saved draft of a template, or null.',
    z.object({ templateId: TemplateId, templateSource: TemplateSource }),
    Draft.nullable(),
  ),
  'drafts.save': operation('Keep a draft across restarts.', z.object({ draft: Draft }), z.object({})),
  'drafts.discard': operation(
    'Forget the draft of a template.',
    z.object({ templateId: TemplateId, templateSource: TemplateSource }),
    z.object({}),
  ),
} as const;

export const scriptEvents = {} as const;
