import { z } from 'zod';
import { list, Name, Text } from '../domain/bounds/schemas.ts';
import { MAX_TEXT, MAX_TEXTS } from '../domain/bounds/limits.ts';
import { ClusterId, FileHandleId, TemplateId } from '../domain/ids.ts';
import { Change, Problem } from '../domain/problem/schema.ts';
import { ScriptPreview } from '../domain/job/script.ts';
import { ParameterValues, Template, TemplateSource } from '../domain/template/schema.ts';
import {
  EditorAdvice,
  FitReport,
  ImportReport,
  ParameterOffer,
  SlotPreview,
  TemplateEdit,
  TemplateVersion,
} from '../domain/template/studio.ts';
import { said } from '../domain/bounds/complaint.ts';
import { formatBytes } from '../lib/bytes.ts';
import { message } from '../messages/message.ts';
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
  /** SHA-256 of the last good text: of the file's bytes where it is not broken. */
  hash: z.string(),
  /** Set when the file on disk is broken now; `template` is then the last good version, if there was one. */
  problems: z.array(Problem),
  usable: z.boolean(),
  /** May be changed in place: private ones, and community ones in a local folder that can be written to. */
  writable: z.boolean(),
  favourite: z.boolean(),
  /** Jobs that Slurm took of it, and when the last one was made (epoch ms). */
  uses: z.int(),
  lastUsedAt: z.number().nullable(),
  /** `false`: its author does not mean it for others. */
  isPublic: z.boolean(),
  /** It lies in the `official`, `private` or `archived` part of a shared folder: the site's, or kept there for this person. */
  site: z.boolean(),
  /** The cluster that a template of a shared folder comes from, and when its copy here was last compared with it (epoch ms); `null`: a local folder. */
  origin: z.object({ clusterId: ClusterId, syncedAt: z.number() }).nullable(),
});
export type TemplateSummary = z.infer<typeof TemplateSummary>;

export const TemplateDetail = TemplateSummary.extend({
  template: Template,
  /** The file as it is on disk. */
  text: z.string(),
  /** SHA-256 of the file as it is on disk: the `baseHash` of a save. */
  fileHash: z.string(),
  fileName: z.string(),
});
export type TemplateDetail = z.infer<typeof TemplateDetail>;

/** Why something of a template folder is not looked at or not copied. */
export const LEFT_OUT_REASONS = [
  'name',
  'same-name',
  'too-large',
  'too-many',
  'too-much',
  'too-deep',
  'unreadable',
  'changing',
  'too-long',
  'not-public',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];
/** `first`: the first few, by their names within the folder; `…` stands for an unknown number. */
export const LeftOut = z.object({
  count: z.int(),
  first: z.array(z.object({ name: z.string(), reason: z.enum(LEFT_OUT_REASONS) })),
});
export type LeftOut = z.infer<typeof LeftOut>;
export const NOTHING_LEFT_OUT: LeftOut = { count: 0, first: [] };

/** A template folder with what it has. `site`: the `official`, `private` or `archived` part of a shared folder. */
const TemplateFolderReport = z.object({
  source: TemplateSource,
  site: z.boolean(),
  clusterId: ClusterId.nullable(),
  syncedAt: z.number().nullable(),
  templates: z.int(),
  leftOut: LeftOut,
});

/** A line or column: no text has more of them than characters, and one after its end. */
const Place = z
  .int()
  .min(1)
  .max(MAX_TEXT + 1);
/** Files that one import is made of. */
const MAX_IMPORTED = 50;

const Ref = z.object({ id: TemplateId, source: TemplateSource });

export const templateOperations = {
  'templates.list': operation(
    'All templates, broken ones with their problems; with `archived` those of the archive too.',
    z.object({ archived: z.boolean().default(false) }),
    z.array(TemplateSummary),
  ),
  'templates.search': operation(
    'Templates whose text holds all words of the query, best first: id, names, description, tags, author, parameters, file slots, scripts.',
    z.object({ query: z.string().max(1000), limit: z.int().min(1).max(1000).default(200) }),
    z.array(Ref.extend({ score: z.number(), excerpt: z.string() })),
  ),
  'templates.get': operation(
    'One template with its text. Without `source` the first of private, community, official.',
    z.object({ id: Name, source: TemplateSource.optional() }),
    TemplateDetail,
  ),
  'templates.text': operation(
    'The file of a template as it is on disk, also when it has never been good.',
    Ref,
    z.object({ text: z.string(), hash: z.string(), fileName: z.string(), problems: z.array(Problem) }),
  ),
  'templates.validate': operation(
    'Check the text of a template file; nothing is saved.',
    // larger ones are answered too, at once: with the problem that they are
    z.object({ text: z.string().max(MAX_TEXTS), fileName: Name.default('template.yaml') }),
    z.object({ ok: z.boolean(), template: Template.nullable(), problems: z.array(Problem) }),
  ),
  'templates.edit': operation(
    'Change values in the text of a template file; comments, key order and everything not named stay as they are. A text that is no YAML comes back unchanged. Nothing is saved.',
    z.object({ text: Text, edits: list(TemplateEdit, 200).min(1) }),
    z.object({ text: z.string(), template: Template.nullable(), problems: z.array(Problem) }),
  ),
  'templates.tryScript': operation(
    'The script and form problems of a template text with these values; nothing is saved. A text that is not valid has no script but its problems.',
    z.object({ text: Text, parameters: ParameterValues.default({}), clusterId: ClusterId.optional() }),
    ScriptPreview,
  ),
  'templates.tryFiles': operation(
    'Which slot of a template text each of these files would go to, and whether it is valid there, or why not.',
    z.object({ text: Text, files: list(FileHandleId) }),
    z.array(SlotPreview),
  ),
  'templates.schema': operation(
    'The JSON Schema (draft 2020-12) of a template file, with a description for every key.',
    z.object({}),
    z.record(z.string(), z.unknown()),
  ),
  'templates.advise': operation(
    'What an editor offers and explains at a place of a template text; lines and columns from 1.',
    z.object({ text: Text, line: Place, column: Place }),
    EditorAdvice,
  ),
  'templates.save': operation(
    'Write a template: a new one without `id`, else over the file that `baseHash` was read from. TEMPLATE_CHANGED when the file has changed since. What was there before is kept as a version. A text that is not valid is refused unless `broken`.',
    z.object({
      source: z.enum(['private', 'community']),
      id: TemplateId.optional(),
      baseHash: Name.nullable().default(null),
      text: Text,
      broken: z.boolean().default(false),
    }),
    // a broken text that was never good has none
    TemplateDetail.extend({ template: Template.nullable() }),
  ),
  'templates.clone': operation(
    'Copy a template with its samples to the private ones, under a new id.',
    Ref.extend({ newId: TemplateId.optional(), displayName: Name.optional() }),
    TemplateDetail,
  ),
  'templates.archive': operation('Move a template out of the library; it can be restored.', Ref, z.object({})),
  'templates.restore': operation(
    'Bring an archived template back to where it was.',
    z.object({ id: TemplateId }),
    TemplateDetail,
  ),
  'templates.erase': operation(
    'Delete an archived template for good, with its versions.',
    z.object({ id: TemplateId }),
    z.object({}),
  ),
  'templates.versions': operation('What a template was before, newest first.', Ref, z.array(TemplateVersion)),
  'templates.version': operation(
    'The text of one of them.',
    Ref.extend({ hash: Name }),
    z.object({ text: z.string() }),
  ),
  'templates.import': operation(
    'Make a template text out of what people have: a Slipway template, an `.sbatch` or `.sh` script, an Open Composer `form.yml`, an Open OnDemand job template (its manifest and script), an interactive app of it (`form.yml`, `submit.yml.erb` and what is in `template/`, under their paths), flat records of a database or REST call in JSON or YAML (of several, those after the first are in `more`). Nothing is saved; the report says what was taken over, changed or is not supported.',
    z.object({
      files: list(z.object({ name: Name, text: Text }), MAX_IMPORTED)
        .min(1)
        .refine(
          (files) => files.reduce((sum, { text }) => sum + text.length, 0) <= MAX_TEXTS,
          said(message('complaints.filesTogether', { most: formatBytes(MAX_TEXTS) })),
        ),
    }),
    ImportReport,
  ),
  'templates.importFiles': operation(
    'The same from files that the person handed over.',
    z.object({ files: list(FileHandleId, MAX_IMPORTED).min(1) }),
    ImportReport,
  ),
  'templates.acceptOffer': operation(
    'Make a literal value that an import offers a field of the form, with the same value as its default. Offers may be accepted one after the other. Nothing is saved.',
    z.object({ text: Text, offer: ParameterOffer }),
    z.object({ text: z.string(), template: Template.nullable(), problems: z.array(Problem) }),
  ),
  'templates.fit': operation(
    'Will it run here? A template with its defaults, or with these values, against what is known of each cluster. Nothing is asked of a cluster.',
    z.object({ id: TemplateId, source: TemplateSource, parameters: ParameterValues.default({}) }),
    z.array(FitReport),
  ),
  'templates.applyFix': operation(
    'Change a template text as a fix of `templates.fit` says. Nothing is saved.',
    z.object({ text: Text, fix: Change }),
    z.object({ text: z.string(), template: Template.nullable(), problems: z.array(Problem) }),
  ),
  'templates.favourite': operation(
    'Mark a template as a favourite, or not.',
    Ref.extend({ favourite: z.boolean() }),
    z.object({}),
  ),
  'templates.publish': operation(
    'Copy a private template with its samples to a community folder: the local one of the settings, or one on a cluster. TEMPLATE_EXISTS when one with its id says something else there, unless `replace`; TEMPLATE_NOT_PUBLIC when it says `is_public: false`, unless `makePublic`, which writes `true` into the copy.',
    z.object({
      id: TemplateId,
      to: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('local') }),
        z.object({ kind: z.literal('cluster'), clusterId: ClusterId }),
      ]),
      replace: z.boolean().default(false),
      makePublic: z.boolean().default(false),
    }),
    z.object({ where: z.string() }),
  ),
  'templates.sync': operation(
    'Compare the community folders on clusters with their copies here now.',
    z.object({}),
    z.object({ changed: z.int(), failed: z.array(z.object({ clusterId: ClusterId, reason: z.string() })) }),
  ),
  'templates.folders': operation(
    'The template folders with what of each is left out: names that not every system can have, and what is beyond the bounds on number, size, depth and time. `clusterId`: a community folder on that cluster, copied here at `syncedAt` (epoch ms; 0: never).',
    z.object({}),
    z.array(TemplateFolderReport),
  ),
  'templates.scan': operation(
    'Look at every template folder now, those on connected clusters too: what each source has and what was left out.',
    z.object({}),
    z.object({
      folders: z.array(TemplateFolderReport),
      failed: z.array(z.object({ clusterId: ClusterId, reason: z.string() })),
    }),
  ),
  'templates.unsaved': operation(
    'Texts that were being edited and are not saved, newest first.',
    z.object({}),
    z.array(z.object({ key: z.string(), text: z.string(), baseHash: z.string().nullable(), at: z.number() })),
  ),
  'templates.keepUnsaved': operation(
    'Keep the text that is being edited across a crash; `null` forgets it.',
    z.object({ key: z.string().max(300), text: Text.nullable(), baseHash: Name.nullable().default(null) }),
    z.object({}),
  ),
} as const;

export const templateEvents = {
  'templates.changed': z.object({}),
} as const;
