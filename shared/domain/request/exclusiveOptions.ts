/**
 * Options of sbatch that exclude each other: the one table for form, checks, scripts and imports. Source: `validate_memory_options`,
 * `_validate_ntasks_per_gpu`, `_validate_spec_cores_options`, `_validate_share_options` and `validate_hint_option` of Slurm's
 * src/common/slurm_opt.c, and every pair of options tried on 22.05. What reads as if it excluded each other and does not:
 * `ntasks_per_node` with `ntasks_per_core`, `nodelist` with `exclude` (of other nodes), `gres` with `gpus`.
 */
import { gpusAskedFor, gresItems } from './gres.ts';
import { message, type Message } from '../../messages/message.ts';
import { optionKey, optionName, type OptionValue } from './optionNames.ts';
import type { SlurmRequest } from './schema.ts';

interface Exclusion {
  /** Any two options of different sides exclude each other. */
  readonly sides: readonly (readonly string[])[];
  /** What sbatch does with both. */
  readonly verdict: 'refuses' | 'keeps-later' | 'drops-first-side';
}

const EXCLUSIONS: readonly Exclusion[] = [
  { sides: [['mem'], ['mem_per_cpu'], ['mem_per_gpu']], verdict: 'refuses' },
  { sides: [['cpus_per_task'], ['cpus_per_gpu']], verdict: 'refuses' },
  {
    sides: [
      ['ntasks_per_gpu', 'ntasks_per_tres'],
      ['ntasks_per_node', 'gpus_per_task', 'gpus_per_socket'],
    ],
    verdict: 'refuses',
  },
  { sides: [['core_spec'], ['thread_spec']], verdict: 'refuses' },
  // refused since 23.11
  { sides: [['exclusive'], ['oversubscribe']], verdict: 'keeps-later' },
  { sides: [['hint'], ['ntasks_per_core', 'threads_per_core', 'extra_node_info']], verdict: 'drops-first-side' },
];

const EXCLUDABLE = new Set(EXCLUSIONS.flatMap(({ sides }) => sides.flat()));

/** Ways of saying how many GPUs: sbatch takes several together and multiplies, which nobody means who sets one over a template's other. */
const GPU_COUNTS: readonly string[] = ['gres', 'gpus', 'gpus_per_node', 'gpus_per_task'];

function exclusionOf(one: string, other: string): Exclusion | null {
  return (
    EXCLUSIONS.find(({ sides }) => {
      const [mine, theirs] = [one, other].map((key) => sides.findIndex((side) => side.includes(key)));
      return mine !== -1 && theirs !== -1 && mine !== theirs;
    }) ?? null
  );
}

/** Of two options that exclude each other, in the order in which they stand, the one that cannot stay; null when both may stay. */
export function losesOf(earlier: string, later: string): string | null {
  const exclusion = exclusionOf(earlier, later);
  if (exclusion === null) return null;
  return exclusion.verdict === 'drops-first-side' && exclusion.sides[0]?.includes(later) === true ? later : earlier;
}

const EXCLUDED = {
  refuses: 'options.excluded.refused',
  'keeps-later': 'options.excluded.keepsLater',
  'drops-first-side': 'options.excluded.ignoresFormer',
} as const satisfies Readonly<Record<Exclusion['verdict'], string>>;

/** That two options exclude each other, and what sbatch makes of both. */
export function exclusionMessage(one: string, other: string): Message {
  return message(EXCLUDED[exclusionOf(one, other)?.verdict ?? 'refuses'], {
    one: optionName(one),
    other: optionName(other),
  });
}

const isSet = (value: OptionValue | undefined): value is OptionValue =>
  value !== undefined && value !== '' && value !== false && value !== 'false';

/** Whether an option says how many GPUs. A GRES may be of another kind. */
function countsGpus(key: string, value: OptionValue): boolean {
  return GPU_COUNTS.includes(key) && (key !== 'gres' || gpusAskedFor('gres', value).size > 0);
}

/** What is left of a GRES without its GPUs: `gpu:2,tmp:5` is `tmp:5`. */
function withoutGpus(value: OptionValue): string {
  return String(value)
    .split(',')
    .filter((item) => gresItems(item).every(({ name }) => name !== 'gpu'))
    .join(',');
}

export interface Replaced {
  /** The chosen option that takes its place. */
  readonly by: string;
  /** What stays of the value; empty for nothing. */
  readonly left: string;
}

/** The options of a template that what was chosen over it takes away, by their keys. One that was chosen too is not taken away. */
export function replacedOptions(template: SlurmRequest, chosen: SlurmRequest): ReadonlyMap<string, Replaced> {
  const mine = new Map(
    Object.entries(chosen).flatMap(([key, value]) => (value === undefined ? [] : [[optionKey(key), value] as const])),
  );
  const replaced = new Map<string, Replaced>();
  for (const [name, value] of Object.entries(template)) {
    const key = optionKey(name);
    if (!isSet(value) || mine.has(key)) continue;
    for (const [by, choice] of mine) {
      if (!isSet(choice)) continue;
      if (exclusionOf(key, by) !== null) replaced.set(key, { by, left: '' });
      else if (countsGpus(key, value) && countsGpus(by, choice))
        replaced.set(key, { by, left: key === 'gres' ? withoutGpus(value) : '' });
    }
  }
  return replaced;
}

/** What was chosen, without that which a new choice of `key` takes away. */
export function withoutExcluded(chosen: SlurmRequest, key: string): SlurmRequest {
  return Object.fromEntries(
    Object.entries(chosen).filter(([other]) => exclusionOf(optionKey(other), key) === null),
  ) as SlurmRequest;
}

export interface Clash {
  /** The option to take away. */
  readonly key: string;
  readonly other: string;
  readonly message: Message;
  /** False where sbatch goes on without it. */
  readonly refused: boolean;
}

/** The options of one request that cannot stand together. Each pair once. */
export function clashesOf(request: SlurmRequest): Clash[] {
  // of the table's options only: a text may name any number of others
  const keys = Object.entries(request).flatMap(([key, value]) =>
    isSet(value) && EXCLUDABLE.has(optionKey(key)) ? [optionKey(key)] : [],
  );
  const clashes = keys.flatMap((other, at) =>
    keys.slice(at + 1).flatMap((later): Clash[] => {
      const loser = losesOf(other, later);
      if (loser === null) return [];
      const winner = loser === other ? later : other;
      return [
        {
          key: loser,
          other: winner,
          message: exclusionMessage(loser, winner),
          refused: exclusionOf(loser, winner)?.verdict !== 'drops-first-side',
        },
      ];
    }),
  );
  const gpus = gpuClash(request);
  return gpus === null ? clashes : [...clashes, gpus];
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0);

/** All GPUs of the job against those of a node or a task. Source: `_validate_gres_…` of src/common/gres.c; 22.05 says it so. */
function gpuClash(request: SlurmRequest): Clash | null {
  const all = total(gpusAskedFor('gpus', request['gpus']));
  if (all === 0) return null;
  for (const [key, counts] of [
    ['gpus_per_node', gpusAskedFor('gpus_per_node', request['gpus_per_node'])],
    ['gres', gpusAskedFor('gres', request.gres)],
  ] as const) {
    if (total(counts) > all)
      return {
        key,
        other: 'gpus',
        message: message('options.fewerThanPerNode', { gpus: optionName('gpus'), all, perNode: total(counts) }),
        refused: true,
      };
  }
  const perTask = total(gpusAskedFor('gpus_per_task', request['gpus_per_task']));
  const tasks = Number(request.ntasks);
  if (perTask > 0 && tasks > 0 && perTask * tasks !== all) {
    return {
      key: 'gpus',
      other: 'gpus_per_task',
      message: message('options.tasksTimesGpus', { tasks, perTask, all }),
      refused: true,
    };
  }
  return null;
}
