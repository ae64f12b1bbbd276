import { FileText } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, LogLines, Skeleton } from '../../ui/index.ts';
import { RetryButton } from '../job/index.ts';
import { followLog, type LogState, type Stream } from '../job/index.ts';

const STREAMS = ['stdout', 'stderr'] as const;

/** The job's output: it follows, searches and keeps its colours. */
export function JobLog({ job }: { job: JobRecord }) {
  const [stream, setStream] = useRemembered<Stream>('jobs.stream', 'stdout');
  const [isWrapped, setWrapped] = useRemembered('jobs.wrap', false);
  const [state, setState] = useState<LogState | null>(null);
  const [round, setRound] = useState(0);
  const following = useRef<ReturnType<typeof followLog> | null>(null);
  const isThere = useIsConnected(job.clusterId);
  const { runId } = job;
  const hasJob = job.jobId !== null;

  // a connection that comes back is a reason to try again
  useEffect(() => {
    if (!hasJob) return undefined;
    setState(null);
    const log = followLog({ runId }, stream, setState);
    following.current = log;
    return () => {
      following.current = null;
      log.stop();
    };
  }, [runId, stream, hasJob, isThere, round]);

  if (!hasJob) return <EmptyState icon={FileText} title={t('jobs.log.noJob')} />;
  const tools = (
    <span role="group" aria-label={t('jobs.log.stream')} className="log-streams">
      {STREAMS.map((id) => (
        <Button key={id} size="dense" variant="quiet" aria-pressed={stream === id} onPress={() => setStream(id)}>
          {t(`jobs.log.${id}`)}
        </Button>
      ))}
    </span>
  );
  const hasEnded = isFinal(job.state);
  const missing = job.request.array === undefined ? 'jobs.end.missing' : 'jobs.end.array';
  const earlier = state?.buffer.from ?? 0;
  return (
    <>
      {state?.error ? (
        <div className="jobs-notice">
          <ErrorNotice
            error={state.error}
            action={<RetryButton clusterId={job.clusterId} onRetry={() => setRound(round + 1)} />}
          />
        </div>
      ) : null}
      {state === null ? (
        <Skeleton lines={[60, 75, 40, 66]} />
      ) : (
        <LogLines
          label={`${t('jobs.log.label')}: ${t(`jobs.log.${stream}`)}`}
          lines={state.buffer.lines}
          revision={state.revision}
          isWrapped={isWrapped}
          onWrap={setWrapped}
          tools={tools}
          before={
            earlier > 0 ? (
              <div className="log-earlier">
                <Button size="dense" variant="quiet" onPress={() => following.current?.readEarlier()}>
                  {t('jobs.log.earlier', { size: formatBytes(earlier) })}
                </Button>
              </div>
            ) : null
          }
          empty={
            state.error ? null : (
              <EmptyState
                icon={FileText}
                title={t(state.exists ? 'jobs.log.nothing' : hasEnded ? missing : 'jobs.log.none')}
              >
                {hasEnded || state.exists ? null : t('jobs.log.noneText')}
              </EmptyState>
            )
          }
        />
      )}
    </>
  );
}
