import { quote } from '../../shared/lib/quote.ts';
import { queueCommand, readQueue, type QueueRow } from './queue.ts';
import { MARK } from './record.ts';
import { LIMIT } from './sections.ts';
import { parseReports, REPORT_FUNCTIONS, reportCommand, type TaskReports, type WatchedRun } from './taskReports.ts';

export interface WatchPlan {
  readonly user: string;
  readonly runs: readonly WatchedRun[];
  /** Whose queues are asked for: null for the login node's own cluster, names for others of its federation. */
  readonly clusters: readonly (string | null)[];
}

/** What one squeue told. */
export interface QueueAnswer {
  /** Whole rows. They count even where the rest failed: a row that says its id first and last is no less true for those that are missing. */
  readonly rows: QueueRow[];
  /** False when squeue failed or its answer was cut: a job that is not among the rows may be in the queue. Never "nothing is running". */
  readonly whole: boolean;
  /** squeue's exit code, or null when the answer was cut. */
  readonly exitCode: number | null;
}

/** Stands between the queues and what tasks wrote. */
const REPORTS = `${MARK} reports`;

export interface WatchAnswer {
  /** In the order of the plan's clusters. */
  readonly queues: QueueAnswer[];
  /** In the order of the plan's runs: what their tasks wrote, by index; null is the only one of a plain job. */
  readonly runs: TaskReports[];
}

/** For all reports of a cluster: a file system that hangs, or a file that became a pipe while it was looked at, must not keep the queue. */
const REPORT_SECONDS = 20;
/** For one squeue: it gives up by itself only after minutes, one after the other at every poll. */
export const SQUEUE_SECONDS = 40;

/** Slurm's programs that `watchScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export function watchPrograms({ clusters }: Pick<WatchPlan, 'clusters'>): readonly string[] {
  return clusters.map(() => 'squeue');
}

/**
 * One script per poll: the whole queue of the user on each cluster, then what the tasks of our runs wrote. In this order, because a task that
 * has left the queue has written its last word by then.
 */
export function watchScript(plan: WatchPlan): string {
  const runs = plan.runs.map(reportCommand);
  return [
    LIMIT,
    ...plan.clusters.flatMap((cluster, index) => [
      `echo '${MARK} queue ${index}'`,
      `slipway_limit ${SQUEUE_SECONDS} ${queueCommand(plan.user, cluster)}`,
      // the first character keeps this line apart from a row without an end of line
      `rc=$?; printf '\\n${MARK} end %s\\n' "$rc"`,
    ]),
    // by way of printf, a builtin: the paths of many runs are more than one argument of a program can be
    ...(runs.length === 0
      ? []
      : [
          `echo '${REPORTS}'`,
          `printf '%s\\n' ${quote([...REPORT_FUNCTIONS, ...runs].join('\n'))} | slipway_limit ${REPORT_SECONDS} /bin/sh 2>/dev/null`,
        ]),
    'exit "$rc"',
  ].join('\n');
}

/** Reads the answer of `watchScript` for a plan of `runs` runs and `clusters` clusters. Never throws. */
export function parseWatch(stdout: string, counts: { runs: number; clusters: number }): WatchAnswer {
  const text = `\n${stdout}`;
  // the last: a name in the queue may hold anything, a report none of our lines
  const reports = text.lastIndexOf(`\n${REPORTS}\n`);
  const queues = reports < 0 ? text : text.slice(0, reports + 1);
  return {
    queues: Array.from({ length: counts.clusters }, (_, i) => queueIn(queues, i)),
    runs: parseReports(reports < 0 ? '' : text.slice(reports), counts.runs),
  };
}

/** The queue of the cluster with this number. A name of a job may hold an end mark: the last one before the next queue is the true one. */
function queueIn(text: string, index: number): QueueAnswer {
  const begin = `\n${MARK} queue ${index}\n`;
  const from = text.indexOf(begin);
  if (from < 0) return { rows: [], whole: false, exitCode: null };
  const next = text.indexOf(`\n${MARK} queue ${index + 1}\n`, from);
  // of a section without rows, the end of line behind its head is the one before its end
  const section = text.slice(from + begin.length - 1, next < 0 ? undefined : next + 1);
  const end = section.lastIndexOf(`\n${MARK} end `);
  const code = end < 0 ? undefined : /^\n@slipway end (\d{1,3})\n?$/.exec(section.slice(end))?.[1];
  const { rows, whole } = readQueue(section.slice(1, end < 0 ? undefined : Math.max(1, end)));
  return { rows, whole: whole && code === '0', exitCode: code === undefined ? null : Number(code) };
}
