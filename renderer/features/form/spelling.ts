/** Times and sizes as people type them, in Slurm's spelling. */
import { formatBytes, parseSlurmMemory, toSlurmMemory } from '../../../shared/lib/bytes.ts';
import { parseSlurmDuration, toSlurmDuration } from '../../../shared/lib/duration.ts';

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
const WORDED_TIME = /^(?:\d+(?:\.\d+)?\s*(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\s*)+$/i;

/**
 * `4 h`, `1d 12h`, `90 min` as `04:00:00`, `1-12:00:00`, `01:30:00`. What is Slurm's own spelling already, a placeholder or no
 * time at all comes back as it is: what somebody typed is never lost.
 */
export function spellTime(text: string): string {
  const typed = text.trim();
  if (!WORDED_TIME.test(typed)) return typed;
  let seconds = 0;
  for (const [, amount = '0', unit = ''] of typed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z])[a-z]*/gi))
    seconds += Number(amount) * (SECONDS[unit.toLowerCase()] ?? 0);
  return toSlurmDuration(seconds);
}

/** `32 GB`, `32gib`, `1.5 T` as `32G`, `32G`, `1536G`; everything else as it is. A number alone stays: Slurm counts it in MiB. */
export function spellMemory(text: string): string {
  const typed = text.trim();
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt])(?:i?b)?$/i.exec(typed);
  if (!match) return typed;
  const [, amount = '', suffix = ''] = match;
  if (!amount.includes('.')) return `${amount}${suffix.toUpperCase()}`;
  const bytes = parseSlurmMemory(`${amount}${suffix}`);
  return bytes === null ? typed : toSlurmMemory(bytes);
}

/** What Slurm understands by a time limit, `1 d 12 h 30 min`; `null` when it understands nothing. */
export function readableTime(text: string): string | null {
  const seconds = parseSlurmDuration(text);
  if (seconds === null || seconds === 0) return null;
  if (!Number.isFinite(seconds)) return '∞';
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${String(amount)} ${unit}`)
    .join(' ');
}

/** What Slurm understands by a size. */
export function readableMemory(text: string): string | null {
  const bytes = parseSlurmMemory(text);
  return bytes === null ? null : formatBytes(bytes);
}
