/**
 * sbatch's options: in which order they stand in a script, what they are called, and the strict grammar of each value. A value
 * either has the grammar or does not reach the script: nothing is ever quoted into a `#SBATCH` line. No grammar lets through
 * white space, quotes, `\` or `#`, which sbatch's own reader of those lines would interpret. Source: sbatch(1).
 */
import { parseSlurmMemory, toSlurmMemory } from '../../lib/bytes.ts';
import { parseSlurmDuration } from '../../lib/duration.ts';
import { message, type Message } from '../../messages/message.ts';
import { optionFlag, optionKey, optionName, type OptionValue } from './optionNames.ts';
import { longNames, longOption } from './sbatchOptions.ts';

export { isJobName, MAX_JOB_NAME, mendJobName } from '../job/name.ts';
export { optionFlag, optionKey, optionName, type OptionValue } from './optionNames.ts';

/** What becomes of an option. `text` has the leading dashes: `--mem=32G`. `mended` is a near value that would do. */
export type Directive =
  | { readonly kind: 'line'; readonly text: string; readonly known: boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ours'; readonly reason: Message }
  | { readonly kind: 'invalid'; readonly reason: Message; readonly mended: string | null };

type Verdict = { readonly text: string } | { readonly reason: Message; readonly mended?: string | null };
type Grammar = (value: string) => Verdict;

interface Option {
  readonly grammar: Grammar;
  /** May stand without a value: `exclusive: true`. */
  readonly flag?: boolean;
}

const form =
  (pattern: RegExp, reason: Message): Grammar =>
  (value) =>
    pattern.test(value) ? { text: value } : { reason };

const list = (item: RegExp, reason: Message): Grammar => {
  const pattern = new RegExp(`^(?:${item.source})(?:,(?:${item.source}))*$`, item.flags);
  return (value) => {
    if (pattern.test(value)) return { text: value };
    const tight = value.trim().replaceAll(/\s*,\s*/g, ',');
    return { reason, mended: pattern.test(tight) ? tight : null };
  };
};

const NAMED = {
  partition: 'options.expected.partition',
  account: 'options.expected.account',
  qos: 'options.expected.qos',
  reservation: 'options.expected.reservation',
} as const;
const NAME = /[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}/;
const name = (what: 'partition' | 'account' | 'qos' | 'reservation'): Grammar => list(NAME, message(NAMED[what]));

const count: Grammar = (value) => {
  if (/^[1-9]\d{0,8}$/.test(value)) return { text: value };
  const number = Number(value);
  return {
    reason: message('options.expected.count'),
    mended: value.trim() !== '' && number > 0 && number < 1e9 ? String(Math.ceil(number)) : null,
  };
};

const whole = form(/^-?\d{1,10}$/, message('options.expected.whole'));

const nodes = form(
  /^[1-9]\d{0,6}(?:-[1-9]\d{0,6}(?::[1-9]\d{0,6})?)?(?:,[1-9]\d{0,6}(?:-[1-9]\d{0,6})?)*$/,
  message('options.expected.nodes'),
);

/** Canonical: `32GB`, `32 GiB` and `32g` are all `32G` to sbatch or to the person who typed them. */
const memory: Grammar = (value) => {
  const parts = /^(\d{1,12})\s*([KMGT]?)(?:i?B)?$/i.exec(value);
  if (parts) return { text: `${String(BigInt(parts[1] ?? '0'))}${(parts[2] ?? '').toUpperCase()}` };
  const bytes = parseSlurmMemory(value);
  return {
    reason: message('options.expected.memory'),
    mended: bytes === null || bytes < 1 ? null : toSlurmMemory(bytes),
  };
};

const time: Grammar = (value) => {
  const spelled = value.trim();
  if (parseSlurmDuration(spelled) !== null && spelled.length <= 20) return { text: spelled };
  const hours = /^(\d{1,5})\s*(h|d|min|m)(?:ours?|ays?|inutes?)?$/i.exec(spelled);
  const unit = { h: ':00:00', d: '-00:00:00', min: ':00', m: ':00' }[hours?.[2]?.toLowerCase() ?? ''];
  return {
    reason: message('options.expected.time'),
    mended: unit === undefined ? null : `${hours?.[1] ?? ''}${unit}`,
  };
};

const GRES = /(?:gres:|gres\/)?[A-Za-z_][A-Za-z0-9_.+-]{0,63}(?:[:=][A-Za-z0-9_.+-]{1,64}){0,2}/;
const gres = list(GRES, message('options.expected.gres'));
const gpus = list(/(?:[A-Za-z][A-Za-z0-9_.+-]{0,63}[:=])?[1-9]\d{0,5}/, message('options.expected.gpus'));

/** Features joined by `&` or `|`, counted by `*2`, grouped by brackets. Source: sbatch(1), --constraint. */
const constraint: Grammar = (value) => {
  const reason = message('options.expected.constraint');
  const tight = value.replaceAll(/\s+/g, '');
  const well = (text: string): boolean => /^[A-Za-z0-9_.:=+,&|![\]()*-]{1,512}$/.test(text) && isBalanced(text);
  return well(value) ? { text: value } : { reason, mended: well(tight) ? tight : null };
};

function isBalanced(text: string): boolean {
  const open: string[] = [];
  for (const c of text) {
    if (c === '(' || c === '[') open.push(c);
    if (c === ')' && open.pop() !== '(') return false;
    if (c === ']' && open.pop() !== '[') return false;
  }
  return open.length === 0;
}

const array: Grammar = (value) => {
  const pattern =
    /^\d{1,9}(?:-\d{1,9}(?::[1-9]\d{0,8})?)?(?:,\d{1,9}(?:-\d{1,9}(?::[1-9]\d{0,8})?)?)*(?:%[1-9]\d{0,8})?$/;
  const tight = value.replaceAll(/\s+/g, '');
  return pattern.test(value)
    ? { text: value }
    : { reason: message('options.expected.array'), mended: pattern.test(tight) ? tight : null };
};

const DEPENDENCY =
  /(?:(?:after|afterany|afterburstbuffer|aftercorr|afternotok|afterok|expand):\d+(?:_\d+)?(?:\+\d+)?(?::\d+(?:_\d+)?(?:\+\d+)?)*|singleton)/;
const dependency = form(
  new RegExp(`^${DEPENDENCY.source}(?:[,?]${DEPENDENCY.source})*$`),
  message('options.expected.dependency'),
);

const mailType = list(
  /NONE|BEGIN|END|FAIL|REQUEUE|ALL|INVALID_DEPEND|STAGE_OUT|TIME_LIMIT(?:_90|_80|_50)?|ARRAY_TASKS/i,
  message('options.expected.mailType'),
);
const mailUser = list(
  /[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}(?:@[A-Za-z0-9.-]{1,190})?/,
  message('options.expected.mailUser'),
);
const hosts = form(/^[A-Za-z0-9_.,[\]-]{1,2048}$/, message('options.expected.hosts'));

const PLAIN = /^[A-Za-z0-9_.,:=+@%/*[\]-]{1,1024}$/;
const plain = form(PLAIN, message('options.expected.plain'));

/** In the order of a script's lines. */
const OPTIONS: Readonly<Record<string, Option>> = {
  partition: { grammar: name('partition') },
  account: { grammar: name('account') },
  qos: { grammar: name('qos') },
  reservation: { grammar: name('reservation') },
  nodes: { grammar: nodes },
  ntasks: { grammar: count },
  ntasks_per_node: { grammar: count },
  cpus_per_task: { grammar: count },
  mem: { grammar: memory },
  mem_per_cpu: { grammar: memory },
  mem_per_gpu: { grammar: memory },
  time: { grammar: time },
  time_min: { grammar: time },
  gres: { grammar: gres },
  gpus: { grammar: gpus },
  gpus_per_node: { grammar: gpus },
  gpus_per_socket: { grammar: gpus },
  gpus_per_task: { grammar: gpus },
  cpus_per_gpu: { grammar: count },
  constraint: { grammar: constraint },
  prefer: { grammar: constraint },
  nodelist: { grammar: hosts },
  exclude: { grammar: hosts },
  exclusive: { grammar: form(/^(?:user|mcs|topo)$/, message('options.expected.exclusive')), flag: true },
  oversubscribe: { grammar: plain, flag: true },
  array: { grammar: array },
  dependency: { grammar: dependency },
  begin: { grammar: plain },
  deadline: { grammar: plain },
  requeue: { grammar: () => ({ reason: message('options.expected.flag') }), flag: true },
  no_kill: { grammar: form(/^(?:set|off|no)$/i, message('options.expected.flagOff')), flag: true },
  nice: { grammar: whole, flag: true },
  tmp: { grammar: memory },
  mail_type: { grammar: mailType },
  mail_user: { grammar: mailUser },
};

/** Options that Slipway sets itself: with another value it would not find the job or its output again. */
const OURS: Readonly<Record<string, Message>> = {
  job_name: message('options.ours.jobName'),
  output: message('options.ours.output'),
  error: message('options.ours.error'),
  open_mode: message('options.ours.openMode'),
  chdir: message('options.ours.folder'),
  workdir: message('options.ours.folder'),
  clusters: message('options.ours.cluster'),
  cluster: message('options.ours.cluster'),
  parsable: message('options.ours.jobId'),
  wrap: message('options.ours.script'),
  test_only: message('options.ours.test'),
  autocomplete: message('options.ours.nothingSubmitted'),
  external: message('options.ours.script'),
  wait: message('options.ours.watched'),
  quiet: message('options.ours.said'),
  verbose: message('options.ours.said'),
  help: message('options.ours.nothingSubmitted'),
  usage: message('options.ours.nothingSubmitted'),
  version: message('options.ours.nothingSubmitted'),
};

const oursReason = (key: string): Message | null => (Object.hasOwn(OURS, key) ? (OURS[key] ?? null) : null);

/** Other options of sbatch that a site's templates may use, with a plain value or none. */
let plainOptions: ReadonlySet<string> | null = null;
function plainKeys(): ReadonlySet<string> {
  plainOptions ??= new Set(
    longNames()
      .map(optionKey)
      .filter((key) => !Object.hasOwn(OPTIONS, key) && !Object.hasOwn(OURS, key))
      .sort(),
  );
  return plainOptions;
}

/** What an editor says of an option. */
export interface OptionWords {
  readonly key: string;
  readonly label: string | Message;
  /** What the value must be like; null where only a flag is meant. */
  readonly expected: Message | null;
  /** `true` and `false` are values of it. */
  readonly flag: boolean;
}

/** All options that a template may set, those with a grammar of their own first. */
export function optionWords(): OptionWords[] {
  const expected = (grammar: Grammar): Message | null => {
    const verdict = grammar('\n');
    return 'reason' in verdict ? verdict.reason : null;
  };
  return [
    ...Object.entries(OPTIONS).map(([key, { grammar, flag }]) => ({
      key,
      label: optionName(key),
      expected: expected(grammar),
      flag: flag === true,
    })),
    ...[...plainKeys()].map((key) => ({ key, label: optionName(key), expected: expected(plain), flag: isFlag(key) })),
  ];
}

function isFlag(key: string): boolean {
  const found = longOption(key.replaceAll('_', '-'));
  return found.kind === 'option' && found.option.takes !== 'value';
}

/** Options that have no effect in a template, and why. */
export function ownOptions(): { key: string; reason: Message }[] {
  return Object.entries(OURS).map(([key, reason]) => ({ key, reason }));
}

const POSITION = new Map(Object.keys(OPTIONS).map((key, i) => [key, i]));

/** Keys in the order of a script's lines: known ones as the table has them, then the others by name. */
export function orderOptions(keys: readonly string[]): string[] {
  const at = (key: string): number => POSITION.get(key) ?? Infinity;
  return [...keys].sort((a, b) => (at(a) === at(b) ? (a < b ? -1 : Number(a > b)) : at(a) - at(b)));
}

/** A beginning of a name, which sbatch would take for the whole: only whole names say to every release, and to a reader, what is meant. */
function shortened(key: string): Directive | null {
  const whole = longOption(key.replaceAll('_', '-'));
  if (whole.kind === 'unknown') return null;
  if (whole.kind === 'ambiguous')
    return {
      kind: 'invalid',
      reason: message('options.expected.oneOption', { names: whole.among.map((name) => `--${name}`).join(', ') }),
      mended: null,
    };
  const name = optionKey(whole.option.name);
  const ours = oursReason(name);
  return ours !== null
    ? { kind: 'ours', reason: ours }
    : { kind: 'invalid', reason: message('options.expected.wholeName', { name }), mended: null };
}

/** One option as it would stand after `#SBATCH `. An empty value is no option; `false` takes a flag away. */
export function directive(key: string, value: OptionValue): Directive {
  const ours = oursReason(key);
  if (ours !== null) return { kind: 'ours', reason: ours };
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(key))
    return { kind: 'invalid', reason: message('options.expected.optionName'), mended: null };
  const isWhole = Object.hasOwn(OPTIONS, key) || plainKeys().has(key);
  const beginning = isWhole ? null : shortened(key);
  if (beginning !== null) return beginning;
  if (value === '') return { kind: 'absent' };
  const found = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
  const known = isWhole;
  const whole = longOption(key.replaceAll('_', '-'));
  const takes = whole.kind === 'option' ? whole.option.takes : 'perhaps';
  const spelled = optionFlag(key);
  const flag = value === 'true' ? true : value === 'false' ? false : value;
  if (typeof flag === 'boolean') {
    if (takes === 'value' || (found !== undefined && found.flag !== true))
      return { kind: 'invalid', reason: message('options.expected.value'), mended: null };
    if (flag) return { kind: 'line', text: spelled, known };
    return key === 'requeue' ? { kind: 'line', text: '--no-requeue', known } : { kind: 'absent' };
  }
  if (takes === 'nothing') return { kind: 'invalid', reason: message('options.expected.flag'), mended: null };
  const verdict = (found?.grammar ?? plain)(String(value));
  if ('reason' in verdict) return { kind: 'invalid', reason: verdict.reason, mended: verdict.mended ?? null };
  return { kind: 'line', text: `${spelled}=${verdict.text}`, known };
}
