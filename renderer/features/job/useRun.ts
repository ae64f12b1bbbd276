import { useEffect } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { useRuns, viewRun, type Run } from '../../stores/runs.ts';

/** One run with its steps and its timeline, kept current while it is shown; `error` says why its newest state could not be asked. */
export function useRun(runId: RunId): { run: Run | null; error: CodedError | null } {
  useEffect(() => viewRun(runId), [runId]);
  const run = useRuns((store) => store.runs[runId]) ?? null;
  const error = useRuns((store) => store.errors[runId]) ?? null;
  return { run, error };
}
