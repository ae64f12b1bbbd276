import { useEffect, useMemo, useRef, useState } from 'react';
import { tellingExitCode } from '../../../shared/domain/job/endCause.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { showJobs } from '../../client/watching.ts';
import { t } from '../../i18n/index.ts';
import { Button, clockTime, ErrorNotice, navigate, ProgressBar, StateBadge, Tabs, useNow } from '../../ui/index.ts';
import {
  AsOf,
  EndOfJob,
  logTail,
  NotConnected,
  plainLines,
  reasonWords,
  RetryButton,
  useStale,
  WhyItWaits,
} from '../job/index.ts';

type Stream = 'stdout' | 'stderr';

/** The job after it was submitted: state, progress, and the end of its output. */
export function LiveJob({ job }: { job: JobRecord }) {
  const [stream, setStream] = useState<Stream>('stdout');
  const { runId } = job;
  useEffect(() => {
    // polled at the short interval while somebody looks
    return showJobs([runId]);
  }, [runId]);
  const hasStarted = job.startedAt !== null || stateGroup(job.state) === 'running' || isFinal(job.state);
  return (
    <div className="live" data-testid="live-job">
      <JobState job={job} />
      <NotConnected job={job} />
      <WhyItWaits job={job} />
      <EndOfJob
        job={job}
        actions={
          <Button size="dense" onPress={() => navigate('jobs', [runId])}>
            {t('jobs.end.showLog')}
          </Button>
        }
      />
      <div className="live-log">
        <Tabs
          label={t('launch.live.output')}
          selected={stream}
          onSelect={(id) => setStream(id === 'stderr' ? 'stderr' : 'stdout')}
          items={(['stdout', 'stderr'] as const).map((id) => ({
            id,
            label: id,
            content: <LogTail job={job} stream={id} hasStarted={hasStarted} />,
          }))}
        />
      </div>
    </div>
  );
}

function JobState({ job }: { job: JobRecord }) {
  const isOver = isFinal(job.state);
  const isRunning = stateGroup(job.state) === 'running';
  const stale = useStale(job);
  const now = useNow(1000, isRunning && stale === null);
  const elapsed = job.startedAt === null ? job.elapsed : ((job.endedAt ?? now) - job.startedAt) / 1000;
  const { progress } = job;
  const exit = tellingExitCode(job);
  // why it waits, and how a job ended that did not end well, stand below with what can be done
  const group = stateGroup(job.state);
  const reason = group === 'pending' || group === 'bad' ? null : reasonWords(job);
  return (
    <div className="live-state">
      <div className="live-line">
        <StateBadge phase={job.phase} state={job.state} framed />
        <AsOf job={job} />
        {elapsed === null || stale !== null || (!isRunning && !isOver) ? null : (
          <span className="secondary">
            {formatDuration(Math.max(0, elapsed))}
            {job.timeLimit === null ? null : ` / ${formatDuration(job.timeLimit)}`}
          </span>
        )}
        {isOver && exit !== null && group !== 'bad' ? (
          <span className="secondary">{t('launch.live.exit', { code: exit })}</span>
        ) : null}
        {job.nodes === null ? null : <span className="secondary truncate">{job.nodes}</span>}
        {!isRunning && !isOver && stale === null && job.expectedStart !== null && job.expectedStart > now ? (
          <span className="secondary">{t('launch.live.startsAt', { time: clockTime(job.expectedStart, now) })}</span>
        ) : null}
      </div>
      {reason === null ? null : (
        <p className="secondary selectable" title={reason.word ?? undefined}>
          {reason.text}
        </p>
      )}
      {progress === null && !isRunning ? null : (
        <ProgressBar
          value={isOver && job.state === 'COMPLETED' ? 100 : progress}
          label={t('launch.live.progress')}
          tone={isOver ? (job.state === 'COMPLETED' ? 'ok' : 'muted') : 'accent'}
          {...(progress === null
            ? {}
            : {
                text: [`${String(Math.round(progress))} %`, job.progressText ?? '']
                  .filter((part) => part !== '')
                  .join(' · '),
              })}
        />
      )}
    </div>
  );
}

/** What stands in the place of an output of which there is nothing to show. */
function emptyWords(job: JobRecord, stream: Stream, exists: boolean): string {
  if (!isFinal(job.state)) return t('launch.live.nothing', { stream });
  if (exists) return t('launch.live.wroteNothing', { stream });
  return t(job.request.array === undefined ? 'jobs.end.missing' : 'jobs.end.array');
}

const TAIL_BYTES = 16_384;
const encoder = new TextEncoder();

/** Follows the end of an output from when the job starts; all of it is in Jobs. */
function LogTail({ job, stream, hasStarted }: { job: JobRecord; stream: Stream; hasStarted: boolean }) {
  const { runId } = job;
  const [text, setText] = useState<string | null>(null);
  const [exists, setExists] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);

  const [round, setRound] = useState(0);

  useEffect(() => {
    const duty = client.onResync(() => setRound((count) => count + 1));
    return () => void duty.dispose();
  }, []);
  const isThere = useIsConnected(job.clusterId);
  // a connection that comes back is a reason to try again
  useEffect(() => {
    if (!hasStarted) return undefined;
    const gone = new AbortController();
    const ends: (() => void)[] = [];
    const follow = async (): Promise<void> => {
      const read = await client.call(
        'jobs.readLog',
        { runId, stream, offset: -TAIL_BYTES, limit: TAIL_BYTES },
        { signal: gone.signal },
      );
      let next = read.next;
      setText(read.text);
      setExists(read.exists);
      setError(null);
      // By offset and not by operation: the first chunk may come before the answer that names the operation.
      const duty = client.on('jobs.logChunk', (chunk) => {
        if (chunk.runId !== runId || chunk.stream !== stream || chunk.offset < next) return;
        setExists(true);
        next = chunk.offset + encoder.encode(chunk.text).length;
        setText((before) => logTail(before ?? '', chunk.text, TAIL_BYTES));
      });
      ends.push(() => void duty.dispose());
      const { operationId } = await client.call('jobs.followLog', { runId, stream, offset: next });
      ends.push(() => void client.call('operations.cancel', { operationId }).catch(() => undefined));
    };
    const end = (): void => {
      for (const done of ends.splice(0)) done();
    };
    follow().then(
      () => {
        if (gone.signal.aborted) end();
      },
      (thrown: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(thrown));
        end();
      },
    );
    return () => {
      gone.abort();
      end();
    };
  }, [runId, stream, hasStarted, isThere, round]);

  const shown = useMemo(() => plainLines(text ?? ''), [text]);
  useEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown]);

  if (error && text === null)
    return (
      <ErrorNotice
        error={error}
        action={<RetryButton clusterId={job.clusterId} onRetry={() => setRound((count) => count + 1)} />}
      />
    );
  if (!hasStarted) return <p className="live-empty secondary">{t('launch.live.waiting')}</p>;
  if (text === null) return <p className="live-empty secondary">{t('ui.loading')}</p>;
  if (shown === '') return <p className="live-empty secondary">{emptyWords(job, stream, exists)}</p>;
  return (
    <pre
      ref={box}
      className="live-text selectable"
      tabIndex={0}
      aria-label={t('launch.live.output')}
      data-testid={`log-${stream}`}
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 4;
      }}
    >
      {shown}
    </pre>
  );
}
