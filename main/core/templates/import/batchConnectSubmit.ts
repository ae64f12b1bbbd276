/**
 * `submit.yml.erb` of a Batch Connect app: what it asks of Slurm. Source: Open OnDemand, docs "Submission (submit.yml.erb)"; for the keys
 * of `script:` lib/ood_core/job/script.rb and adapters/slurm.rb of ood_core.
 */
import { message } from '../../../../shared/messages/message.ts';
import { optionKey } from '../../../../shared/domain/request/options.ts';
import { readSbatchLines, type ScriptOption } from '../../../slurm/sbatchLines.ts';
import { plainValue, readYamlTree, type YamlEntry, type YamlMap, type YamlTree } from '../../text/yamlTree.ts';
import type { FieldCondition } from './batchConnectConditions.ts';
import type { Names } from './batchConnectValues.ts';
import { readErbYaml, WORKED_OUT, withPlaceholders, type ErbYaml, type When } from './erbYaml.ts';
import { freeName, type ImportedTemplate } from './importedTemplate.ts';
import { takeOptions, type Add } from './importScript.ts';
import type { Say } from './openComposerWidgets.ts';

export interface BatchConnectSubmit {
  /** `basic`, `vnc`, `vnc_container`. */
  readonly kind: string;
  /** `conn_params`: variables that the portal's page asks for. */
  readonly shared: readonly string[];
}

interface Asked extends ScriptOption {
  readonly when: When;
}

/** Keys of `script:` and the options that they are. */
const OPTIONS: Readonly<Record<string, string>> = {
  queue_name: 'partition',
  accounting_id: 'account',
  job_name: 'job-name',
  email: 'mail-user',
  reservation_id: 'reservation',
  qos: 'qos',
  gpus_per_node: 'gpus-per-node',
  cores: 'ntasks',
  num_cores: 'ntasks',
  num_nodes: 'nodes',
  nodes: 'nodes',
  priority: 'nice',
  start_time: 'begin',
  output_path: 'output',
  error_path: 'error',
  workdir: 'chdir',
  wall_time: 'time',
};
/** What attributes ask for by their name, without a line in submit.yml. */
const BY_NAME: readonly (readonly [attribute: string, option: string, before: string, after: string])[] = [
  ['auto_accounts', 'account', '', ''],
  ['auto_groups', 'account', '', ''],
  ['auto_primary_group', 'account', '', ''],
  ['bc_account', 'account', '', ''],
  ['auto_queues', 'partition', '', ''],
  ['bc_queue', 'partition', '', ''],
  ['auto_qos', 'qos', '', ''],
  ['auto_cores', 'ntasks', '', ''],
  ['bc_num_hours', 'time', '', ':00:00'],
  ['bc_num_slots', 'nodes', '', ''],
];

const scalarText = (value: YamlTree): string | null =>
  value.kind === 'scalar' && value.value !== null
    ? withPlaceholders(typeof value.value === 'string' ? value.value : value.source).trim()
    : null;

/** Puts what the app asks for into `slurm:`. `source` null: there is no such file, and what the attributes ask for by themselves counts. */
export function importSubmit(
  imported: ImportedTemplate,
  source: string | null,
  names: Names,
  say: Say,
): BatchConnectSubmit {
  const asked: Asked[] = [];
  let connect: BatchConnectSubmit = { kind: 'basic', shared: [] };
  const read = source === null ? null : readTree(source, names, say);
  for (const entry of read?.tree.entries.values() ?? []) {
    const when = read?.yaml.whenOf(entry.keyAt.line) ?? [];
    if (entry.key === 'script' && read !== null) takeScript(entry.value, read.yaml, asked, say);
    else if (entry.key === 'batch_connect') connect = readConnect(entry.value, connect, say);
    else if (when !== 'never')
      say(
        'unsupported',
        entry.keyAt.line,
        entry.key,
        entry.key === 'cluster' ? message('imports.clusterAtLaunch') : message('imports.notKnown'),
      );
  }
  if (read !== null && read.yaml.listed.length > 0)
    takeWords(
      read.yaml.listed.map((word) => ({ ...word, text: withPlaceholders(word.text) })),
      asked,
      say,
    );
  for (const [attribute, option, before, after] of BY_NAME) {
    const fixed = names.constants.get(attribute);
    const key = optionKey(option);
    if ((fixed === undefined || fixed === '') && !names.fields.has(attribute)) continue;
    if (asked.some((each) => each.key === key)) continue;
    const value = `${before}${fixed ?? `{{${attribute}}}`}${after}`;
    asked.unshift({
      key,
      value,
      line: names.fields.get(attribute)?.line ?? 0,
      what: `${attribute} → --${option}=${value}`,
      isKnown: true,
      when: [],
    });
  }
  place(imported, asked, names, say);
  if (names.fields.get('bc_email_on_started') !== undefined) mailWhenStarted(imported, names, say);
  return connect;
}

/** With all branches where that is one YAML file, otherwise with the first of each. */
function readTree(source: string, names: Names, say: Say): { tree: YamlMap; yaml: ErbYaml } | null {
  const said: Parameters<Say>[] = [];
  const keep: Say = (...each) => void said.push(each);
  let yaml = readErbYaml(source, names, keep);
  let { tree, faults } = readYamlTree(documentOf(yaml.text));
  if (faults.length > 0) {
    said.length = 0;
    yaml = readErbYaml(source, names, keep, true);
    ({ tree, faults } = readYamlTree(documentOf(yaml.text)));
    if (faults.length === 0) keep('unsupported', null, 'else', message('batchConnect.firstBranch'));
  }
  for (const each of said) say(...each);
  for (const fault of faults)
    if (fault.rule !== 'empty')
      say('unsupported', fault.line, 'submit.yml', message('imports.unreadable', { reason: fault.message }));
  return tree?.kind === 'map' ? { tree, yaml } : null;
}

/** Ruby before `---` leaves blank lines, which YAML takes for a document of its own nowhere; a second mark begins one. */
const documentOf = (text: string): string => text.replaceAll(/^---[ \t]*$/gm, '');

function readConnect(value: YamlTree, before: BatchConnectSubmit, say: Say): BatchConnectSubmit {
  if (value.kind !== 'map') return before;
  let { kind, shared } = before;
  for (const { key, keyAt, value: each } of value.entries.values()) {
    const said = scalarText(each) ?? '';
    if (key === 'template') {
      kind = said === '' ? kind : said;
      if (kind === 'basic') say('taken', keyAt.line, 'template: basic', message('batchConnect.inOrder'));
    } else if (key === 'conn_params') {
      const plain = plainValue(each);
      shared = Array.isArray(plain) ? plain.filter((name) => typeof name === 'string') : [];
      say('changed', keyAt.line, `conn_params: ${shared.join(', ')}`.slice(0, 200), message('batchConnect.connection'));
    } else
      say(
        'unsupported',
        keyAt.line,
        `${key}: ${said}`.slice(0, 200),
        key === 'set_host' ? message('batchConnect.hostName') : message('batchConnect.notTaken'),
      );
  }
  return { kind, shared };
}

function takeScript(value: YamlTree, yaml: ErbYaml, asked: Asked[], say: Say): void {
  for (const entry of value.kind === 'map' ? value.entries.values() : []) {
    const {
      key,
      keyAt: { line },
      value: each,
    } = entry;
    const when = yaml.whenOf(line);
    if (when === 'never') continue;
    const said = scalarText(each);
    const option = OPTIONS[key];
    if (key === 'native') takeNative(entry, yaml, asked, say);
    else if (said?.includes(WORKED_OUT) === true) say('unsupported', line, key, message('batchConnect.workedOut'));
    else if (key === 'email_on_started' || key === 'email_on_terminated') {
      if (said === 'true')
        asked.push({
          key: 'mail_type',
          value: key === 'email_on_started' ? 'BEGIN' : 'END,FAIL',
          line,
          what: `${key}: true`,
          isKnown: true,
          when,
        });
      else if (said !== 'false') say('unsupported', line, `${key}: ${said ?? ''}`, message('batchConnect.mailType'));
    } else if (option !== undefined && said !== null && said !== '') {
      const spelled = key === 'wall_time' ? wallTime(said) : said;
      if (PRODUCT.test(spelled)) {
        say('unsupported', line, key, message('batchConnect.workedOut'));
        continue;
      }
      asked.push({ key: optionKey(option), value: spelled, line, what: `${key}: ${said}`, isKnown: true, when });
    } else if (said !== '')
      say(
        'unsupported',
        line,
        said === null ? key : `${key}: ${said}`.slice(0, 200),
        key === 'job_environment' ? message('batchConnect.environment') : message('batchConnect.noSuchOption'),
      );
  }
}

/** Seconds that are worked out of a field. */
const PRODUCT = /\}\}\*\d/;

/** Seconds, also of a field in hours or minutes, as sbatch says them. */
function wallTime(said: string): string {
  if (/^\d+$/.test(said)) return seconds(Number(said));
  const [, field, factor] = /^(\{\{\w+\}\})\*(3600|60)$/.exec(said) ?? [];
  return field === undefined ? said : factor === '3600' ? `${field}:00:00` : field;
}

const seconds = (count: number): string =>
  `${String(Math.floor(count / 3600))}:${String(Math.floor(count / 60) % 60).padStart(2, '0')}:${String(count % 60).padStart(2, '0')}`;

/** `native:` as a list of words for sbatch. */
function takeNative({ keyAt, value }: YamlEntry, yaml: ErbYaml, asked: Asked[], say: Say): void {
  if (value.kind === 'scalar' && value.value === null) return;
  const items = value.kind === 'list' ? value.items : value.kind === 'scalar' ? [value] : [];
  if (value.kind === 'map') say('unsupported', keyAt.line, 'native', message('batchConnect.otherScheduler'));
  takeWords(
    items.flatMap((item) =>
      item.kind === 'scalar'
        ? [{ text: scalarText(item) ?? '', line: item.at.line, when: yaml.whenOf(item.at.line) }]
        : [],
    ),
    asked,
    say,
  );
}

/** A word that begins with `-` begins an option; the ones behind it are its value. */
function takeWords(words: readonly { text: string; line: number; when: When }[], asked: Asked[], say: Say): void {
  const options: { words: string[]; line: number; when: When }[] = [];
  for (const { text, line, when } of words) {
    if (text === '') continue;
    const last = options.at(-1);
    if (text.startsWith('-') || last === undefined) options.push({ words: [text], line, when });
    else {
      last.words.push(text);
      if (last.when !== 'never' && (when === 'never' || when === 'unknown')) last.when = when;
    }
  }
  for (const {
    words: [first = '', ...rest],
    line,
    when,
  } of options) {
    const what = [first, ...rest].join(' ');
    if (when === 'never') continue;
    if (what.includes(WORKED_OUT) || PRODUCT.test(what)) {
      say('unsupported', line, what.replaceAll(WORKED_OUT, '…').slice(0, 200), message('batchConnect.workedOutWrite'));
      continue;
    }
    // `-n 4` as one word: the value begins behind the blank
    const spelled = [
      /^-\w\s/.test(first) || /^--[\w-]+\s/.test(first) ? first.trim() : quoted(first),
      ...rest.map(quoted),
    ].join(' ');
    const {
      components: [found = []],
      faults,
    } = readSbatchLines([`#SBATCH ${spelled}`]);
    for (const fault of faults) say('unsupported', line, what.slice(0, 200), fault.reason);
    if (faults.length === 0) asked.push(...found.map((option) => ({ ...option, line, when })));
    if (found.length === 0 && faults.length === 0)
      say('unsupported', line, what.slice(0, 200), message('batchConnect.notSbatch'));
  }
}

const quoted = (word: string): string => (/[\s"'#\\]/.test(word) ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : word);

/** What counts always goes to `slurm:`; what counts under conditions goes there by a field that has it under those. */
function place(imported: ImportedTemplate, asked: readonly Asked[], names: Names, say: Say): void {
  const add: Add = (kind, line, what, reason) => say(kind, line === 0 ? null : line, what, reason);
  const isAlways = ({ when }: Asked): boolean => Array.isArray(when) && when.length === 0;
  const counted = asked.filter((each) => !isAlways(each) && each.when !== 'unknown' && isCount(each, names));
  for (const { line, what } of counted) say('changed', line, what, message('batchConnect.fieldAlone'));
  const always = asked.filter((each) => isAlways(each) || counted.includes(each));
  takeOptions(imported, { components: [always], separators: [] }, add);
  const byKey = new Map<string, Asked[]>();
  for (const each of asked) {
    if (always.includes(each)) continue;
    if (each.when === 'unknown') say('unsupported', each.line, each.what, message('batchConnect.unsayable'));
    else if (each.value === true || /\{\{/.test(each.value))
      say('unsupported', each.line, each.what, message('batchConnect.madeOfField'));
    else byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
  }
  for (const [key, cases] of byKey) {
    const before = imported.slurm[key];
    if (/\{\{/.test(String(before ?? ''))) {
      for (const { line, what } of cases) say('unsupported', line, what, message('batchConnect.fieldOtherwise'));
      continue;
    }
    const name = freeName(
      `slurm_${key}`,
      imported.parameters.map((parameter) => parameter.name),
    );
    const option = `--${key.replaceAll('_', '-')}`;
    imported.parameters.push({
      name,
      type: 'text',
      label: option,
      help: 'What the app asks for follows other fields.',
      advanced: true,
      default: before === undefined ? '' : String(before),
      rules: cases.map(({ when, value }) => ({ when, default: value })),
    });
    imported.slurm[key] = `{{${name}}}`;
    for (const { line, what } of cases) say('changed', line, what, message('batchConnect.fieldThen', { option }));
  }
}

/** A number of things of which 0 asks for none, or a value of which none asks for nothing where the condition says no more than that. */
function isCount({ value, key, when }: Asked, names: Names): boolean {
  const alone = /^\{\{(\w+)\}\}$/.exec(String(value))?.[1];
  if (
    alone !== undefined &&
    Array.isArray(when) &&
    (when as FieldCondition[]).every((each) => each['field'] === alone && each['not'] === '')
  )
    return true;
  const [, name = ''] = /\{\{(\w+)\}\}$/.exec(String(value)) ?? [];
  return /^(?:gres|gpus\w*)$/.test(key) && names.fields.get(name)?.parameter.type === 'integer';
}

/** A mail at the start where the person says so. */
function mailWhenStarted(imported: ImportedTemplate, names: Names, say: Say): void {
  const line = names.fields.get('bc_email_on_started')?.line ?? null;
  if (imported.slurm['mail_type'] !== undefined) {
    say('unsupported', line, 'bc_email_on_started', message('batchConnect.appMails'));
    return;
  }
  const name = freeName(
    'slurm_mail_type',
    imported.parameters.map((parameter) => parameter.name),
  );
  imported.parameters.push({
    name,
    type: 'text',
    label: '--mail-type',
    help: 'Follows “Mail when the job starts”.',
    advanced: true,
    default: '',
    rules: [{ when: [{ field: 'bc_email_on_started', is: true }], default: 'BEGIN' }],
  });
  imported.slurm['mail_type'] = `{{${name}}}`;
}
