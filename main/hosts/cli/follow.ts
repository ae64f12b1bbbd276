import { setTimeout as delay } from 'node:timers/promises';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { CliClient } from './client.ts';
import { note, outputWriter } from './terminal.ts';

/** The program forgets after 90 s that somebody waits. */
const RENEW_MS = 60_000;

/** Waits for a job's end, telling each change of its state on stderr. */
export async function waitForEnd(client: CliClient, runId: RunId, signal: AbortSignal): Promise<JobRecord> {
  let told = '';
  let saidAt = -Infinity;
  for (;;) {
    // somebody waits, but nobody sits there counting seconds: no job is named, so the cluster is not asked at the short interval
    if (Date.now() - saidAt >= RENEW_MS) {
      saidAt = Date.now();
      await client.call('jobs.watch', { runIds: [], watcher: `wait-${String(process.pid)}` }, signal);
    }
    const { job } = await client.call('jobs.get', { runId }, signal);
    const state = job.state ?? job.phase;
    if (state !== told) {
      note(
        `${job.name} ${job.jobId ?? ''} ${state}${job.reason === null || job.reason === '' ? '' : ` (${job.reason})`}`,
      );
      told = state;
    }
    if (isSettled(job) || job.phase === 'ambiguous') return job;
    await delay(500, undefined, { signal });
  }
}

/** Copies a job's output to stdout, as `outputWriter` does; with `follow` until the job has ended and all of it was shown. */
export async function printLog(
  client: CliClient,
  runId: RunId,
  { stream, follow, raw }: { stream: 'stdout' | 'stderr'; follow: boolean; raw: boolean },
  signal: AbortSignal,
): Promise<void> {
  const output = outputWriter(raw);
  let offset = 0;
  for (;;) {
    // asked before reading: what was written before the end is then surely read
    const { job } = await client.call('jobs.get', { runId }, signal);
    const part = await client.call('jobs.readLog', { runId, stream, offset }, signal);
    output.write(part.text);
    const progressed = part.next > offset;
    offset = part.next;
    if (progressed) continue;
    if (!follow || isSettled(job)) break;
    await delay(1000, undefined, { signal });
  }
  output.end();
}
