/** What a person fills in for one job, as values: every change makes a new draft. */
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import type { Draft, DraftFile } from '../../../../shared/domain/job/draft.ts';
import { replacedOptions, withoutExcluded } from '../../../../shared/domain/request/exclusiveOptions.ts';
import type { ClusterId, FileHandleId } from '../../../../shared/domain/ids.ts';
import type { Change } from '../../../../shared/domain/problem/schema.ts';
import { mendJobName } from '../../../../shared/domain/job/name.ts';
import { withSlurmRules } from '../../../../shared/domain/template/slurmRules.ts';
import { currentParameter } from '../../../../shared/domain/template/parameterForm.ts';
import type { SlurmRequest } from '../../../../shared/domain/request/schema.ts';
import type { ParameterValue, Template } from '../../../../shared/domain/template/schema.ts';

type Owner = Pick<Template, 'name' | 'parameters' | 'slurm' | 'slurmRules'>;

/** The name that a job of this template has until somebody gives another. */
export function defaultJobName(template: Pick<Template, 'name'>): string {
  return mendJobName(template.name) || 'job';
}

/** Nothing changed yet: all values come from the template. */
export function newDraft(detail: TemplateDetail, clusterId: ClusterId): Draft {
  return {
    clusterId,
    templateId: detail.id,
    templateSource: detail.source,
    jobName: defaultJobName(detail.template),
    parameters: {},
    resources: {},
    imagePath: null,
    files: [],
  };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The value that the form shows for a parameter: the person's, else the default, else nothing. */
export function parameterValue(template: Owner, draft: Draft, name: string): ParameterValue | null {
  const given = Object.hasOwn(draft.parameters, name) ? draft.parameters[name] : undefined;
  return given ?? currentParameter(template, draft.parameters, name)?.default ?? null;
}

/**
 * Only what differs from the default is kept, so that a newer template's defaults reach old drafts. A default that follows other fields
 * goes on following until somebody writes a value, be it the same: then that one stays.
 */
export function withParameter(template: Owner, draft: Draft, name: string, value: ParameterValue): Draft {
  const parameter = template.parameters.find((each) => each.name === name);
  const others = without(draft.parameters, name);
  if (parameter?.rules.some((rule) => rule.default !== undefined) === true)
    return { ...draft, parameters: { ...others, [name]: value } };
  const fallback = parameter?.default ?? '';
  return { ...draft, parameters: sameValue(value, fallback) ? others : { ...others, [name]: value } };
}

/** As the form shows a resource: what the person typed, else what the template says and no other choice takes away, else nothing. */
export function resourceText(template: Owner, draft: Draft, key: string): string {
  const typed = draft.resources[key];
  if (typed !== undefined) return String(typed);
  const { slurm } = withSlurmRules(template, draft.parameters);
  return replacedOptions({ [key]: slurm[key] ?? '' }, draft.resources).get(key)?.left ?? String(slurm[key] ?? '');
}

/** An empty text takes the template's value away; a text equal to it is no change. What it excludes is no longer chosen. */
export function withResource(template: Owner, draft: Draft, key: string, text: string): Draft {
  const kept: SlurmRequest = without(draft.resources, key) as SlurmRequest;
  const others = text === '' ? kept : withoutExcluded(kept, key);
  const own = String(withSlurmRules(template, draft.parameters).slurm[key] ?? '');
  return { ...draft, resources: text === own ? others : { ...others, [key]: text } };
}

/** Puts handed-over files into the draft. One with the name of a file that is there takes its place. A slot takes one file. */
export function withFiles(draft: Draft, added: readonly DraftFile[]): Draft {
  let files = draft.files;
  for (const file of added) {
    const old = files.find((other) => other.name === file.name);
    const slot = old === undefined ? file.slot : old.slot;
    const taken = slot !== null && files.some((other) => other !== old && other.slot === slot);
    const placed = { ...file, slot: taken ? null : slot };
    files = old === undefined ? [...files, placed] : files.map((other) => (other === old ? placed : other));
  }
  return { ...draft, files: [...files] };
}

export function withoutFile(draft: Draft, handle: FileHandleId): Draft {
  return { ...draft, files: draft.files.filter((file) => file.handle !== handle) };
}

/** Undoes a removal. The slot may have been given to another file since: then it comes back as an extra file. */
export function withFileAgain(draft: Draft, file: DraftFile, index: number): Draft {
  if (draft.files.some((other) => other.handle === file.handle)) return draft;
  const isTaken = file.slot !== null && draft.files.some((other) => other.slot === file.slot);
  return { ...draft, files: draft.files.toSpliced(index, 0, isTaken ? { ...file, slot: null } : file) };
}

/** Moves a file to another slot, or to none. Who was there takes the place that the file leaves. */
export function withFileInSlot(draft: Draft, handle: FileHandleId, slot: string | null): Draft {
  const moved = draft.files.find((file) => file.handle === handle);
  if (!moved || moved.slot === slot) return draft;
  return {
    ...draft,
    files: draft.files.map((file) => {
      if (file === moved) return { ...file, slot };
      return slot !== null && file.slot === slot ? { ...file, slot: moved.slot } : file;
    }),
  };
}

/** Whether a field differs from what the template gives. */
export function isChanged(template: Owner, draft: Draft, field: string): boolean {
  const [section, name = ''] = splitField(field);
  switch (section) {
    case 'jobName':
      return draft.jobName !== defaultJobName(template);
    case 'parameters':
      return Object.hasOwn(draft.parameters, name);
    case 'resources':
      return Object.hasOwn(draft.resources, name);
    default:
      return false;
  }
}

/** Gives a field the template's value back. */
export function withFieldReset(template: Owner, draft: Draft, field: string): Draft {
  const [section, name = ''] = splitField(field);
  switch (section) {
    case 'jobName':
      return { ...draft, jobName: defaultJobName(template) };
    case 'parameters':
      return { ...draft, parameters: without(draft.parameters, name) };
    case 'resources':
      return { ...draft, resources: without(draft.resources, name) as SlurmRequest };
    default:
      return draft;
  }
}

/** Applies the one click that mends a problem. */
export function withFix(template: Owner, draft: Draft, fix: Change): Draft {
  const [section, name = ''] = splitField(fix.field);
  switch (section) {
    case 'jobName':
      return { ...draft, jobName: String(fix.value) };
    case 'parameters':
      return withParameter(template, draft, name, fix.value);
    case 'resources':
      return withResource(template, draft, name, String(fix.value));
    case 'convert':
      return {
        ...draft,
        files: draft.files.map((file) => (file.handle === name ? { ...file, convert: fix.value === true } : file)),
      };
    case 'image':
      return { ...draft, imagePath: fix.value === '' ? null : String(fix.value) };
    default:
      return draft;
  }
}

/** `resources.time` → `resources`, `time`. */
export function splitField(field: string): [section: string, name?: string] {
  const dot = field.indexOf('.');
  return dot === -1 ? [field] : [field.slice(0, dot), field.slice(dot + 1)];
}
