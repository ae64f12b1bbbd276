import { z } from 'zod';
import { Draft } from '../domain/draft.ts';
import { TemplateId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { ScriptPreview } from '../domain/script.ts';
import { TemplateSource } from '../domain/template.ts';
import { operation } from './operation.ts';

export const scriptOperations = {
  'scripts.preview': operation('The script for a draft, with its source map, problems and cost. Never touches the cluster; facts come from the cache.', z.object({ draft: Draft }), ScriptPreview),
  'scripts.testOnly': operation(
    'Ask Slurm whether it would take the job and when it would start (`sbatch --test-only`).',
    z.object({ draft: Draft }),
    z.object({ accepted: z.boolean(), expectedStart: z.number().nullable(), message: z.string(), problems: z.array(Problem) }),
  ),
  'drafts.get': operation('The saved draft of a template, or null.', z.object({ templateId: TemplateId, templateSource: TemplateSource }), Draft.nullable()),
  'drafts.save': operation('Keep a draft across restarts.', z.object({ draft: Draft }), z.object({})),
  'drafts.discard': operation('Forget the draft of a template.', z.object({ templateId: TemplateId, templateSource: TemplateSource }), z.object({})),
} as const;

export const scriptEvents = {} as const;
