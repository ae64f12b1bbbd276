import { useEffect, useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import type { LogOwner } from './followLog.ts';
import { plainLines } from '../../../shared/lib/plainLines.ts';

export interface OutputEnd {
  readonly stream: 'stdout' | 'stderr';
  /** The end of what it wrote, without colours; empty when it wrote nothing on either. */
  readonly text: string;
  /** False when neither file is there. */
  readonly exists: boolean;
}

/** Bytes from the end of an output: enough for a traceback. */
const END_BYTES = 8192;
/** A shared file system may show the last lines a little later than Slurm the end. */
const LOOK_AGAIN_MS = 3000;

async function read(owner: LogOwner, stream: OutputEnd['stream'], signal: AbortSignal): Promise<OutputEnd> {
  const { text, exists } = await client.call(
    'jobs.readLog',
    { ...owner, stream, offset: -END_BYTES, limit: END_BYTES },
    { signal },
  );
  return { stream, text: plainLines(text), exists };
}

/** The end of the errors of a job, or of one task of an array, or of its output where it wrote no errors; read once it is over, and again when the connection returns. */
export function useOutputEnd(
  job: Pick<JobRecord, 'runId' | 'clusterId' | 'jobId'>,
  task: number | null,
  isOver: boolean,
): {
  end: OutputEnd | null;
  error: CodedError | null;
  /** The cluster, and so the output, can be reached. */
  isThere: boolean;
  retry: () => void;
} {
  const { runId, clusterId, jobId } = job;
  const isThere = useIsConnected(clusterId);
  const [end, setEnd] = useState<OutputEnd | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (!isOver || jobId === null) return undefined;
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (isFirst: boolean): Promise<void> => {
      try {
        const errors = await read({ runId, task }, 'stderr', gone.signal);
        const found = errors.text.trim() === '' ? await read({ runId, task }, 'stdout', gone.signal) : errors;
        if (gone.signal.aborted) return;
        setEnd({ ...found, exists: found.exists || errors.exists });
        setError(null);
        if (isFirst && found.stream === 'stdout') timer = setTimeout(() => void look(false), LOOK_AGAIN_MS);
      } catch (thrown) {
        if (!gone.signal.aborted) setError(appErrorOf(thrown));
      }
    };
    void look(true);
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [runId, task, jobId, isOver, isThere, round]);

  return { end, error, isThere, retry: () => setRound((count) => count + 1) };
}
