/** Job ids as people write them: `17`, `17_3`, `17_[1-3]`, `17.batch`. */
import { parseRanges, ranges } from './formats.ts';
import type { Job } from './job.ts';
import type { JobTable } from './jobTable.ts';

export type JobIdLookup = { readonly kind: 'jobs'; readonly jobs: readonly Job[] } | { readonly kind: 'malformed' };

/** The jobs that an id means; none for an id that nobody has. */
export function lookUp(table: JobTable, text: string): JobIdLookup {
  const match = /^(\d+)(?:_(?:(\d+)|\[([^\]]+)\]|\*))?(?:\.\w+)?$/.exec(text.trim());
  if (!match) return { kind: 'malformed' };
  const id = Number(match[1]);
  const tasks =
    match[2] !== undefined
      ? [Number(match[2])]
      : match[3] !== undefined
        ? parseRanges(match[3].split('%')[0] ?? '')
        : undefined;
  if (tasks === undefined) return { kind: 'jobs', jobs: table.ofSubmission(id) };
  if (tasks === null) return { kind: 'malformed' };
  return { kind: 'jobs', jobs: tasks.flatMap((task) => table.task(id, task) ?? []) };
}

/** A task that Slurm keeps in the one record of its array: it has not been started yet. */
export const waitsInArray = (job: Job): boolean =>
  job.arrayTask !== null && job.standing.state === 'PENDING' && job.standing.attempt === 0;

/**
 * Jobs as rows: tasks of an array that wait together are one row, as in squeue and sacct. `each` true keeps them apart (squeue -r).
 */
export function rowsOf(jobs: readonly Job[], each: boolean): Job[][] {
  const rows: Job[][] = [];
  const waiting = new Map<string, Job[]>();
  for (const job of jobs) {
    const together = !each && waitsInArray(job);
    const key = `${job.spec.id} ${job.standing.held ?? ''}`;
    const row = together ? waiting.get(key) : undefined;
    if (row !== undefined) {
      row.push(job);
      continue;
    }
    const fresh = [job];
    rows.push(fresh);
    if (together) waiting.set(key, fresh);
  }
  return rows;
}

/** Tasks of a row that stands for several: `1-3%2`. */
export function taskList(row: readonly Job[]): string {
  const limit = row[0]?.spec.array?.limit ?? null;
  return `${ranges(row.map((job) => job.arrayTask ?? 0))}${limit === null ? '' : `%${limit}`}`;
}
