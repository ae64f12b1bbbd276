/** How Slurm writes times, sizes, node lists and columns. Checked against what 22.05.8 prints. */
import type { Job } from './job.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** squeue's and scontrol's durations: `0:30`, `1:00:00`, `2-00:00:00`; null is UNLIMITED. Seconds. */
export function shortDuration(seconds: number | null): string {
  if (seconds === null) return 'UNLIMITED';
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  if (hours > 0) return `${hours}:${rest}`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** sacct's and scontrol's durations: always hours, `00:00:30`. Seconds. */
export function longDuration(seconds: number | null): string {
  if (seconds === null) return 'UNLIMITED';
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor((seconds % 86_400) / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return days > 0 ? `${days}-${clock}` : clock;
}

/** Local time as Slurm prints it by default: `2026-11-21T05:57:32`. */
export function isoTime(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A moment in the form that SLURM_TIME_FORMAT asks for; only `%s` and the standard form are known. */
export function moment(epochSeconds: number | null, timeFormat: string | undefined, unknown: string): string {
  if (epochSeconds === null) return unknown;
  return timeFormat === '%s' ? String(epochSeconds) : isoTime(epochSeconds);
}

/** MiB as Slurm converts units: a larger unit only where nothing but a half is lost (`2000M`, `1G`, `62.50G`). */
export function memory(mebibytes: number): string {
  const units = ['M', 'G', 'T', 'P'];
  let value = mebibytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1 && Number.isInteger(value) && value % 512 === 0) {
    value /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(value) ? String(value) : value.toFixed(2)}${units[unit] ?? ''}`;
}

/** Node names folded as Slurm folds them: `demo[1-2],gpu1`. */
export function hostList(names: readonly string[]): string {
  const folded = new Map<string, number[]>();
  for (const name of names) {
    const match = /^(.*?)(\d+)$/.exec(name);
    const prefix = match?.[1] ?? name;
    const numbers = folded.get(prefix) ?? [];
    if (match?.[2] !== undefined) numbers.push(Number(match[2]));
    folded.set(prefix, numbers);
  }
  return [...folded]
    .map(([prefix, numbers]) => {
      if (numbers.length === 0) return prefix;
      return numbers.length === 1 ? `${prefix}${numbers[0] ?? ''}` : `${prefix}[${ranges(numbers)}]`;
    })
    .join(',');
}

/** `demo[1-2],gpu1` unfolded. */
export function expandHostList(text: string): string[] {
  const names: string[] = [];
  for (const [, prefix = '', list] of text.matchAll(/([^,[\]]+)(?:\[([^\]]*)\])?/g)) {
    if (list === undefined) names.push(prefix);
    else for (const number of parseRanges(list) ?? []) names.push(`${prefix}${number}`);
  }
  return names;
}

/** Numbers folded into ranges, with a step where there is one: `1-3,7`, `4-400:3`. */
export function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [first = 0, second = first + 1] = sorted;
  const step = second - first;
  const last = sorted.at(-1) ?? first;
  if (sorted.length > 2 && step > 1 && sorted.every((each, index) => each === first + index * step))
    return `${first}-${last}:${step}`;
  const parts: string[] = [];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (end + 1 < sorted.length && (sorted[end + 1] ?? 0) === (sorted[end] ?? 0) + 1) end += 1;
    parts.push(end === at ? String(sorted[at]) : `${sorted[at] ?? ''}-${sorted[end] ?? ''}`);
    at = end + 1;
  }
  return parts.join(',');
}

/** `1-3,7`, `4-400:3`: the numbers, or null when it is not that. */
export function parseRanges(text: string): number[] | null {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim());
    if (!match) return null;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    if (last < first || step < 1 || (last - first) / step > 100_000) return null;
    for (let each = first; each <= last; each += step) numbers.add(each);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** `2(x2),1`: the same for each node, in Slurm's compact form. */
export function perNode(values: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    let end = at;
    while (end + 1 < values.length && values[end + 1] === values[at]) end += 1;
    const count = end - at + 1;
    parts.push(count > 1 ? `${values[at] ?? 0}(x${count})` : String(values[at]));
    at = end + 1;
  }
  return parts.join(',');
}

export interface ColumnSpec {
  /** Text before the column, printed as it is. */
  readonly before: string;
  readonly letter: string | null;
  readonly width: number | null;
  readonly right: boolean;
}

/** Reads `%[[.]width]letter` formats of squeue and sinfo. The last entry may have no letter: trailing text. */
export function parseColumns(format: string): ColumnSpec[] {
  const columns: ColumnSpec[] = [];
  let rest = format;
  for (;;) {
    const match = /^([^%]*)%(\.?)(\d*)(.?)/s.exec(rest);
    if (!match) break;
    const [whole, before = '', dot = '', width = '', letter = ''] = match;
    columns.push({ before, letter, width: width === '' ? null : Number(width), right: dot === '.' });
    rest = rest.slice(whole.length);
  }
  if (rest !== '') columns.push({ before: rest, letter: null, width: null, right: false });
  return columns;
}

/** Cuts or pads one value to its column. */
export function fit(value: string, width: number | null, right: boolean): string {
  if (width === null || width === 0) return value;
  const cut = Array.from(value).slice(0, width).join('');
  return right ? cut.padStart(width) : cut.padEnd(width);
}

/** The `%`-placeholders of --output, --error and --input. Source: sbatch(1), "filename pattern". */
export function fileNamed(pattern: string, job: Job): string {
  // a backslash turns all replacement off
  if (pattern.includes('\\')) return pattern.replaceAll('\\', '');
  const node = job.standing.shares[0]?.node ?? '';
  return pattern.replaceAll(/%(\d*)([%AaJjNnstux])/g, (whole, digits: string, letter: string) => {
    const width = Math.min(10, Number(digits || 0));
    const number = (value: number): string => String(value).padStart(width, '0');
    switch (letter) {
      case '%':
        return '%';
      case 'A':
        return number(job.spec.id);
      case 'a':
        return number(job.arrayTask ?? 4_294_967_294);
      case 'J':
      case 'j':
        return number(job.id);
      case 'N':
        return node;
      case 'n':
      case 't':
        return number(0);
      case 's':
        return 'batch';
      case 'u':
        return job.spec.user;
      case 'x':
        return job.standing.name;
      default:
        return whole;
    }
  });
}
