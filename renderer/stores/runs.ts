/** The runs whose details are on screen, kept current by the core's events. */
import { create } from 'zustand';
import type { RunId } from '../../shared/domain/ids.ts';
import type { JobEvent, JobRecord, SubmitStep, TransferProgress } from '../../shared/domain/job/schema.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { appErrorOf } from '../client/pageError.ts';
import { client } from '../client/index.ts';
import { latestWins } from '../lib/latestWins.ts';

export interface Run {
  readonly job: JobRecord;
  readonly events: readonly JobEvent[];
  readonly steps: readonly SubmitStep[];
  readonly transfers: readonly TransferProgress[];
}

export interface ShownRuns {
  readonly runs: Readonly<Record<string, Run>>;
  /** Why the newest state of a run could not be asked. */
  readonly errors: Readonly<Record<string, CodedError>>;
}

const NONE: ShownRuns = { runs: {}, errors: {} };

export const useRuns = create<ShownRuns>(() => NONE);

interface Viewed {
  views: number;
  /** Counts what events told, so that an older answer does not undo them. */
  told: number;
  readonly gone: AbortController;
  readonly load: (input: undefined) => void;
}

const viewed = new Map<RunId, Viewed>();

function update(runId: RunId, change: (run: Run) => Run): void {
  useRuns.setState((store) => {
    const run = store.runs[runId];
    return run ? { runs: { ...store.runs, [runId]: change(run) } } : store;
  });
}

function without<T>(record: Readonly<Record<string, T>>, runId: RunId): Readonly<Record<string, T>> {
  const { [runId]: _left, ...others } = record;
  return others;
}

async function ask(runId: RunId, view: Viewed): Promise<void> {
  const before = view.told;
  const { signal } = view.gone;
  try {
    const { job, steps, events } = await client.call('jobs.get', { runId }, { signal });
    if (signal.aborted) return;
    useRuns.setState(({ runs, errors }) => {
      const known = runs[runId];
      const told = before === view.told ? steps : (known?.steps ?? steps);
      const run: Run = { job, events, steps: told, transfers: known?.transfers ?? [] };
      return { runs: { ...runs, [runId]: run }, errors: without(errors, runId) };
    });
  } catch (error) {
    if (!signal.aborted) useRuns.setState(({ errors }) => ({ errors: { ...errors, [runId]: appErrorOf(error) } }));
  }
}

/** Shows what Submit answered until the core has been asked for more. It is followed as soon as it is viewed. */
export function putRun(job: JobRecord): void {
  useRuns.setState(({ runs }) => ({ runs: { ...runs, [job.runId]: { job, events: [], steps: [], transfers: [] } } }));
}

/** Asks for what the core has recorded of a run that is viewed. */
export function reloadRun(runId: RunId): void {
  viewed.get(runId)?.load(undefined);
}

/** Asks for a run and follows it until the function returned is called; with its last view it is forgotten. */
export function viewRun(runId: RunId): () => void {
  const view: Viewed = viewed.get(runId) ?? {
    views: 0,
    told: 0,
    gone: new AbortController(),
    // one look may change a large array in several events
    load: latestWins(() => ask(runId, view)),
  };
  viewed.set(runId, view);
  view.views += 1;
  if (view.views === 1) view.load(undefined);
  return () => {
    view.views -= 1;
    if (view.views > 0) return;
    viewed.delete(runId);
    view.gone.abort();
    useRuns.setState(({ runs, errors }) => ({ runs: without(runs, runId), errors: without(errors, runId) }));
  };
}

client.on('submit.progress', ({ runId, steps, transfers }) => {
  const view = viewed.get(runId);
  if (!view) return;
  view.told += 1;
  // an answer that is under way may be older than this, and there is nothing yet to put it in
  if (!useRuns.getState().runs[runId]) view.load(undefined);
  update(runId, (run) => ({ ...run, steps, transfers }));
});
client.on('jobs.changed', ({ rows }) => {
  for (const row of rows) {
    if (!viewed.has(row.runId)) continue;
    // the row shows at once; what only the record holds follows
    const { error: _short, ...news } = row;
    update(row.runId, (run) => ({ ...run, job: { ...run.job, ...news } }));
    reloadRun(row.runId);
  }
});
client.onResync(() => {
  for (const { load } of viewed.values()) load(undefined);
});
