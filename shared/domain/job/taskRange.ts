/** Indices of an array as sbatch takes them and squeue shows them: `1-9`, `1,3,5-9`, `4-400:3%2`. Source: sbatch(1), --array. */

/** Slurm's own bound on MaxArraySize, one more than the largest index. Source: slurm.conf(5). */
export const MAX_ARRAY_SIZE = 4_000_001;
/** More tasks of one run than these are not held one by one; sites set MaxArraySize to 1001 (Slurm's default) up to some ten thousand. */
export const MAX_TASKS = 100_000;

export interface TaskRange {
  /** In ascending order, each once. */
  readonly indices: readonly number[];
  /** So many run at once at most; null for no limit. */
  readonly limit: number | null;
  /** False where Slurm cut its text (`1,3,...`): there are more. */
  readonly whole: boolean;
}

const PIECE = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/;

/**
 * Reads a range, with or without the brackets that squeue and sacct put around it. Null for what is none, and for more than `most`
 * tasks, which the caller could not hold.
 */
export function parseTaskRange(text: string, most = MAX_TASKS): TaskRange | null {
  if (text.length > 1_000_000) return null;
  const bare = /^\[(.*)\]$/s.exec(text.trim())?.[1] ?? text.trim();
  const [, list = '', percent] = /^([^%]*)(?:%(\d{1,7}))?$/.exec(bare) ?? [];
  if (list === '') return null;
  const limit = percent === undefined || Number(percent) === 0 ? null : Number(percent);
  const found = new Set<number>();
  let named = 0;
  let whole = true;
  for (const piece of list.split(',')) {
    if (piece === '...' || piece.endsWith('...')) {
      // the number before the dots may itself be cut
      whole = false;
      continue;
    }
    const [, from, to = from, step = '1'] = PIECE.exec(piece.trim()) ?? [];
    if (from === undefined) return null;
    const [first, last, by] = [Number(from), Number(to), Number(step)];
    if (last < first || by < 1) return null;
    named += Math.floor((last - first) / by) + 1;
    if (named > most) return null;
    for (let index = first; index <= last; index += by) found.add(index);
  }
  return { indices: [...found].sort((a, b) => a - b), limit, whole };
}

/** The shortest list of ranges that Slurm reads as these indices: `1-3,7`. Empty for none. */
export function formatTaskRange(indices: Iterable<number>): string {
  const sorted = [...new Set(indices)].sort((a, b) => a - b);
  const pieces: string[] = [];
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at] ?? 0;
    let last = first;
    while (sorted[at + 1] === last + 1) {
      last += 1;
      at += 1;
    }
    pieces.push(last === first ? String(first) : `${String(first)}-${String(last)}`);
    at += 1;
  }
  return pieces.join(',');
}
