/**
 * `form.yml` of a Batch Connect app: its attributes as fields. Source: Open OnDemand, docs "User Form (form.yml.erb)", "Form widgets",
 * "Dynamic form widgets"; the attributes that it knows by name: apps/dashboard/app/lib/smart_attributes of its repository.
 */
import { message, type Message } from '../../../../shared/messages/message.ts';
import type { BatchConnectField } from './batchConnectValues.ts';
import type { ImportedParameter } from './importedTemplate.ts';
import { mended, type Say } from './openComposerWidgets.ts';
import { plainValue, type YamlMap, type YamlTree } from '../../text/yamlTree.ts';
import { WORKED_OUT } from './erbYaml.ts';

export interface BatchConnectForm {
  /** By the attribute's name, in the order of the form. */
  readonly fields: Map<string, BatchConnectField>;
  /** Attributes with a value that nobody chooses. */
  readonly constants: Map<string, string>;
  readonly choosers: readonly Chooser[];
}

export interface Directive {
  /** `hide-cuda-version`, without `data-`. */
  readonly name: string;
  readonly value: unknown;
}

/** A field whose options say something about other fields, or about when they are there. */
export interface Chooser {
  readonly of: string;
  readonly line: number;
  readonly options: readonly {
    readonly value: string | boolean;
    readonly label: string;
    readonly directives: readonly Directive[];
  }[];
}

/** What Open OnDemand knows by the attribute's name. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  auto_accounts: { type: 'select', label: 'Account', options_from: 'accounts' },
  auto_primary_group: { type: 'text', label: 'Account' },
  auto_groups: { type: 'text', label: 'Account' },
  auto_queues: { type: 'select', label: 'Partition', options_from: 'partitions' },
  auto_qos: { type: 'select', label: 'QoS', options_from: 'qos' },
  auto_job_name: { type: 'text', label: 'Job name' },
  auto_cores: { type: 'integer', label: 'Cores', default: 1, min: 1 },
  bc_account: { type: 'text', label: 'Account' },
  bc_queue: { type: 'text', label: 'Partition' },
  bc_num_hours: { type: 'integer', label: 'Number of hours', default: 1, min: 1 },
  bc_num_slots: { type: 'integer', label: 'Number of nodes', default: 1, min: 1 },
  bc_email_on_started: { type: 'boolean', label: 'Mail when the job starts', default: false },
};

const TYPES: Readonly<Record<string, string>> = {
  text_field: 'text',
  text_area: 'text',
  email_field: 'text',
  url_field: 'text',
  number_field: 'number',
  range_field: 'number',
  select: 'select',
  radio: 'select',
  radio_button: 'select',
  check_box: 'boolean',
  path_selector: 'path',
};
const NONE: Readonly<Record<string, Message>> = {
  resolution_field: message('batchConnect.desktopSize'),
  bc_vnc_resolution: message('batchConnect.desktopSize'),
  bc_vnc_idle: message('batchConnect.ofDesktop'),
  file_attachments: message('batchConnect.filesAtLaunch'),
  file_attachment: message('batchConnect.filesAtLaunch'),
  file_field: message('batchConnect.filesAtLaunch'),
};
/** Keys that say what a field looks like there, or that nothing here needs. */
const QUIET = new Set([
  'widget',
  'label',
  'help',
  'value',
  'min',
  'max',
  'step',
  'required',
  'pattern',
  'options',
  'placeholder',
  'cacheable',
  'display',
  'id',
  'checked_value',
  'unchecked_value',
  'show_hidden',
  'show_files',
  'directory',
  'favorites',
  'readonly',
  'fixed',
  'html_options',
  'size',
  'header',
  'hide_when_empty',
  'wrapper',
  'class',
  'data-filepicker',
  'data-target-file-type',
]);

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const isUnknown = (value: unknown): boolean => JSON.stringify(value ?? null).includes(WORKED_OUT);

export function readBatchConnectForm(tree: YamlMap, say: Say): BatchConnectForm {
  const made: { fields: Map<string, BatchConnectField>; constants: Map<string, string>; choosers: Chooser[] } = {
    fields: new Map(),
    constants: new Map(),
    choosers: [],
  };
  takeCluster(tree, made, say);
  const given = tree.entries.get('attributes')?.value;
  const attributes = given?.kind === 'map' ? given : null;
  const order = tree.entries.get('form')?.value;
  const shown =
    order?.kind === 'list' ? order.items.map((item) => ({ name: text(plainValue(item)), line: item.at.line })) : [];
  for (const { name, line } of shown)
    readAttribute(
      name,
      attributes?.entries.get(name)?.value ?? null,
      attributes?.entries.get(name)?.keyAt.line ?? line,
      made,
      say,
    );
  for (const { key, keyAt, value } of attributes?.entries.values() ?? []) {
    if (shown.some(({ name }) => name === key)) continue;
    const plain = plainValue(value);
    const fixed = typeof plain === 'object' && plain !== null ? (plain as Record<string, unknown>)['value'] : plain;
    if (fixed !== undefined && fixed !== null && typeof fixed !== 'object' && !isUnknown(fixed))
      made.constants.set(key, text(fixed));
    say('changed', keyAt.line, key, message('batchConnect.notInForm'));
  }
  for (const { key, keyAt } of tree.entries.values()) {
    if (['attributes', 'form', 'cluster'].includes(key)) continue;
    say(
      key === 'title' || key === 'description' ? 'taken' : 'unsupported',
      keyAt.line,
      key,
      key === 'title' || key === 'description' ? null : message('imports.noSuchKey'),
    );
  }
  return made;
}

/** Of an app of several clusters the cases for each stay apart by a field; the cluster itself is chosen at the launch. */
function takeCluster(
  tree: YamlMap,
  made: { fields: Map<string, BatchConnectField>; constants: Map<string, string> },
  say: Say,
): void {
  const entry = tree.entries.get('cluster');
  if (entry === undefined) return;
  const plain = plainValue(entry.value);
  const names = (Array.isArray(plain) ? plain : [plain])
    .map(text)
    .filter((name) => name !== '' && !name.includes('*') && !isUnknown(name));
  const [first] = names;
  if (first === undefined) return;
  if (names.length === 1) {
    made.constants.set('cluster', first);
    say('changed', entry.keyAt.line, `cluster: ${first}`, message('batchConnect.oneCluster'));
    return;
  }
  made.fields.set('cluster', {
    parameter: {
      name: 'cluster',
      type: 'select',
      label: 'As on the cluster',
      help: 'What the app says for which of its clusters. It does not choose where the job goes.',
      options: names.map((value) => ({ value, label: value })),
      default: first,
    },
    line: entry.keyAt.line,
    checked: '',
    unchecked: '',
  });
  say('changed', entry.keyAt.line, `cluster: ${names.join(', ')}`, message('batchConnect.severalClusters'));
}

function readAttribute(
  name: string,
  value: YamlTree | null,
  line: number,
  made: { fields: Map<string, BatchConnectField>; constants: Map<string, string>; choosers: Chooser[] },
  say: Say,
): void {
  if (
    !/^[A-Za-z][A-Za-z0-9_]{0,60}$/.test(name) ||
    [...made.fields.keys()].some((other) => other.toLowerCase() === name.toLowerCase())
  ) {
    if (name !== 'cluster')
      say('unsupported', line, name === '' ? 'form' : name.slice(0, 100), message('batchConnect.notAName'));
    return;
  }
  const plain = value === null ? {} : plainValue(value);
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    if (isUnknown(plain)) say('unsupported', line, name, message('batchConnect.workedOut'));
    else {
      made.constants.set(name, text(plain));
      say('changed', line, `${name}: ${text(plain)}`, message('batchConnect.fixed'));
    }
    return;
  }
  const given = plain as Record<string, unknown>;
  const widget = text(given['widget']);
  const known =
    KNOWN[name] ??
    (name.startsWith('auto_modules_') ? { type: 'select', label: 'Module', options_from: 'modules' } : undefined);
  const none = NONE[name] ?? NONE[widget];
  if (none !== undefined) {
    say('unsupported', line, name, none);
    return;
  }
  if (widget === 'hidden_field' || given['fixed'] === true) {
    made.constants.set(name, isUnknown(given['value']) ? '' : text(given['value']));
    say(isUnknown(given['value']) ? 'unsupported' : 'changed', line, name, message('batchConnect.hidden'));
    return;
  }
  const type =
    TYPES[widget] ??
    (Array.isArray(given['options']) ? 'select' : known?.['type']) ??
    (widget === '' && value !== null ? 'text' : undefined);
  if (type === undefined) {
    say(
      'unsupported',
      line,
      name,
      widget === '' ? message('batchConnect.ofSite') : message('imports.noFieldLike', { widget }),
    );
    return;
  }
  const field = fieldOf(name, text(type), given, known ?? {}, line, say);
  made.fields.set(name, field);
  const options = directivesOf(given, field);
  if (options.some(({ directives }) => directives.length > 0)) made.choosers.push({ of: name, line, options });
  say(
    'taken',
    line,
    name,
    name === 'auto_groups' || name === 'bc_queue' || name === 'bc_account' ? message('batchConnect.asText') : null,
  );
  for (const key of Object.keys(given))
    if (!QUIET.has(key)) say('unsupported', line, `${name}: ${key}`, message('imports.notKnown'));
}

function fieldOf(
  name: string,
  type: string,
  given: Record<string, unknown>,
  known: Readonly<Record<string, unknown>>,
  line: number,
  say: Say,
): BatchConnectField {
  const whole = [given['value'], given['min'], given['max'], given['step'] ?? 1].every(
    (value) => value === undefined || value === null || value === '' || Number.isSafeInteger(Number(value)),
  );
  const isOwn = given['widget'] !== undefined || Array.isArray(given['options']);
  const raw: ImportedParameter = {
    ...(isOwn ? {} : known),
    name,
    type: type === 'number' && whole ? 'integer' : type,
    label: plainWords(text(given['label'])) || text(known['label']) || labelOf(name),
  };
  const help = plainWords(text(given['help']));
  if (help !== '') raw['help'] = help;
  if (raw.type === 'integer' || raw.type === 'number') {
    for (const limit of ['min', 'max', 'step'])
      if (given[limit] !== undefined && given[limit] !== '' && Number.isFinite(Number(given[limit])))
        raw[limit] = Number(given[limit]);
  }
  if (given['required'] === true) raw['required'] = true;
  if (typeof given['pattern'] === 'string' && (type === 'text' || type === 'path')) raw['pattern'] = given['pattern'];
  const options = optionsOf(given);
  if (type === 'select' && raw['options_from'] === undefined)
    raw['options'] = options.map(({ value, label }) => ({ value, label }));
  const checked = text(given['checked_value']) || '1';
  const value = defaultOf(
    raw,
    given['value'],
    checked,
    options.map((option) => option.value),
  );
  if (value !== undefined) raw['default'] = value;
  if (isUnknown(given['options'])) say('unsupported', line, `${name}: options`, message('batchConnect.someWorkedOut'));
  if (isUnknown(given['value'])) say('unsupported', line, `${name}: value`, message('batchConnect.beginsWithout'));
  return { parameter: mended(raw, line, say), line, checked, unchecked: text(given['unchecked_value']) || '0' };
}

function defaultOf(raw: ImportedParameter, value: unknown, checked: string, options: readonly string[]): unknown {
  if (raw.type === 'boolean') return value === true || (value !== undefined && text(value) === checked);
  if (raw.type === 'select' && raw['options_from'] === undefined)
    return options.includes(text(value)) ? text(value) : options[0];
  if (value === undefined || value === null || value === '' || isUnknown(value)) return raw['default'];
  return raw.type === 'integer' || raw.type === 'number' ? Number(value) : text(value);
}

interface Option {
  readonly label: string;
  readonly value: string;
  readonly directives: readonly Directive[];
}

/** `- small`, `- [Small, small]`, `- [Small, small, data-hide-x: true]`. */
function optionsOf(given: Readonly<Record<string, unknown>>): Option[] {
  const options: Option[] = [];
  for (const option of Array.isArray(given['options']) ? (given['options'] as unknown[]) : []) {
    const [label, value, ...rest] = Array.isArray(option) ? (option as unknown[]) : [option];
    const isSaid = value !== undefined && value !== null && typeof value !== 'object';
    const found = {
      label: text(label),
      value: isSaid ? text(value) : text(label),
      directives: [...(isSaid ? [] : [value]), ...rest].flatMap(directivesIn),
    };
    if (!isUnknown([found.label, found.value]) && !options.some((other) => other.value === found.value))
      options.push(found);
  }
  return options;
}

function directivesIn(value: unknown): Directive[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name.startsWith('data-') ? [{ name: name.slice('data-'.length), value: each as unknown }] : [],
  );
}

/** Those of the options; of a check box those of `html_options: data:`, which say `-when-checked` and the like. */
function directivesOf(given: Readonly<Record<string, unknown>>, { parameter }: BatchConnectField): Chooser['options'] {
  if (parameter.type !== 'boolean') return optionsOf(given);
  const html = given['html_options'];
  const data = typeof html === 'object' && html !== null ? (html as Record<string, unknown>)['data'] : undefined;
  const all = Object.entries(typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {});
  return [true, false].map((value) => {
    const behind = value ? '-when-checked' : '-when-un-checked';
    return {
      value,
      label: behind.slice(1),
      directives: all.flatMap(([name, each]) =>
        name.endsWith(behind) ? [{ name: name.slice(0, -behind.length), value: each }] : [],
      ),
    };
  });
}

/** Markdown and HTML of a help text as words. */
function plainWords(given: string): string {
  return given
    .replaceAll(/<[^<>]{1,200}>/g, ' ')
    .replaceAll(/\*\*|__|`/g, '')
    .replaceAll(/^\s*\[[^\]\n]{1,200}\]:.*$/gm, '')
    .replaceAll(/\[([^\]\n]{1,200})\](?:\([^)\n]{1,500}\))?/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 1000);
}

function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
