import { setTimeout as delay } from 'node:timers/promises';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { stateText } from './jobText.ts';
import type { CliClient } from './client.ts';
import { note } from './terminal.ts';

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
    const state = stateText(job);
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
