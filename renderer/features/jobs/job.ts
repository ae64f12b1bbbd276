import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { latestWins } from '../../lib/latestWins.ts';

export type JobView = OutputOf<'jobs.get'>;

/** One job with its timeline, kept current while it is shown. */
export function useJob(runId: string): { view: JobView | null; error: CodedError | null; reload: () => void } {
  const [view, setView] = useState<JobView | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const id = runId as JobRow['runId'];
    const gone = new AbortController();
    // one look may change a large array in several events
    const load = latestWins(async (): Promise<void> => {
      try {
        const next = await client.call('jobs.get', { runId: id }, { signal: gone.signal });
        if (gone.signal.aborted) return;
        setView(next);
        setError(null);
      } catch (failure) {
        if (!gone.signal.aborted) setError(appErrorOf(failure));
      }
    });
    const reload = (): void => load(undefined);
    reload();
    const listeners = [
      client.on('jobs.changed', ({ rows }) => {
        if (rows.some((row) => row.runId === id)) reload();
      }),
      client.on('submit.progress', (progress) => {
        if (progress.runId === id) setView((old) => (old ? { ...old, steps: progress.steps } : old));
      }),
      client.onResync(reload),
    ];
    return () => {
      gone.abort();
      for (const listener of listeners) void listener.dispose();
    };
  }, [runId, round]);

  return { view, error, reload: () => setRound((old) => old + 1) };
}
