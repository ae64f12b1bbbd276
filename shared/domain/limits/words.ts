/** Amounts and times as the sentences about limits write them. What is the same in every language is a text, the rest a message. */
import { message, type Message } from '../../messages/message.ts';
import { formatBytes } from '../../lib/bytes.ts';
import { formatDuration } from '../../lib/duration.ts';
import { subjectOf } from './use.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A time limit as people say it: `24 h`, `36 h`, `7 d`, `30 min`; what is not round as `1:20:30`. Seconds; not infinite. */
export function timeText(seconds: number): string {
  if (seconds >= 3 * DAY && seconds % DAY === 0) return `${String(seconds / DAY)} d`;
  if (seconds >= HOUR && seconds < 10 * DAY && seconds % HOUR === 0) return `${String(seconds / HOUR)} h`;
  if (seconds > 0 && seconds < HOUR && seconds % 60 === 0) return `${String(seconds / 60)} min`;
  return formatDuration(seconds);
}

/** The same, and words for no limit. */
export function timeWords(seconds: number): string | Message {
  return Number.isFinite(seconds) ? timeText(seconds) : message('words.noTimeLimit');
}

/** An amount of a resource by Slurm's name: `2 nodes`, `64 GiB`, `4 a100 GPUs`. */
export function amountWords(tres: string, amount: number): string | Message {
  const { what, gpuType } = subjectOf(tres);
  switch (what) {
    case 'cpus':
      return message('words.cpus', { count: amount });
    case 'nodes':
      return message('words.nodes', { count: amount });
    case 'memory':
      return formatBytes(amount);
    case 'gpus':
      return gpuType === ''
        ? message('words.gpus', { count: amount })
        : message('words.typedGpus', { count: amount, type: gpuType });
    default:
      return message('words.amountOf', { amount, what });
  }
}

/** `“a”, “b”`; the first few of many. */
export function listed(names: readonly string[], most = 8): string | Message {
  if (names.length === 0) return message('words.none');
  const shown = names
    .slice(0, most)
    .map((name) => `“${name}”`)
    .join(', ');
  return names.length > most ? message('words.andMore', { names: shown, count: names.length - most }) : shown;
}
