import { isArray } from '../../../shared/domain/job/rules.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { RunId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { CliClient } from './client.ts';
import type { ExitCode } from './commands.ts';
import { connectOnTerminal } from './connect.ts';
import { printLog, printTaskLogs, tasksOf } from './jobOutput.ts';
import { causeText, describe, durationText, reasonText, stateText, taskTable } from './jobText.ts';
import { note, print, printJson, table } from './terminal.ts';

/** What a person named: a run, and perhaps one task of its array. */
interface Named {
  readonly runId: RunId;
  readonly task: number | null;
}

/** The run that a person means: a run id, or the newest job with this Slurm id (`123`, or `123_4` for a task). JOB_NOT_FOUND. */
async function find(client: CliClient, id: string): Promise<Named> {
  const run = RunId.safeParse(id);
  if (run.success) return { runId: run.data, task: null };
  const [, jobId = id, task] = /^(\d+)(?:_(\d{1,7}))?$/.exec(id) ?? [];
  const { rows } = await client.call('jobs.list', { filter: { text: jobId }, limit: 200 });
  const row = rows.find((each) => each.jobId === jobId);
  if (row === undefined) throw new AppError('JOB_NOT_FOUND', { hint: message('commandLine.runStatus') });
  return { runId: row.runId, task: task === undefined ? null : Number(task) };
}

export async function status(client: CliClient, id: string | undefined, json: boolean): Promise<ExitCode> {
  if (id === undefined) return list(client, json);
  const { runId, task } = await find(client, id);
  const { job, events } = await client.call('jobs.get', { runId });
  const all = await tasksOf(client, runId);
  const tasks = task === null ? all : all.filter(({ index }) => index === task);
  if (tasks.length === 0 && task !== null)
    throw new AppError('JOB_NOT_FOUND', {
      hint:
        job.array === null
          ? message('commandLine.noArray', { jobId: job.jobId ?? '' })
          : message('commandLine.tasksAre', { jobId: job.jobId ?? '', array: job.array }),
    });
  const explanation = await client.call('jobs.explain', { runId, task });
  if (json) printJson({ job, events, tasks, explanation }, 2);
  else {
    print(describe(job, explanation));
    if (isArray(job) && tasks.length > 0) print(`\n${taskTable(tasks)}`);
  }
  return 0;
}

async function list(client: CliClient, json: boolean): Promise<ExitCode> {
  const { rows, total } = await client.call('jobs.list', { limit: 50 });
  if (json) printJson(rows, 2);
  else {
    print(
      table(
        ['RUN', 'JOB', 'STATE', 'NAME', 'CLUSTER', 'PARTITION', 'ELAPSED', 'REASON'],
        rows.map((job) => [
          job.runId,
          job.jobId ?? '',
          stateText(job),
          job.name,
          job.clusterId,
          job.partition ?? '',
          durationText(job.elapsed),
          reasonText(job) ?? '',
        ]),
      ),
    );
    if (total > rows.length) note(`… and ${String(total - rows.length)} older`);
  }
  return 0;
}

export interface LogOptions {
  /** Of an array: this task alone. */
  readonly task: number | undefined;
  readonly follow: boolean;
  readonly stderr: boolean;
  readonly raw: boolean;
}

/** Prints the output of a job, of one task of an array, or of every task under a heading. */
export async function logs(client: CliClient, id: string, options: LogOptions, signal: AbortSignal): Promise<ExitCode> {
  const { runId, task: named } = await find(client, id);
  const task = options.task ?? named;
  const { job } = await client.call('jobs.get', { runId });
  await connectOnTerminal(client, job.clusterId);
  const how = { stream: options.stderr ? 'stderr' : 'stdout', follow: options.follow, raw: options.raw } as const;
  if (isArray(job) && task === null) await printTaskLogs(client, runId, how, signal);
  else await printLog(client, { runId, task }, how, signal);
  await noteEnd(client, { runId, task });
  return 0;
}

/** How what was printed ended, beside the output, so that a pipe stays clean. */
async function noteEnd(client: CliClient, named: Named): Promise<void> {
  const explanation = await client.call('jobs.explain', named);
  const about = named.task === null && explanation.task !== null ? `task ${String(explanation.task)}, ` : '';
  for (const [label, text] of causeText(explanation)) note(`${about}${label}: ${plainLine(text)}`);
}

/** Cancels a job, or the tasks of its array that a range names. */
export async function cancel(client: CliClient, id: string, range: string | undefined): Promise<ExitCode> {
  const { runId, task } = await find(client, id);
  const tasks = range === undefined ? (task === null ? null : [task]) : parseTaskRange(range)?.indices;
  if (tasks === undefined)
    throw new AppError('INPUT_INVALID', { details: { reason: message('commandLine.tasksLike'), field: 'task' } });
  const { job } = await client.call('jobs.get', { runId });
  await connectOnTerminal(client, job.clusterId);
  const after = await client.call('jobs.cancel', { runId, ...(tasks === null ? {} : { tasks: [...tasks] }) });
  print(`${after.jobId ?? after.runId} ${stateText(after)}`);
  return 0;
}
