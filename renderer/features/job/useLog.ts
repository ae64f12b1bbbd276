import { useEffect, useRef, useState } from 'react';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { client } from '../../client/index.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { followLog, type LogOwner, type LogState, type Stream } from './followLog.ts';

/** The output of a job or task as it grows; `null` for the owner: there is none to read yet. A connection that comes back is a reason to try again. */
export function useLog(
  owner: LogOwner | null,
  clusterId: ClusterId,
  stream: Stream,
): { log: LogState | null; readEarlier: () => void; retry: () => void } {
  const [log, setLog] = useState<LogState | null>(null);
  const [round, setRound] = useState(0);
  const following = useRef<ReturnType<typeof followLog> | null>(null);
  const isThere = useIsConnected(clusterId);
  const { runId = null, task = null } = owner ?? {};
  useEffect(() => {
    const duty = client.onResync(() => setRound((count) => count + 1));
    return () => void duty.dispose();
  }, []);
  useEffect(() => {
    setLog(null);
    if (runId === null) return undefined;
    const followed = followLog({ runId, task }, stream, setLog);
    following.current = followed;
    return () => {
      following.current = null;
      followed.stop();
    };
  }, [runId, task, stream, isThere, round]);
  return {
    log,
    readEarlier: () => following.current?.readEarlier(),
    retry: () => setRound((count) => count + 1),
  };
}
