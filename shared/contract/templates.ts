import { z } from 'zod';
import { TemplateId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { Template, TemplateSource } from '../domain/template.ts';
import { operation } from './operation.ts';

export const TemplateSummary = z.object({
  id: TemplateId,
  source: TemplateSource,
  displayName: z.string(),
  description: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  version: z.string(),
  author: z.string(),
  /** SHA-256 of the file's bytes. */
  hash: z.string(),
  /** Set when the file on disk is broken now; `template` is then the last good version, if there was one. */
  problems: z.array(Problem),
  usable: z.boolean(),
});
export type TemplateSummary = z.infer<typeof TemplateSummary>;

export const TemplateDetail = TemplateSummary.extend({
  template: Template,
  /** The file as it is on disk. */
  text: z.string(),
  fileName: z.string(),
});
export type TemplateDetail = z.infer<typeof TemplateDetail>;

export const templateOperations = {
  'templates.list': operation('All templates, broken ones with their problems.', z.object({}), z.array(TemplateSummary)),
  'templates.get': operation('One template with its text. Without `source` the first of private, community, official.', z.object({ id: z.string(), source: TemplateSource.optional() }), TemplateDetail),
  'templates.validate': operation(
    'Check the text of a template file; nothing is saved.',
    z.object({ text: z.string().max(20_000_000), fileName: z.string().default('template.yaml') }),
    z.object({ ok: z.boolean(), template: Template.nullable(), problems: z.array(Problem) }),
  ),
} as const;

export const templateEvents = {
  'templates.changed': z.object({}),
} as const;
