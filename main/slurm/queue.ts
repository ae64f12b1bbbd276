import { quote, quoteAll } from '../../shared/lib/quote.ts';
import { clusterOption } from './clusterOption.ts';
import { durationOf, epochOf, framedRows, SEPARATOR, stateOf, textOf } from './fields.ts';

/** One job, or one array task or pending range of tasks, as squeue shows it. Times in epoch seconds, durations in seconds. */
export interface QueueRow {
  /** `123`, `123_4`, or `123_[5-9%2]` for tasks that still wait together. */
  readonly jobId: string;
  /** The id that sbatch answered with: the job's own, or its array's. */
  readonly arrayJobId: string;
  /** `4` or `5-9%2`; null for a job that is no array. */
  readonly arrayTask: string | null;
  /** In full: `PENDING`. An unknown one is kept. */
  readonly state: string;
  /** Slurm's word for why it waits or how it ended; null for none. */
  readonly reason: string | null;
  readonly elapsed: number | null;
  /** null: no limit, or the partition's. */
  readonly timeLimit: number | null;
  /** Start, actual or expected. */
  readonly expectedStart: number | null;
  readonly end: number | null;
  readonly submitTime: number | null;
  /** Node list, or null while it waits. */
  readonly nodes: string | null;
  readonly workDir: string;
  /** Where it runs; while it waits, all that it may run in: `short,long`. */
  readonly partition: string | null;
  readonly name: string;
}

/** What squeue told. */
export interface QueueText {
  readonly rows: QueueRow[];
  /** False: a job that is not among the rows may be in the queue all the same. */
  readonly whole: boolean;
}

/** The name, which may hold anything, is the last that is read; the id behind it shows that the row is whole. */
const COLUMNS = ['%i', '%F', '%K', '%T', '%r', '%M', '%l', '%S', '%e', '%V', '%N', '%Z', '%P', '%j'];
const FORMAT = [...COLUMNS, '%i'].join(SEPARATOR);

/**
 * All jobs of a user that squeue still knows, ended ones too, on the cluster of this login node or on another of its federation. `-u`
 * rather than `--me`, which older releases lack.
 */
export function queueCommand(user: string, slurmCluster: string | null = null): string {
  return `squeue${clusterOption(slurmCluster)} -h -a -t all ${quoteAll(['-u', user])} -o ${quote(FORMAT)}`;
}

/** Rows of `queueCommand`, and whether they are all. Lines that are no rows are left out; never throws. */
export function readQueue(stdout: string): QueueText {
  const { rows, whole } = framedRows(stdout, COLUMNS.length);
  return { rows: rows.flatMap(queueRows), whole };
}

function queueRows(cells: readonly string[]): QueueRow[] {
  const [
    jobId = '',
    arrayJobId = '',
    task,
    state,
    reason,
    elapsed,
    limit,
    start,
    end,
    submit,
    nodes,
    workDir = '',
    partition,
    name = '',
  ] = cells;
  if (!/^\d+(?:_\S+)?$/.test(jobId)) return [];
  return [
    {
      jobId,
      arrayJobId: /^\d+$/.test(arrayJobId) ? arrayJobId : (jobId.split('_')[0] ?? jobId),
      arrayTask: textOf(task),
      state: stateOf(state).state,
      reason: textOf(reason),
      elapsed: durationOf(elapsed),
      timeLimit: durationOf(limit),
      expectedStart: epochOf(start),
      end: epochOf(end),
      submitTime: epochOf(submit),
      nodes: textOf(nodes),
      workDir,
      partition: textOf(partition),
      name,
    },
  ];
}

/**
 * True for a request that Slurm refused for its constraints after giving it a number: such a row stays in squeue for a while with the
 * run's working directory, but it never was a job. Seen on Slurm 22.05.8.
 */
export function wasRefused(row: Pick<QueueRow, 'state' | 'nodes'>): boolean {
  return row.state === 'FAILED' && row.nodes === null;
}
