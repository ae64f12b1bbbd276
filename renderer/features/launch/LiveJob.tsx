import { useEffect, useState } from 'react';
import { tellingExitCode } from '../../../shared/domain/job/endCause.ts';
import { isArray } from '../../../shared/domain/job/rules.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { showJobs } from '../../client/watching.ts';
import { t } from '../../i18n/index.ts';
import { Button, clockTime, navigate, ProgressBar, StateBadge, useNow } from '../../ui/index.ts';
import {
  AsOf,
  EndOfJob,
  JobOutput,
  JobProgress,
  NotConnected,
  reasonWords,
  TaskCounts,
  useStale,
  WhyItWaits,
} from '../job/index.ts';

/** The job after it was submitted: state, progress, and the end of its output. */
export function LiveJob({ job }: { job: JobRecord }) {
  const [task, setTask] = useState<number | null>(null);
  const { runId } = job;
  useEffect(() => {
    // polled at the short interval while somebody looks
    return showJobs([runId]);
  }, [runId]);
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
        <JobOutput job={job} task={task} onTask={setTask} />
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
  const exit = tellingExitCode(job);
  // why it waits, and how a job ended that did not end well, stand below with what can be done
  const group = stateGroup(job.state);
  const reason = group === 'pending' || group === 'bad' ? null : reasonWords(job);
  return (
    <div className="live-state">
      <div className="live-line">
        <StateBadge phase={job.phase} state={job.state} framed />
        <AsOf job={job} />
        {isArray(job) && job.tasks.total > 0 ? <TaskCounts counts={job.tasks} /> : null}
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
      {job.progress === null && isRunning ? (
        // it says nothing of how far it is
        <ProgressBar value={null} label={t('jobs.facts.progress')} />
      ) : (
        <JobProgress of={job} inWords />
      )}
    </div>
  );
}
