/** Output of jobs on standard output. */
import { setTimeout as delay } from 'node:timers/promises';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { CliClient } from './client.ts';
import { note, outputWriter } from './terminal.ts';

interface How {
  readonly stream: 'stdout' | 'stderr';
  /** Goes on until the job has ended and all of it was shown. */
  readonly follow: boolean;
  readonly raw: boolean;
}

const PAUSE_MS = 1000;
const PAGE = 5000;

/** All tasks of a run, by index. */
export async function tasksOf(client: CliClient, runId: RunId, signal?: AbortSignal): Promise<Task[]> {
  const all: Task[] = [];
  for (;;) {
    const { tasks, total } = await client.call('jobs.tasks', { runId, offset: all.length, limit: PAGE }, signal);
    all.push(...tasks);
    if (tasks.length === 0 || all.length >= total) return all;
  }
}

/** Copies the output of a plain job, or of one task of an array, to stdout, as `outputWriter` does. */
export async function printLog(
  client: CliClient,
  { runId, task }: { runId: RunId; task: number | null },
  { stream, follow, raw }: How,
  signal: AbortSignal,
): Promise<void> {
  const output = outputWriter(raw);
  let offset = 0;
  for (;;) {
    // asked before reading: what was written before the end is then surely read
    const ended = !follow || (await hasEnded(client, runId, task, signal));
    const part = await client.call('jobs.readLog', { runId, task, stream, offset }, signal);
    output.write(part.text);
    const progressed = part.next > offset;
    offset = part.next;
    if (progressed) continue;
    if (ended) break;
    await delay(PAUSE_MS, undefined, { signal });
  }
  output.end();
}

async function hasEnded(client: CliClient, runId: RunId, task: number | null, signal: AbortSignal): Promise<boolean> {
  const { job } = await client.call('jobs.get', { runId }, signal);
  if (isSettled(job) || task === null) return isSettled(job);
  return isFinal((await tasksOf(client, runId, signal)).find(({ index }) => index === task)?.state ?? null);
}

/**
 * Copies the output of every task of an array to stdout, each under a heading like those of tail(1); when what is followed comes from another
 * task than the last, that task's heading comes again. Tasks that have not begun have none.
 */
export async function printTaskLogs(
  client: CliClient,
  runId: RunId,
  { stream, follow, raw }: How,
  signal: AbortSignal,
): Promise<void> {
  const offsets = new Map<number, number>();
  const finished = new Set<number>();
  let last: number | null = null;
  for (;;) {
    const { job } = await client.call('jobs.get', { runId }, signal);
    const ended = isSettled(job);
    const begun = (await tasksOf(client, runId, signal)).filter(({ startedAt }) => startedAt !== null);
    for (const { index, state } of begun) {
      if (index === null || finished.has(index)) continue;
      const output = outputWriter(raw);
      let heading = last === index ? '' : `${last === null ? '' : '\n'}==> task ${String(index)} <==\n`;
      // an output that is empty is told, too, once nothing more comes
      const over = !follow || isFinal(state);
      for (;;) {
        const offset = offsets.get(index) ?? 0;
        const part = await client.call('jobs.readLog', { runId, task: index, stream, offset }, signal);
        if (part.text !== '' || (over && offset === 0 && heading !== '')) {
          output.write(heading + part.text);
          heading = '';
          last = index;
        }
        offsets.set(index, part.next);
        if (part.next <= offset) break;
      }
      output.end();
      if (over) finished.add(index);
    }
    if (!follow || ended) {
      const waiting = job.tasks.total - begun.length;
      if (waiting > 0)
        note(`${String(waiting)} of ${String(job.tasks.total)} tasks ${ended ? 'never began' : 'have not begun'}.`);
      return;
    }
    await delay(PAUSE_MS, undefined, { signal });
  }
}
