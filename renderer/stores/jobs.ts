/** The submissions that Launch shows, kept current by the core's events. */
import { create } from 'zustand';
import type { RunId } from '../../shared/domain/ids.ts';
import type { JobRecord, SubmitStep, TransferProgress } from '../../shared/domain/job/schema.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { appErrorOf } from '../client/pageError.ts';
import { client } from '../client/index.ts';
import { latestWins } from '../lib/latestWins.ts';

export interface Run {
  job: JobRecord;
  steps: readonly SubmitStep[];
  transfers: readonly TransferProgress[];
  /** Why the newest state could not be asked. */
  error: CodedError | null;
}

export const useRuns = create<{ runs: Readonly<Record<string, Run>> }>(() => ({ runs: {} }));

function update(runId: RunId, change: (run: Run) => Run): void {
  useRuns.setState((store) => {
    const run = store.runs[runId];
    return run ? { runs: { ...store.runs, [runId]: change(run) } } : store;
  });
}

/** Counts what events told, so that an older answer does not undo them. */
let told = 0;

async function ask(runId: RunId): Promise<void> {
  const before = told;
  try {
    const { job, steps } = await client.call('jobs.get', { runId });
    update(runId, (run) => ({ ...run, job, steps: before === told ? steps : run.steps, error: null }));
  } catch (error) {
    update(runId, (run) => ({ ...run, error: appErrorOf(error) }));
  }
}

const loads = new Map<RunId, (runId: RunId) => void>();

/** Asks for what the core has recorded of a run. */
export function loadRun(runId: RunId): void {
  const load = loads.get(runId) ?? latestWins(ask);
  loads.set(runId, load);
  load(runId);
}

/** Shows a run from now on. */
export function followRun(job: JobRecord): void {
  useRuns.setState((store) => ({
    runs: { ...store.runs, [job.runId]: { job, steps: [], transfers: [], error: null } },
  }));
  loadRun(job.runId);
}

client.on('submit.progress', ({ runId, steps, transfers }) => {
  told += 1;
  update(runId, (run) => ({ ...run, steps, transfers }));
});
client.on('jobs.changed', ({ rows }) => {
  for (const row of rows) {
    if (!useRuns.getState().runs[row.runId]) continue;
    // the row shows at once; what only the record holds follows
    const { error: _short, ...news } = row;
    update(row.runId, (run) => ({ ...run, job: { ...run.job, ...news } }));
    loadRun(row.runId);
  }
});
client.onResync(() => {
  for (const run of Object.values(useRuns.getState().runs)) loadRun(run.job.runId);
});
