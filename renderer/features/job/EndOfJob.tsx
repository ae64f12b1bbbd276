import { useEffect, useState, type ReactNode } from 'react';
import {
  endingSignal,
  lastLines,
  likelyCause,
  signalName,
  tellingExitCode,
} from '../../../shared/domain/job/endCause.ts';
import { causeMessages } from '../../../shared/domain/job/reasonMeaning.ts';
import { isArray } from '../../../shared/domain/job/rules.ts';
import { runOfTask } from '../../../shared/domain/job/runOfTask.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { sayError, sayMessage, t } from '../../i18n/index.ts';
import { firstTask } from '../../stores/tasks.ts';
import { CopyButton, Skeleton, stateText } from '../../ui/index.ts';
import { RetryButton } from './ConnectButton.tsx';
import { useOutputEnd, type OutputEnd } from './outputEnd.ts';
import { reasonWords } from './reasonWords.ts';
import './job.css';

const SHOWN_LINES = 12;

/**
 * How a job ended that did not end well: its likely cause and the next step, and the last lines that it wrote. Of an array it is the
 * first task that did not, whatever the others still do.
 */
export function EndOfJob({ job, actions }: { job: JobRecord; actions?: ReactNode }) {
  if (!isArray(job)) return <OneEnd job={job} task={null} actions={actions} />;
  return job.tasks.bad === 0 ? null : <FirstBadTask job={job} actions={actions} />;
}

function FirstBadTask({ job, actions }: { job: JobRecord; actions: ReactNode }) {
  const [task, setTask] = useState<Task | null>(null);
  const { runId } = job;
  const { bad } = job.tasks;
  useEffect(() => {
    let isGone = false;
    firstTask(runId, ['bad']).then(
      (found) => {
        if (!isGone) setTask(found);
      },
      // the counts above say that there is one
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [runId, bad]);
  if (task === null) return null;
  return <OneEnd job={runOfTask(job, task)} task={task.index} actions={actions} />;
}

/** The end of one task of an array. */
export function EndOfTask({ job, task, actions }: { job: JobRecord; task: Task; actions?: ReactNode }) {
  return <OneEnd job={runOfTask(job, task)} task={task.index} actions={actions} />;
}

/** `job` has the state and the end of the task, where there is one. */
function OneEnd({ job, task, actions }: { job: JobRecord; task: number | null; actions: ReactNode }) {
  const group = stateGroup(job.state);
  const isBad = job.phase === 'submitted' && group === 'bad';
  const { end, error, isThere, retry } = useOutputEnd(job, task, isBad);
  if (!isBad) return null;
  const likely = likelyCause(job, end?.text ?? '');
  const cause = likely === null ? null : { ...likely, ...causeMessages(likely) };
  const reason = reasonWords(job);
  return (
    <section className="job-end" aria-label={t('jobs.end.title')} data-testid="job-end" data-cause={cause?.code}>
      <h3>{task === null ? headline(job) : t('jobs.tasks.headline', { task, what: headline(job) })}</h3>
      {cause === null ? (
        end === null || end.text.trim() === '' ? null : (
          <p>{t('jobs.end.unknownCause')}</p>
        )
      ) : (
        <>
          <p className="selectable">
            <strong>{t(cause.isSure ? 'jobs.end.cause' : 'jobs.end.likely')}</strong> {sayMessage(cause.said)}
          </p>
          <p className="selectable">{sayMessage(cause.next)}</p>
        </>
      )}
      {reason === null ? null : <p className="secondary selectable">{reason.text}</p>}
      {error && end === null ? (
        <div className="job-end-offline">
          <span>{isThere ? sayError(error).message : t('jobs.end.offline')}</span>{' '}
          <RetryButton clusterId={job.clusterId} onRetry={retry} />
        </div>
      ) : end === null ? (
        <Skeleton lines={[60, 45]} />
      ) : (
        <Lines end={end} />
      )}
      {actions === undefined ? null : <div className="job-end-actions">{actions}</div>}
    </section>
  );
}

/** `Failed after 3 s · exit code 127`. */
function headline(job: JobRecord): string {
  const text = stateText(job.phase, job.state);
  const word = text.charAt(0).toUpperCase() + text.slice(1);
  const first =
    job.elapsed === null
      ? word
      : job.elapsed < 1
        ? t('jobs.end.atOnce', { state: word })
        : t('jobs.end.after', {
            state: word,
            time: job.elapsed < 60 ? `${String(Math.round(job.elapsed))} s` : formatDuration(job.elapsed),
          });
  const exit = tellingExitCode(job);
  const signal = endingSignal(job);
  const parts = [
    exit === null ? '' : t('jobs.end.exit', { code: exit }),
    signal === 0 ? '' : t('jobs.end.signal', { signal: signalName(signal) }),
  ];
  return [first, ...parts.filter((part) => part !== '')].join(' · ');
}

function Lines({ end }: { end: OutputEnd }) {
  const lines = lastLines(end.text, SHOWN_LINES).join('\n');
  if (lines.trim() === '')
    return <p className="secondary">{t(end.exists ? 'jobs.end.nothing' : 'jobs.end.missing')}</p>;
  return (
    <figure className="job-end-lines">
      <figcaption>
        <span>{t(`jobs.end.${end.stream}`)}</span>
        <CopyButton text={lines} />
      </figcaption>
      <pre className="selectable" tabIndex={0} aria-label={t(`jobs.end.${end.stream}`)} data-testid="job-end-lines">
        {lines}
      </pre>
    </figure>
  );
}
