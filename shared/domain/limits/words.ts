/** Amounts and times as the sentences about limits write them. */
import { formatBytes } from '../../lib/bytes.ts';
import { formatDuration } from '../../lib/duration.ts';
import { subjectOf } from './use.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A time limit as people say it: `24 h`, `36 h`, `7 d`, `30 min`; what is not round as `1:20:30`. Seconds. */
export function timeWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'no time limit';
  if (seconds >= 3 * DAY && seconds % DAY === 0) return `${String(seconds / DAY)} d`;
  if (seconds >= HOUR && seconds < 10 * DAY && seconds % HOUR === 0) return `${String(seconds / HOUR)} h`;
  if (seconds > 0 && seconds < HOUR && seconds % 60 === 0) return `${String(seconds / 60)} min`;
  return formatDuration(seconds);
}

/** `1 CPU`, `2 CPUs`. */
export const counted = (count: number, one: string, many: string): string =>
  `${String(count)} ${count === 1 ? one : many}`;

/** The verb to an amount of things that are counted. */
export const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');

/** An amount of a resource by Slurm's name: `2 nodes`, `64 GiB`, `4 a100 GPUs`. */
export function amountWords(tres: string, amount: number): string {
  const { what, gpuType } = subjectOf(tres);
  switch (what) {
    case 'cpus':
      return counted(amount, 'CPU', 'CPUs');
    case 'nodes':
      return counted(amount, 'node', 'nodes');
    case 'memory':
      return formatBytes(amount);
    case 'gpus':
      return counted(amount, [gpuType, 'GPU'].join(' ').trim(), [gpuType, 'GPUs'].join(' ').trim());
    default:
      return `${String(amount)} of ${what}`;
  }
}

export const quoted = (name: string): string => `“${name}”`;

/** `“a”, “b”`; the first few of many. */
export function listed(names: readonly string[], most = 8): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, most).map(quoted).join(', ');
  return names.length > most ? `${shown} and ${String(names.length - most)} more` : shown;
}
