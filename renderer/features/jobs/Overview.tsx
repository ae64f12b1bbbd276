import { FileText } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { JobEvent, JobRecord } from '../../../shared/domain/job/schema.ts';
import { isArray, mayBeResumed } from '../../../shared/domain/job/rules.ts';
import { endingSignal, signalName, tellingExitCode } from '../../../shared/domain/job/endCause.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { useClusters } from '../../stores/clusters.ts';
import type { Run } from '../../stores/runs.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  CopyButton,
  Duration,
  ErrorNotice,
  Group,
  RelativeTime,
  RunningDuration,
  exactTime,
  formatCount,
  formatMoney,
  useNow,
} from '../../ui/index.ts';
import {
  EndOfJob,
  JobProgress,
  NotConnected,
  reasonWords,
  RetryButton,
  SubmitSteps,
  TaskCounts,
  useStale,
  WhyItWaits,
} from '../job/index.ts';
import { Asked } from './Asked.tsx';
import { Decision } from './Decision.tsx';
import { eventDetail, eventText } from './eventText.ts';
import { FactList } from './FactList.tsx';

export function Overview({ run, onLog }: { run: Run; onLog: () => void }) {
  const { job, events, steps } = run;
  const isOnItsWay = job.phase !== 'submitted';
  return (
    <div className="overview">
      {job.phase === 'ambiguous' ? (
        <div className="overview-wide">
          <Decision runId={job.runId} />
        </div>
      ) : null}
      <div className="overview-wide overview-first">
        <NotConnected job={job} />
        <WhyItWaits job={job} />
        <EndOfJob
          job={job}
          actions={
            <Button size="dense" icon={FileText} onPress={onLog}>
              {t('jobs.end.showLog')}
            </Button>
          }
        />
      </div>
      {job.error ? (
        <div className="overview-wide">
          <JobError job={job} error={job.error} />
        </div>
      ) : null}
      {isOnItsWay && steps.length > 0 ? (
        <div className="overview-wide">
          <Group title={t('jobs.sections.steps')}>
            <SubmitSteps steps={steps} />
          </Group>
        </div>
      ) : null}
      <Facts job={job} />
      <Group title={t('jobs.sections.timeline')}>
        <Timeline events={events} />
      </Group>
      <Asked job={job} />
      {job.files.length > 0 ? <Files job={job} /> : null}
      {job.cost ? <Cost cost={job.cost} /> : null}
    </div>
  );
}

/** A rejected or interrupted submission can go on: the core never sends a job twice. */
function JobError({ job, error }: { job: JobRecord; error: NonNullable<JobRecord['error']> }) {
  const [failure, setFailure] = useState<CodedError | null>(null);
  const resume = async (): Promise<void> => {
    setFailure(null);
    try {
      await client.call('jobs.resume', { runId: job.runId });
    } catch (thrown) {
      setFailure(appErrorOf(thrown));
    }
  };
  // what became of an uncertain one is settled elsewhere on this page
  const canResume = mayBeResumed(job) && job.phase !== 'ambiguous';
  return (
    <ErrorNotice
      error={failure ?? { ...error, requestId: job.requestId }}
      action={canResume ? <RetryButton clusterId={job.clusterId} onRetry={() => void resume()} /> : undefined}
    />
  );
}

function Path({ text }: { text: string }) {
  return (
    <span className="copyable">
      <span className="mono selectable">{text}</span>
      <CopyButton text={text} />
    </span>
  );
}

function Facts({ job }: { job: JobRecord }) {
  const cluster = useClusters(
    (store) => store.clusters?.find(({ profile }) => profile.id === job.clusterId)?.profile.name ?? job.clusterId,
  );
  const isRunning = job.startedAt !== null && job.endedAt === null && !isFinal(job.state);
  const group = stateGroup(job.state);
  const stale = useStale(job);
  const now = useNow(60_000);
  const code = tellingExitCode(job);
  const signal = endingSignal(job);
  const exit = [
    code === null ? '' : String(code),
    signal === 0 ? '' : t('jobs.end.signal', { signal: signalName(signal) }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  // why it waits stands above, with what can be done
  const reason = group === 'pending' ? null : reasonWords(job);
  const facts: [string, ReactNode][] = [
    [t('jobs.facts.jobId'), job.jobId === null ? null : <Path text={job.jobId} />],
    [t('jobs.tabs.tasks'), !isArray(job) || job.tasks.total === 0 ? null : <TaskCounts counts={job.tasks} />],
    [t('jobs.facts.progress'), job.progress === null ? null : <JobProgress of={job} inWords />],
    [t('jobs.facts.reason'), reason === null ? null : <span title={reason.word ?? undefined}>{reason.text}</span>],
    [t('jobs.facts.exit'), exit],
    [
      t('jobs.facts.elapsed'),
      isRunning && stale === null && job.startedAt !== null ? (
        <RunningDuration since={job.startedAt} />
      ) : job.elapsed === null || isRunning || group === 'pending' ? null : (
        <Duration seconds={job.elapsed} />
      ),
    ],
    [t('jobs.facts.limit'), job.timeLimit === null ? null : <Duration seconds={job.timeLimit} />],
    [t('jobs.facts.nodes'), job.nodes],
    [t('jobs.facts.partition'), job.partition],
    [t('jobs.facts.restarts'), (job.restarts ?? 0) === 0 ? null : String(job.restarts)],
    [t('jobs.facts.cluster'), cluster],
    [t('jobs.facts.slurmCluster'), job.slurmCluster ?? null],
    [t('jobs.facts.user'), job.user],
    [t('jobs.facts.submitted'), job.submittedAt === null ? null : <RelativeTime at={job.submittedAt} />],
    [
      t('jobs.facts.starts'),
      job.startedAt === null &&
      stale === null &&
      job.expectedStart !== null &&
      job.expectedStart > now &&
      !isFinal(job.state) ? (
        <RelativeTime at={job.expectedStart} isAhead />
      ) : null,
    ],
    [t('jobs.facts.started'), job.startedAt === null ? null : <RelativeTime at={job.startedAt} />],
    [t('jobs.facts.ended'), job.endedAt === null ? null : <RelativeTime at={job.endedAt} />],
    [t('jobs.facts.template'), `${job.templateId} ${job.templateVersion}`],
    [
      t('jobs.facts.edited'),
      job.edited === undefined
        ? null
        : [...(job.edited.script ? [t('jobs.tabs.script')] : []), ...job.edited.files].join(', '),
    ],
    [t('jobs.facts.image'), job.imagePath === null ? null : <Path text={job.imagePath} />],
    [t('jobs.facts.folder'), <Path key="folder" text={job.runFolder} />],
    [t('jobs.facts.request'), <Path key="request" text={job.requestId} />],
  ];
  return <FactList title={t('jobs.sections.facts')} facts={facts} />;
}

/** States in their order; a state that came again right after itself with new details counts once. */
function Timeline({ events }: { events: readonly JobEvent[] }) {
  if (events.length === 0) return <p className="muted">{t('jobs.noEvents')}</p>;
  const turns = events.filter(
    (event, index) => events[index + 1]?.state !== event.state || events[index + 1]?.task !== event.task,
  );
  return (
    <ol className="timeline">
      {turns.map((event, index) => (
        <li key={index}>
          <span>
            {event.task === null ? '' : `${t('jobs.tasks.name', { task: event.task })} · `}
            {eventText(event)}
          </span>
          <span className="timeline-detail" title={exactTime(event.at)}>
            <RelativeTime at={event.at} />
            {eventDetail(event) === '' ? '' : ` · ${eventDetail(event)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Files({ job }: { job: JobRecord }) {
  return (
    <Group title={t('jobs.sections.files')}>
      <table className="plain-table selectable">
        <tbody>
          {job.files.map((file) => (
            <tr key={file.remoteName}>
              <td title={file.sha256 ?? undefined}>
                {file.remoteName}
                {file.slot === null ? null : <span className="muted"> {file.slot}</span>}
              </td>
              <td className="number">{formatBytes(file.size)}</td>
              <td className="number">{file.uploaded ? '✓' : <span className="muted">{t('jobs.notUploaded')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Group>
  );
}

function Cost({ cost }: { cost: NonNullable<JobRecord['cost']> }) {
  const { currency, billing } = cost;
  return (
    <Group title={t('jobs.sections.cost')}>
      <table className="plain-table">
        <tbody>
          {currency === null
            ? null
            : cost.lines.map((line) => (
                <tr key={line.kind}>
                  <td>
                    {formatCount(line.quantity)} {t(`jobs.costKind.${line.kind}`, { count: line.quantity })} ×{' '}
                    {formatCount(line.hours)} h
                  </td>
                  <td className="number">{formatMoney(line.amount, currency)}</td>
                </tr>
              ))}
          <tr>
            <th scope="row">{t('jobs.costTotal')}</th>
            <td className="number">
              {cost.currency === null ? t('jobs.noRates') : <strong>{formatMoney(cost.total, cost.currency)}</strong>}
            </td>
          </tr>
          {billing === null ? null : (
            <tr>
              <th scope="row">{t('jobs.costBilling')}</th>
              <td className="number">{formatCount(billing.total)}</td>
            </tr>
          )}
        </tbody>
      </table>
      {currency === null && billing === null ? null : <p className="secondary">{t('jobs.costNote')}</p>}
    </Group>
  );
}
