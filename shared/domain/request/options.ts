/**
 * sbatch's options: in which order they stand in a script, what they are called, and the strict grammar of each value. A value
 * either has the grammar or does not reach the script: nothing is ever quoted into a `#SBATCH` line. No grammar lets through
 * white space, quotes, `\` or `#`, which sbatch's own reader of those lines would interpret. Source: sbatch(1).
 */
import { parseSlurmMemory, toSlurmMemory } from '../../lib/bytes.ts';
import { parseSlurmDuration } from '../../lib/duration.ts';
import { optionKey, optionLabel, type OptionValue } from './optionNames.ts';
import { longNames, longOption } from './sbatchOptions.ts';

export { isJobName, MAX_JOB_NAME, mendJobName } from '../job/name.ts';
export { optionKey, optionLabel, type OptionValue } from './optionNames.ts';

/** What becomes of an option. `text` has the leading dashes: `--mem=32G`. `mended` is a near value that would do. */
export type Directive =
  | { readonly kind: 'line'; readonly text: string; readonly known: boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ours'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string; readonly mended: string | null };

type Verdict = { readonly text: string } | { readonly reason: string; readonly mended?: string | null };
type Grammar = (value: string) => Verdict;

interface Option {
  readonly grammar: Grammar;
  /** May stand without a value: `exclusive: true`. */
  readonly flag?: boolean;
}

const form =
  (pattern: RegExp, reason: string): Grammar =>
  (value) =>
    pattern.test(value) ? { text: value } : { reason };

const list = (item: RegExp, reason: string): Grammar => {
  const pattern = new RegExp(`^(?:${item.source})(?:,(?:${item.source}))*$`, item.flags);
  return (value) => {
    if (pattern.test(value)) return { text: value };
    const tight = value.trim().replaceAll(/\s*,\s*/g, ',');
    return { reason, mended: pattern.test(tight) ? tight : null };
  };
};

const NAME = /[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}/;
const name = (what: string): Grammar => list(NAME, `${what} is written with letters, digits, “_”, “-” and “.”.`);

const count: Grammar = (value) => {
  if (/^[1-9]\d{0,8}$/.test(value)) return { text: value };
  const number = Number(value);
  return {
    reason: 'a whole number from 1 is expected.',
    mended: value.trim() !== '' && number > 0 && number < 1e9 ? String(Math.ceil(number)) : null,
  };
};

const whole = form(/^-?\d{1,10}$/, 'a whole number is expected.');

const nodes = form(
  /^[1-9]\d{0,6}(?:-[1-9]\d{0,6}(?::[1-9]\d{0,6})?)?(?:,[1-9]\d{0,6}(?:-[1-9]\d{0,6})?)*$/,
  'a number of nodes or a range like 2-4 is expected.',
);

/** Canonical: `32GB`, `32 GiB` and `32g` are all `32G` to sbatch or to the person who typed them. */
const memory: Grammar = (value) => {
  const parts = /^(\d{1,12})\s*([KMGT]?)(?:i?B)?$/i.exec(value);
  if (parts) return { text: `${String(BigInt(parts[1] ?? '0'))}${(parts[2] ?? '').toUpperCase()}` };
  const bytes = parseSlurmMemory(value);
  return {
    reason: 'a size like 32G or 500M is expected, in whole numbers.',
    mended: bytes === null || bytes < 1 ? null : toSlurmMemory(bytes),
  };
};

const time: Grammar = (value) => {
  const spelled = value.trim();
  if (parseSlurmDuration(spelled) !== null && spelled.length <= 20) return { text: spelled };
  const hours = /^(\d{1,5})\s*(h|d|min|m)(?:ours?|ays?|inutes?)?$/i.exec(spelled);
  const unit = { h: ':00:00', d: '-00:00:00', min: ':00', m: ':00' }[hours?.[2]?.toLowerCase() ?? ''];
  return {
    reason: 'a time like 04:00:00 or 1-12:00:00 is expected; a number alone is minutes.',
    mended: unit === undefined ? null : `${hours?.[1] ?? ''}${unit}`,
  };
};

const GRES = /(?:gres:|gres\/)?[A-Za-z_][A-Za-z0-9_.+-]{0,63}(?:[:=][A-Za-z0-9_.+-]{1,64}){0,2}/;
const gres = list(GRES, 'generic resources are written like gpu:2 or gpu:a100:2.');
const gpus = list(/(?:[A-Za-z][A-Za-z0-9_.+-]{0,63}[:=])?[1-9]\d{0,5}/, 'GPUs are written like 2 or a100:2.');

/** Features joined by `&` or `|`, counted by `*2`, grouped by brackets. Source: sbatch(1), --constraint. */
const constraint: Grammar = (value) => {
  const reason = 'features are joined by “&” or “|”, without spaces, like gpu_v100|gpu_a100.';
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
    : { reason: 'array tasks are written like 0-9, 1,3,5 or 1-100%10.', mended: pattern.test(tight) ? tight : null };
};

const DEPENDENCY =
  /(?:(?:after|afterany|afterburstbuffer|aftercorr|afternotok|afterok|expand):\d+(?:_\d+)?(?:\+\d+)?(?::\d+(?:_\d+)?(?:\+\d+)?)*|singleton)/;
const dependency = form(
  new RegExp(`^${DEPENDENCY.source}(?:[,?]${DEPENDENCY.source})*$`),
  'a dependency is written like afterok:4711 or afterany:4711:4712.',
);

const mailType = list(
  /NONE|BEGIN|END|FAIL|REQUEUE|ALL|INVALID_DEPEND|STAGE_OUT|TIME_LIMIT(?:_90|_80|_50)?|ARRAY_TASKS/i,
  'mail is sent on NONE, BEGIN, END, FAIL, REQUEUE, TIME_LIMIT, ARRAY_TASKS or ALL.',
);
const mailUser = list(/[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}(?:@[A-Za-z0-9.-]{1,190})?/, 'a mail address is expected.');
const hosts = form(/^[A-Za-z0-9_.,[\]-]{1,2048}$/, 'node names are written like cn[01-04],cn07.');

const PLAIN = /^[A-Za-z0-9_.,:=+@%/*[\]-]{1,1024}$/;
const plain = form(PLAIN, 'only letters, digits and _ . , : = + @ % / * [ ] - can stand in a value.');

/** In the order of a script's lines. */
const OPTIONS: Readonly<Record<string, Option>> = {
  partition: { grammar: name('A partition') },
  account: { grammar: name('An account') },
  qos: { grammar: name('A QOS') },
  reservation: { grammar: name('A reservation') },
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
  exclusive: { grammar: form(/^(?:user|mcs|topo)$/, 'true, user, mcs or topo is expected.'), flag: true },
  oversubscribe: { grammar: plain, flag: true },
  array: { grammar: array },
  dependency: { grammar: dependency },
  begin: { grammar: plain },
  deadline: { grammar: plain },
  requeue: { grammar: () => ({ reason: 'true or false is expected.' }), flag: true },
  no_kill: { grammar: form(/^(?:set|off|no)$/i, 'true or off is expected.'), flag: true },
  nice: { grammar: whole, flag: true },
  tmp: { grammar: memory },
  mail_type: { grammar: mailType },
  mail_user: { grammar: mailUser },
};

/** Options that Slipway sets itself: with another value it would not find the job or its output again. */
const OURS: Readonly<Record<string, string>> = {
  job_name: 'the name of the job is a field of its own',
  output: 'Slipway follows the output at slurm-%j.out in the run folder',
  error: 'Slipway follows the errors at slurm-%j.err in the run folder',
  open_mode: 'output is always appended, so that a requeued job keeps its first lines',
  chdir: 'the job starts in its run folder',
  workdir: 'the job starts in its run folder',
  clusters: 'the job goes to the cluster that is chosen, where Slipway watches it',
  cluster: 'the job goes to the cluster that is chosen, where Slipway watches it',
  parsable: 'Slipway reads the job id itself',
  wrap: 'the job is the script',
  test_only: 'use “Test” for that',
  autocomplete: 'it would print and submit nothing',
  external: 'the job is the script',
  wait: 'Slipway watches the job without holding a connection',
  quiet: 'Slipway reads all that sbatch says',
  verbose: 'Slipway reads all that sbatch says',
  help: 'it would print and submit nothing',
  usage: 'it would print and submit nothing',
  version: 'it would print and submit nothing',
};

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
  readonly label: string;
  /** What the value must be like, as a sentence; empty where only a flag is meant. */
  readonly expected: string;
  /** `true` and `false` are values of it. */
  readonly flag: boolean;
}

/** All options that a template may set, those with a grammar of their own first. */
export function optionWords(): OptionWords[] {
  const expected = (grammar: Grammar): string => {
    const verdict = grammar('\n');
    return 'reason' in verdict ? verdict.reason : '';
  };
  return [
    ...Object.entries(OPTIONS).map(([key, { grammar, flag }]) => ({
      key,
      label: optionLabel(key),
      expected: expected(grammar),
      flag: flag === true,
    })),
    ...[...plainKeys()].map((key) => ({ key, label: optionLabel(key), expected: expected(plain), flag: isFlag(key) })),
  ];
}

function isFlag(key: string): boolean {
  const found = longOption(key.replaceAll('_', '-'));
  return found.kind === 'option' && found.option.takes !== 'value';
}

/** Options that have no effect in a template, and why. */
export function ownOptions(): { key: string; reason: string }[] {
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
      reason: `this is the beginning of several options: ${whole.among.map((name) => `--${name}`).join(', ')}.`,
      mended: null,
    };
  const name = optionKey(whole.option.name);
  return Object.hasOwn(OURS, name)
    ? { kind: 'ours', reason: OURS[name] ?? '' }
    : { kind: 'invalid', reason: `write the whole name, ${name}.`, mended: null };
}

/** One option as it would stand after `#SBATCH `. An empty value is no option; `false` takes a flag away. */
export function directive(key: string, value: OptionValue): Directive {
  if (Object.hasOwn(OURS, key)) return { kind: 'ours', reason: OURS[key] ?? '' };
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(key))
    return { kind: 'invalid', reason: 'this is not the name of an sbatch option.', mended: null };
  const isWhole = Object.hasOwn(OPTIONS, key) || plainKeys().has(key);
  const beginning = isWhole ? null : shortened(key);
  if (beginning !== null) return beginning;
  if (value === '') return { kind: 'absent' };
  const found = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
  const known = isWhole;
  const whole = longOption(key.replaceAll('_', '-'));
  const takes = whole.kind === 'option' ? whole.option.takes : 'perhaps';
  const spelled = `--${key.replaceAll('_', '-')}`;
  const flag = value === 'true' ? true : value === 'false' ? false : value;
  if (typeof flag === 'boolean') {
    if (takes === 'value' || (found !== undefined && found.flag !== true))
      return { kind: 'invalid', reason: 'a value is needed.', mended: null };
    if (flag) return { kind: 'line', text: spelled, known };
    return key === 'requeue' ? { kind: 'line', text: '--no-requeue', known } : { kind: 'absent' };
  }
  if (takes === 'nothing') return { kind: 'invalid', reason: 'true or false is expected.', mended: null };
  const verdict = (found?.grammar ?? plain)(String(value));
  if ('reason' in verdict) return { kind: 'invalid', reason: verdict.reason, mended: verdict.mended ?? null };
  return { kind: 'line', text: `${spelled}=${verdict.text}`, known };
}
