import { quote } from '../../shared/lib/quote.ts';
import { durationOf, epochOf, numberOf, rowsOf, SEPARATOR, stateOf, textOf } from './fields.ts';

/**
 * One run of one job as sacct keeps it; a requeued job has several, oldest first. Times in epoch seconds, durations in seconds. A job
 * that ended right after it began may for a moment have the name `allocation` and no limit [seen].
 */
export interface AccountingRow {
  /** `123` or `123_4`. */
  readonly jobId: string;
  /** The number Slurm knows it by; for array tasks not the array's. */
  readonly jobIdRaw: string;
  readonly state: string;
  /** `by 1001` of `CANCELLED by 1001`. */
  readonly stateDetail: string | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly submitTime: number | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly elapsed: number | null;
  readonly timeLimit: number | null;
  /** As Slurm prints them: `32G`, before 21.08 with `n` or `c` behind. */
  readonly requestedMemory: string | null;
  /** `billing=4,cpu=4,mem=8G,node=1,gres/gpu=1`. */
  readonly allocatedTres: string | null;
  readonly nodes: string | null;
  readonly workDir: string;
  /** Where it ran; before it starts, all that it may run in: `short,long`. */
  readonly partition: string | null;
  readonly name: string;
}

/** All known to sacct since 17.11; one that is not fails the whole call. The name is last: it may hold anything. */
const FIELDS = [
  'JobID', 'JobIDRaw', 'State', 'ExitCode', 'Submit', 'Start', 'End', 'ElapsedRaw', 'TimelimitRaw', 'ReqMem', 'AllocTRES', 'NodeList', 'WorkDir', 'Partition', 'JobName',
];

/** sacct for some jobs, one row for each run of them. Ids that are no job ids are left out. */
export function accountingCommand(jobIds: readonly string[]): string {
  const ids = jobIds.filter((id) => /^\d+(?:_\d+)?$/.test(id));
  return `sacct -X -n -P -D --delimiter=${quote(SEPARATOR)} -j ${quote(ids.join(','))} -o ${FIELDS.join(',')}`;
}

/** True when sacct failed because this cluster keeps no accounting: a mode, not an error. */
export function accountingUnavailable(stderr: string): boolean {
  return /accounting storage is disabled|Slurm accounting storage|slurmdbd|Problem talking to the database|slurm_persist_conn_open|Connection refused/i.test(stderr);
}

/** Rows of `accountingCommand`. Lines that are no rows are left out; never throws. */
export function parseAccounting(stdout: string): AccountingRow[] {
  return rowsOf(stdout, FIELDS.length).flatMap((cells) => {
    const [jobId = '', jobIdRaw = '', state, exit = '', submit, start, end, elapsed, limit, memory, tres, nodes, workDir = '', partition, name = ''] = cells;
    if (!/^\d+(?:_\S+)?$/.test(jobId)) return [];
    const [code, signal] = exit.split(':');
    const minutes = numberOf(limit);
    return [
      {
        jobId,
        jobIdRaw,
        state: stateOf(state).state,
        stateDetail: stateOf(state).detail,
        exitCode: numberOf(code),
        signal: numberOf(signal),
        submitTime: epochOf(submit),
        start: epochOf(start),
        end: epochOf(end),
        elapsed: numberOf(elapsed),
        timeLimit: minutes === null ? durationOf(limit) : minutes * 60,
        requestedMemory: textOf(memory),
        allocatedTres: textOf(tres),
        nodes: textOf(nodes),
        workDir,
        partition: textOf(partition),
        name,
      },
    ];
  });
}
