/**
 * Templates as the databases of sites and the bodies of their REST calls have them: one flat record each (`name, partition, nodes, mem,
 * apptainer_image_id, input_file_schema, main_script, created_by, usage_count …`), one alone or many in a list, in JSON or YAML, with what
 * an export adds (`source, file_path, file_hash, last_modified`).
 */
import { message, type Message } from '../../../../shared/messages/message.ts';
import { Document } from 'yaml';
import { TemplateId } from '../../../../shared/domain/ids.ts';
import { TEMPLATE_CATEGORIES } from '../../../../shared/domain/template/schema.ts';
import type { ImportNote, ImportReport } from '../../../../shared/domain/template/studio.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { plainValue, readYamlTree, type YamlEntry, type YamlMap, type YamlTree } from '../../text/yamlTree.ts';
import { emptyImport, nameIt, printTemplate, type SourceFile } from './importedTemplate.ts';

/** Templates of one import: each becomes a document that somebody looks through. */
const MAX_IMPORTED_RECORDS = 50;
/** Lists of records stand alone or under one of these. */
const WRAPPERS = ['templates', 'template', 'data', 'items', 'rows', 'results'];
const SCRIPTS = {
  pre_exec: ['pre_script', 'pre_exec'],
  main_exec: ['main_script', 'main_exec', 'script_content', 'script'],
  post_exec: ['post_script', 'post_exec'],
  finally_exec: ['finally_exec'],
  on_signal: ['on_signal'],
} as const;
const SLURM: Readonly<Record<string, readonly string[]>> = {
  partition: ['partition'],
  account: ['account'],
  qos: ['qos'],
  nodes: ['nodes'],
  ntasks: ['ntasks'],
  ntasks_per_node: ['ntasks_per_node'],
  cpus_per_task: ['cpus_per_task', 'cpus'],
  mem: ['mem', 'memory'],
  time: ['time', 'time_limit', 'walltime'],
  gres: ['gres'],
  gpus: ['gpus'],
  constraint: ['constraint'],
};
/** Keys whose place here is taken by something that Slipway knows itself. */
const KNOWN_HERE: Readonly<Record<string, Message>> = {
  usage_count: message('imports.flat.countsJobs'),
  last_used_at: message('imports.flat.notesJobs'),
  created_at: message('imports.flat.ownDates'),
  updated_at: message('imports.flat.ownDates'),
  last_modified: message('imports.flat.ownDates'),
  file_path: message('imports.flat.placeDecides'),
  file_hash: message('imports.flat.fileHash'),
  source: message('imports.flat.folderIsSource'),
  is_active: message('imports.flat.archive'),
};

/** The records of a file, or null when it holds none. */
export function flatRecords(file: SourceFile): YamlMap[] | null {
  if (!/\.(?:json|ya?ml)$/i.test(file.name) && !/^\s*[[{]/.test(file.text)) return null;
  const { tree } = readYamlTree(file.text);
  const records = tree === null ? [] : recordsOf(tree);
  return records.length > 0 && records.every(isRecord) ? records : null;
}

function recordsOf(tree: YamlTree): YamlMap[] {
  if (tree.kind === 'list') return tree.items.flatMap((item) => (item.kind === 'map' ? [inner(item)] : []));
  if (tree.kind !== 'map') return [];
  if (isRecord(tree)) return [tree];
  const wrapped = WRAPPERS.map((name) => tree.entries.get(name)?.value).find((value) => value !== undefined);
  return wrapped === undefined ? [] : recordsOf(wrapped);
}

/** `{ template: { name, main_script … } }` of a list is the record in it. */
function inner(map: YamlMap): YamlMap {
  const within = map.entries.get('template')?.value;
  return !isRecord(map) && within?.kind === 'map' && isRecord(within) ? within : map;
}

/** A record: scripts beside the name, or a template of Slipway's own format that was exported with the facts of its file. */
function isRecord(map: YamlMap): boolean {
  if (isExported(map)) return true;
  const has = (name: string): boolean => map.entries.has(name);
  return (
    !has('form') &&
    (has('name') || has('template_id')) &&
    (has('main_script') || has('main_exec') || has('script_content') || has('apptainer_image_id'))
  );
}

function isExported({ entries }: YamlMap): boolean {
  return (
    entries.get('template')?.value.kind === 'map' &&
    entries.get('script')?.value.kind === 'map' &&
    ['source', 'file_path', 'file_hash', 'last_modified'].some((name) => entries.has(name))
  );
}

/** The first of the records as the report; the others are in `more`. */
export function importFlat(files: readonly { file: SourceFile; records: readonly YamlMap[] }[]): ImportReport {
  const all = files.flatMap(({ file, records }) => records.map((record) => ({ file, record })));
  const [first, ...rest] = all.slice(0, MAX_IMPORTED_RECORDS).map(({ file, record }) => importRecord(file, record));
  if (first === undefined) return { format: 'flat', text: '', notes: [], offers: [], problems: [] };
  const left = all.length - MAX_IMPORTED_RECORDS;
  const notes: ImportNote[] = [first, ...rest].flatMap((each) => each.notes);
  if (left > 0)
    notes.unshift({
      kind: 'unsupported',
      what: message('imports.flat.templates', { count: left }),
      file: files[0]?.file.name ?? '',
      line: null,
      reason: message('imports.flat.atMost', { most: MAX_IMPORTED_RECORDS }),
    });
  return {
    format: 'flat',
    text: first.text,
    notes,
    offers: [],
    problems: first.problems,
    ...(rest.length === 0 ? {} : { more: rest.map(({ text, name, problems }) => ({ text, name, problems })) }),
  };
}

interface Made {
  readonly name: string;
  readonly text: string;
  readonly notes: ImportNote[];
  readonly problems: ImportReport['problems'];
}

function importRecord(file: SourceFile, given: YamlMap): Made {
  const notes: ImportNote[] = [];
  const row = new Row(file.name, given, notes);
  const body = isExported(given) ? exported(row) : flat(row);
  row.tellRest();
  const document = new Document(body);
  document.commentBefore = ` Imported from ${file.name.replace(/^.*[/\\]/, '').replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')}`;
  const text = printTemplate(document);
  const { problems } = parseTemplate(text, 'template.yaml');
  const { display_name: title, name } = record(body['template']);
  return { name: [title, name].find((each) => typeof each === 'string') ?? '', text, notes, problems };
}

/** One that has our own form already: the facts of its file go, the rest stays. */
function exported(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    row.names().flatMap((name) => (Object.hasOwn(KNOWN_HERE, name) ? [] : [[name, row.take(name)]])),
  );
}

function flat(row: Row): Record<string, unknown> {
  const named = emptyImport();
  const called = row.text('display_name') ?? '';
  const name = row.text('name') ?? called;
  nameIt(named, name);
  const id = ['template_id', 'id']
    .map((key) => row.peek(key))
    .find((value): value is string => typeof value === 'string' && TemplateId.safeParse(value).success);
  for (const key of ['template_id', 'id']) if (row.peek(key) === id && id !== undefined) row.take(key);
  const category = row.text('category');
  const known = TEMPLATE_CATEGORIES.find((each) => each === category?.toLowerCase());
  if (category !== null && known === undefined)
    row.note(
      'changed',
      'category',
      message('imports.flat.category', { category: category.slice(0, 60), known: TEMPLATE_CATEGORIES.join(', ') }),
    );
  const tags = listed(row.value('tags'));
  const template = {
    id: id ?? named.id,
    name: named.name,
    display_name: called === '' ? named.displayName : called,
    description: row.text('description') ?? '',
    category: known ?? 'custom',
    tags: known === undefined && category !== null ? [...tags, category] : tags,
    version: row.text('version') ?? '1.0.0',
    author: row.text('created_by') ?? row.text('author') ?? row.text('owner') ?? '',
    is_public: isTrue(row.value('is_public')),
  };
  const slurm = {
    ...record(row.value('slurm_config') ?? row.value('slurm')),
    ...Object.fromEntries(
      Object.entries(SLURM).flatMap(([option, names]) => row.first(names).map((value) => [option, value])),
    ),
  };
  const apptainer = imageOf(row);
  const input = schemaOf(row.value('input_file_schema') ?? row.value('file_schema') ?? row.value('input_schema'));
  const config = schemaOf(
    row.value('option_file_schema') ?? row.value('config_file_schema') ?? row.value('config_schema'),
  );
  const output = row.value('output_file_pattern') ?? row.value('output_pattern');
  const files = {
    ...(input === null ? {} : { input_schema: input }),
    ...(config === null ? {} : { config_schema: config }),
    ...(output === null ? {} : { output_pattern: output }),
  };
  const nested = record(row.peek('script'));
  const script = Object.fromEntries(
    Object.entries(SCRIPTS).flatMap(([key, names]) => {
      const [given = nested[key]] = row.first(names).filter((value) => typeof value === 'string');
      return typeof given === 'string' && given.trim() !== '' ? [[key, given.replaceAll(/\r\n?/g, '\n')]] : [];
    }),
  );
  if (Object.keys(nested).length > 0) row.take('script');
  const validation = record(row.value('validation'));
  const hasMain = typeof script['main_exec'] === 'string';
  if (!hasMain) row.note('unsupported', 'main_script', message('imports.flat.noMainScript'));
  return {
    template,
    ...(Object.keys(slurm).length === 0 ? {} : { slurm }),
    ...(Object.keys(apptainer).length === 0 ? {} : { apptainer }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    script,
    ...(Object.keys(validation).length === 0 ? {} : { validation }),
  };
}

/** The image by its name. Its number or key in a database says nothing elsewhere, and is told. */
function imageOf(row: Row): Record<string, unknown> {
  const rule = record(row.value('apptainer_config') ?? row.value('apptainer'));
  const name = row.text('apptainer_image_name') ?? row.text('apptainer_image') ?? row.text('image_name');
  const key = row.text('apptainer_image_id');
  const isName = key !== null && /\.(?:sif|simg|img)$/i.test(key);
  if (key !== null && !isName)
    row.note(
      name === null ? 'unsupported' : 'changed',
      'apptainer_image_id',
      name === null ? message('imports.flat.imageKey', { key: key.slice(0, 80) }) : message('imports.flat.imageByName'),
    );
  const image = name ?? (isName ? key : null);
  const app = row.text('apptainer_app');
  const bind = listed(row.value('apptainer_bind'));
  return {
    ...rule,
    ...(image === null ? {} : { image_name: image.slice(image.lastIndexOf('/') + 1) }),
    ...(app === null ? {} : { app }),
    ...(bind.length === 0 ? {} : { bind }),
  };
}

/** `{required, optional}` in either spelling, or a list: all of it required but what says otherwise. */
function schemaOf(value: unknown): Record<string, unknown> | null {
  if (!Array.isArray(value)) return Object.keys(record(value)).length === 0 ? null : record(value);
  const slots = value.map((slot) => record(slot));
  const isOptional = ({ required, optional }: Record<string, unknown>): boolean =>
    required === false || optional === true;
  const bare = ({
    required: _required,
    optional: _optional,
    ...slot
  }: Record<string, unknown>): Record<string, unknown> => slot;
  return {
    required: slots.filter((slot) => !isOptional(slot)).map(bare),
    optional: slots.filter(isOptional).map(bare),
  };
}

const isTrue = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(?:true|yes|1|t)$/i.test(value));

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A list, or a text with commas. */
function listed(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return items
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map((item) => String(item).trim())
    .filter((item) => item !== '');
}

/** A record, read key by key: each that is taken is noted, and what nobody took is told in the end. */
class Row {
  readonly #file: string;
  readonly #entries: ReadonlyMap<string, YamlEntry>;
  readonly #notes: ImportNote[];
  readonly #seen = new Set<string>();

  constructor(file: string, map: YamlMap, notes: ImportNote[]) {
    this.#file = file;
    this.#entries = map.entries;
    this.#notes = notes;
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  note(kind: ImportNote['kind'], key: string, reason: Message | null): void {
    this.#notes.push({ kind, what: key, file: this.#file, line: this.#entries.get(key)?.keyAt.line ?? null, reason });
  }

  /** The value without noting that it was taken. Columns of databases hold lists and maps as JSON texts. */
  peek(key: string): unknown {
    const tree = this.#entries.get(key)?.value;
    if (tree === undefined) return null;
    const value = plainValue(tree);
    if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value === '' ? null : value;
    const within = readYamlTree(value).tree;
    return within === null ? value : plainValue(within);
  }

  take(key: string): unknown {
    const value = this.peek(key);
    if (this.#entries.has(key) && !this.#seen.has(key) && value !== null) this.note('taken', key, null);
    this.#seen.add(key);
    return value;
  }

  /** Null for what is absent, empty, or an empty list. */
  value(key: string): unknown {
    const value = this.take(key);
    return Array.isArray(value) && value.length === 0 ? null : value;
  }

  /** As it was written: `1.10` stays `1.10`. */
  text(key: string): string | null {
    const tree = this.#entries.get(key)?.value;
    if (tree?.kind !== 'scalar' || tree.value === null || tree.source.trim() === '') return null;
    this.take(key);
    return tree.source.trim();
  }

  /** The first of these keys that has a plain value, as a list of none or one. */
  first(names: readonly string[]): (string | number | boolean)[] {
    for (const name of names) {
      const value = this.peek(name);
      if (typeof value === 'object' || value === '') continue;
      this.take(name);
      return [value as string | number | boolean];
    }
    return [];
  }

  tellRest(): void {
    for (const name of this.#entries.keys()) {
      if (this.#seen.has(name) || this.peek(name) === null) continue;
      const why = KNOWN_HERE[name];
      if (why !== undefined) this.note('changed', name, why);
      else if (name === 'id') this.note('changed', name, message('imports.flat.databaseKey'));
      else this.note('unsupported', name, message('imports.notKnown'));
    }
  }
}
