import { useEffect, useRef, useState } from 'react';
import type { InputOf } from '../../../shared/contract/index.ts';
import type { ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { mergeSteps } from './diagnosisSteps.ts';

export interface TestRun {
  status: 'running' | 'done' | 'stopped';
  steps: readonly ConnectionTestStep[];
  error: CodedError | null;
}

export interface ConnectionTester {
  /** `null` until a test was begun, and after it was closed. */
  run: TestRun | null;
  start: (input: InputOf<'clusters.test'>) => void;
  stop: () => void;
  close: () => void;
}

/** One connection test at a time; it ends with whoever shows it. */
export function useConnectionDiagnosis(): ConnectionTester {
  const [run, setRun] = useState<TestRun | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const start = (input: InputOf<'clusters.test'>): void => {
    current.current?.abort();
    const stopper = new AbortController();
    current.current = stopper;
    const update = (change: (old: TestRun) => TestRun): void => {
      if (current.current === stopper) setRun((old) => (old ? change(old) : old));
    };
    setRun({ status: 'running', steps: [], error: null });
    const progress = client.on('clusters.testProgress', ({ clusterId, steps }) => {
      if (clusterId === input.clusterId)
        update((old) => (old.status === 'running' ? { ...old, steps: mergeSteps(old.steps, steps) } : old));
    });
    client
      .call('clusters.test', input, { signal: stopper.signal })
      .then(
        (steps) => update(() => ({ status: 'done', steps, error: null })),
        (failure: unknown) =>
          update((old) =>
            stopper.signal.aborted
              ? { ...old, status: 'stopped' }
              : { ...old, status: 'done', error: appErrorOf(failure) },
          ),
      )
      .finally(() => progress.dispose());
  };
  return {
    run,
    start,
    stop: () => current.current?.abort(),
    close: () => {
      current.current?.abort();
      current.current = null;
      setRun(null);
    },
  };
}
