/** What the command line says of jobs and tasks. */
import { inWords } from '../../../shared/messages/catalogue.ts';
import type { OutputOf } from '../../../shared/contract/index.ts';
import { reasonMeaning, withWord } from '../../../shared/domain/job/reasonMeaning.ts';
import { displayState, isArray } from '../../../shared/domain/job/rules.ts';
import type { JobRecord, JobRow } from '../../../shared/domain/job/schema.ts';
import type { Task, TaskCounts } from '../../../shared/domain/job/task.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { table } from './terminal.ts';

const SIGNS = [
  ['ok', '✓'],
  ['bad', '✕'],
  ['cancelled', '⊘'],
  ['unknown', '?'],
  ['running', '▶'],
] as const satisfies readonly (readonly [keyof TaskCounts, string])[];

/** How the tasks of an array stand: `9 ✓ 1 ✕ 2 ▶ of 12`; what waits is what is missing to all of them. */
export function countsText(counts: TaskCounts): string {
  return [
    ...SIGNS.flatMap(([group, sign]) => (counts[group] === 0 ? [] : [`${String(counts[group])} ${sign}`])),
    `of ${String(counts.total)}`,
  ].join(' ');
}

/** Slurm's word, or how far the submission got; of an array with its counts. */
export function stateText(job: Pick<JobRow, 'phase' | 'state' | 'array' | 'tasks'>): string {
  return isArray(job) && job.tasks.total > 0 ? `${displayState(job)} ${countsText(job.tasks)}` : displayState(job);
}

/** Each task of an array on a line. */
export function taskTable(tasks: readonly Task[]): string {
  return table(
    ['TASK', 'STATE', 'EXIT', 'ELAPSED', 'PROGRESS', 'STARTED AGAIN', 'NODES', 'REASON'],
    tasks.map((task) => [
      String(task.index ?? ''),
      task.state ?? '',
      endText(task),
      durationText(task.elapsed),
      task.progress === null ? '' : `${String(task.progress)} % ${task.progressText ?? ''}`.trim(),
      task.restarts === 0 ? '' : `${String(task.restarts)}×`,
      task.nodes ?? '',
      reasonText(task) ?? '',
    ]),
  );
}

function endText({ exitCode, signal }: Pick<Task, 'exitCode' | 'signal'>): string {
  return signal !== null && signal !== 0 ? `signal ${String(signal)}` : exitCode === null ? '' : String(exitCode);
}

export function durationText(seconds: number | null): string {
  return seconds === null ? '' : formatDuration(seconds);
}

/** Why it waits or how it ended: a sentence, with Slurm's own word in brackets where that is another. */
export function reasonText(
  job: Pick<JobRecord, 'state' | 'reason' | 'cancelledBy'>,
  dependency?: string,
): string | null {
  const meaning = reasonMeaning(job, dependency);
  return meaning === null ? null : inWords(withWord(meaning));
}

/** What most likely ended a job, and the next step; empty where that is not known. */
export function causeText({ cause }: Pick<OutputOf<'jobs.explain'>, 'cause'>): [label: string, text: string][] {
  if (cause === null) return [];
  return [
    [cause.isSure ? 'cause' : 'likely cause', inWords(cause.said)],
    ['next', inWords(cause.next)],
  ];
}

/** A job in lines of a label and a value. */
export function describe(job: JobRecord, explanation: OutputOf<'jobs.explain'>): string {
  const { dependency } = job.request;
  const lines: [string, string | null][] = [
    ['run', job.runId],
    ['job', job.jobId],
    ['name', job.name],
    ['array', job.array],
    ['state', stateText(job)],
    ['reason', reasonText(job, typeof dependency === 'string' ? dependency : undefined)],
    ...causeText(explanation),
    ['exit code', job.exitCode === null ? null : String(job.exitCode)],
    ['started again', (job.restarts ?? 0) === 0 ? null : `${String(job.restarts)} times`],
    ['cluster', job.clusterId],
    ['slurm cluster', job.slurmCluster ?? null],
    ['partition', job.partition],
    ['nodes', job.nodes],
    ['elapsed', job.elapsed === null ? null : formatDuration(job.elapsed)],
    ['folder', job.runFolder],
    ['request id', job.requestId],
    ['error', job.error === null ? null : `${job.error.message} ${job.error.hint}`],
  ];
  return lines
    .flatMap(([label, value]) => (value === null || value === '' ? [] : [`${label.padEnd(14)}${plainLine(value)}`]))
    .join('\n');
}
