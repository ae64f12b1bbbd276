import type { ImageApp, ImageContents, ImageText, UnknownPart } from '../../shared/domain/image/metadata.ts';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { parsedRecord, plainText, recordOf } from './json.ts';
import { cutTo, TextBudget } from './text.ts';

type LabelSource = NonNullable<ImageContents['labelSource']>;

/** What was found, and what of it had to be left open. */
export interface FoundContents {
  readonly contents: ImageContents;
  readonly unknown: UnknownPart[];
}

/** The text of a file, where a record would hold a string; `cut` where the file goes on. */
export class FileText {
  readonly text: string;
  readonly cut: boolean;

  constructor(text: string, cut: boolean) {
    this.text = text;
    this.cut = cut;
  }
}

export function emptyContents(): ImageContents {
  return {
    labels: {},
    labelSource: null,
    definition: null,
    apps: [],
    environment: [],
    runscript: null,
    startscript: null,
    test: null,
    help: null,
  };
}

/**
 * The attributes of a container as Apptainer records them and `inspect` prints them, in the spellings of all versions: labels as a record, as
 * JSON in a string (Singularity 3.0, 3.1) or as `KEY: value` lines; the environment by file or in one text; help as `helpfile` or `help`; apps as a
 * record or a list of names. Source: apptainer, pkg/inspect/metadata.go; apptainer/singularity#2789.
 */
export function contentsOfAttributes(
  attributes: Readonly<Record<string, unknown>>,
  source: LabelSource,
): FoundContents {
  const budget = new TextBudget();
  const unknown: UnknownPart[] = [];
  const labels = labelsOf(attributes['labels'], budget);
  if (labels.cut) unknown.push({ field: 'labels', why: 'tooLarge' });
  const named = appsOf(attributes['apps']);
  if (named.length > IMAGE_LIMITS.apps) unknown.push({ field: 'apps', why: 'tooLarge' });
  const script = (...keys: string[]): ImageText | null => scriptOf(attributes, keys, budget);
  return {
    contents: {
      labels: labels.labels,
      labelSource: Object.keys(labels.labels).length === 0 ? null : source,
      apps: named.slice(0, IMAGE_LIMITS.apps).map(([name, app]) => appOf(name, app, budget)),
      runscript: script('runscript'),
      environment: environmentOf(attributes['environment'], budget),
      help: script('helpfile', 'help'),
      startscript: script('startscript'),
      test: script('test'),
      definition: scriptOf(attributes, ['deffile', 'definition'], budget, IMAGE_LIMITS.definition),
    },
    unknown,
  };
}

function scriptOf(
  attributes: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  budget: TextBudget,
  most: number = IMAGE_LIMITS.script,
): ImageText | null {
  for (const key of keys) {
    const value = attributes[key];
    if (value instanceof FileText && value.text.trim() !== '') return budget.take(value.text, most, value.cut);
    if (typeof value === 'string' && value.trim() !== '') return budget.take(value, most);
  }
  return null;
}

/** Labels within their bounds; `cut` where there were more or longer ones. */
export function labelsOf(value: unknown, budget: TextBudget): { labels: Record<string, string>; cut: boolean } {
  const given = typeof value === 'string' ? (parsedRecord(value) ?? labelLines(value)) : (recordOf(value) ?? {});
  const kept: [string, string][] = [];
  let cut = false;
  for (const [key, each] of Object.entries(given)) {
    const text = plainText(each);
    // to JavaScript it would be something else than a key
    if (text === null || key === '__proto__') continue;
    if (kept.length >= IMAGE_LIMITS.labels || key.length > IMAGE_LIMITS.name) {
      cut = true;
      continue;
    }
    budget.take(key, IMAGE_LIMITS.name);
    const { text: label, cut: shorter } = budget.take(text, IMAGE_LIMITS.labelValue);
    cut ||= shorter;
    kept.push([key, label]);
  }
  return { labels: Object.fromEntries(kept), cut };
}

/** Lines `KEY: value`, as `inspect` prints labels for people; `KEY=value` and `KEY value` as build files have them. */
export function labelLines(text: string): Record<string, string> {
  const labels: [string, string][] = [];
  for (const line of text.split('\n', 4 * IMAGE_LIMITS.labels)) {
    const match = /^\s*([^\s:=]+)(?::\s|=|\s)(.*)$/.exec(line.trimEnd().slice(0, IMAGE_LIMITS.labelValue));
    if (match?.[1] !== undefined && match[1] !== '__proto__') labels.push([match[1], (match[2] ?? '').trim()]);
  }
  return Object.fromEntries(labels);
}

function environmentOf(value: unknown, budget: TextBudget): ImageContents['environment'] {
  const files: readonly (readonly [string, unknown])[] =
    typeof value === 'string'
      ? value.trim() === ''
        ? []
        : [['environment', value]]
      : Object.entries(recordOf(value) ?? {});
  return (
    files
      .map(([file, text]) => [file, typeof text === 'string' ? new FileText(text, false) : text] as const)
      .filter((file): file is [string, FileText] => file[1] instanceof FileText)
      .slice(0, IMAGE_LIMITS.environmentFiles)
      // the container sources them in the order of their names
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, text]) => ({
        file: cutTo(file.slice(file.lastIndexOf('/') + 1), IMAGE_LIMITS.name),
        content: budget.take(text.text, IMAGE_LIMITS.script, text.cut),
      }))
  );
}

function appsOf(value: unknown): [string, Readonly<Record<string, unknown>>][] {
  if (typeof value === 'string') return appsOf(value.split('\n', 4 * IMAGE_LIMITS.apps));
  if (Array.isArray(value))
    return value
      .filter((name): name is string => typeof name === 'string' && name.trim() !== '')
      .map((name) => [name.trim(), {}]);
  return Object.entries(recordOf(value) ?? {})
    .filter(([name]) => name !== '' && name !== '__proto__')
    .map(([name, app]) => [name, recordOf(app) ?? {}]);
}

function appOf(name: string, app: Readonly<Record<string, unknown>>, budget: TextBudget): ImageApp {
  return {
    name: cutTo(name, IMAGE_LIMITS.name),
    labels: labelsOf(app['labels'], budget).labels,
    environment: environmentOf(app['environment'], budget),
    runscript: scriptOf(app, ['runscript'], budget),
    startscript: scriptOf(app, ['startscript'], budget),
    test: scriptOf(app, ['test'], budget),
    help: scriptOf(app, ['helpfile', 'help'], budget),
  };
}
