import { FileText, ListChecks } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { isArray } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { taskGroup } from '../../../shared/domain/job/taskGroup.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { firstTask } from '../../stores/tasks.ts';
import { Button, EmptyState, ErrorNotice, LogLines, Skeleton } from '../../ui/index.ts';
import { RetryButton } from './ConnectButton.tsx';
import type { LogState, Stream } from './followLog.ts';
import { TaskTable } from './TaskTable.tsx';
import { useLog } from './useLog.ts';
import { useTask } from './useRunTasks.ts';
import './job.css';

const STREAMS = ['stdout', 'stderr'] as const;

interface JobOutputProps {
  job: JobRecord;
  /** Whose output of an array; null while none is chosen, and of a plain job. */
  task: number | null;
  onTask: (index: number) => void;
}

/** What a job wrote: it follows, searches and keeps its colours. Each task of an array wrote its own, and is chosen beside it. */
export function JobOutput({ job, task, onTask }: JobOutputProps) {
  if (!isArray(job)) return <Output job={job} task={null} state={job.state} hasStarted={hasStarted(job)} />;
  return <ArrayOutput job={job} task={task} onTask={onTask} />;
}

/** Before that there is nothing to read, and nobody need look for it. */
function hasStarted(job: Pick<JobRecord, 'jobId' | 'state' | 'startedAt'>): boolean {
  return job.jobId !== null && (job.startedAt !== null || taskGroup(job) !== 'pending');
}

function ArrayOutput({ job, task, onTask }: JobOutputProps) {
  const { runId } = job;
  const chosen = useTask(job, task);
  const hasTasks = job.tasks.total > 0;
  // what a person looks for: what went wrong, else what happens now
  useEffect(() => {
    if (task !== null || !hasTasks) return undefined;
    let isGone = false;
    const choose = async (): Promise<void> => {
      const found =
        (await firstTask(runId, ['bad'])) ?? (await firstTask(runId, ['running'])) ?? (await firstTask(runId));
      if (!isGone && found !== null && found.index !== null) onTask(found.index);
    };
    // without an answer the person chooses
    choose().catch(() => undefined);
    return () => {
      isGone = true;
    };
    // once for a run: a choice that jumps while somebody reads is none
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [runId, task === null, hasTasks]);
  if (!hasTasks) return <EmptyState icon={FileText} title={t('jobs.log.noJob')} />;
  return (
    <div className="job-output">
      <TaskTable job={job} chosen={task} onChoose={onTask} isBrief />
      {task === null ? (
        <EmptyState icon={ListChecks} title={t('jobs.tasks.choose')} />
      ) : (
        <Output
          key={task}
          job={job}
          task={task}
          state={chosen?.state ?? null}
          hasStarted={chosen !== null && hasStarted({ ...chosen, jobId: job.jobId })}
        />
      )}
    </div>
  );
}

interface OutputProps {
  job: JobRecord;
  task: number | null;
  /** Slurm's word for the job or task that wrote it. */
  state: string | null;
  hasStarted: boolean;
}

function Output({ job, task, state, hasStarted: isThere }: OutputProps) {
  const [stream, setStream] = useRemembered<Stream>('jobs.stream', 'stdout');
  const [isWrapped, setWrapped] = useRemembered('jobs.wrap', false);
  const { log, readEarlier, retry } = useLog(isThere ? { runId: job.runId, task } : null, job.clusterId, stream);
  if (job.jobId === null) return <EmptyState icon={FileText} title={t('jobs.log.noJob')} />;
  if (!isThere) return <EmptyState icon={FileText} title={t('jobs.log.waiting')} />;
  const tools = (
    <span role="group" aria-label={t('jobs.log.stream')} className="log-streams">
      {STREAMS.map((id) => (
        <Button key={id} size="dense" variant="quiet" aria-pressed={stream === id} onPress={() => setStream(id)}>
          {t(`jobs.log.${id}`)}
        </Button>
      ))}
    </span>
  );
  const earlier = log?.buffer.from ?? 0;
  const whose = task === null ? '' : ` · ${t('jobs.tasks.name', { task })}`;
  return (
    <div className="job-output-log" data-testid="job-log" data-task={task ?? undefined}>
      {log?.error ? (
        <div className="jobs-notice">
          <ErrorNotice error={log.error} action={<RetryButton clusterId={job.clusterId} onRetry={retry} />} />
        </div>
      ) : null}
      {log === null ? (
        <Skeleton lines={[60, 75, 40, 66]} />
      ) : (
        <LogLines
          label={`${t('jobs.log.label')}: ${t(`jobs.log.${stream}`)}${whose}`}
          lines={log.buffer.lines}
          revision={log.revision}
          isWrapped={isWrapped}
          onWrap={setWrapped}
          tools={tools}
          before={
            earlier > 0 ? (
              <div className="log-earlier">
                <Button size="dense" variant="quiet" onPress={readEarlier}>
                  {t('jobs.log.earlier', { size: formatBytes(earlier) })}
                </Button>
              </div>
            ) : null
          }
          empty={<Nothing log={log} hasEnded={isFinal(state)} />}
        />
      )}
    </div>
  );
}

/** What stands in the place of an output that was looked at and holds nothing; of one that could not be looked at nothing is said. */
function Nothing({ log, hasEnded }: { log: LogState; hasEnded: boolean }): ReactNode {
  if (log.error !== null) return null;
  return (
    <EmptyState
      icon={FileText}
      title={t(log.exists === true ? 'jobs.log.nothing' : hasEnded ? 'jobs.end.missing' : 'jobs.log.none')}
    >
      {hasEnded || log.exists === true ? null : t('jobs.log.noneText')}
    </EmptyState>
  );
}
