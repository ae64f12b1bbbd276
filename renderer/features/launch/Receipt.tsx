import { useFormSessionKey } from '../form/index.ts';
import { ArrowLeft, ChevronDown, ChevronRight, CircleAlert, CircleCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import { endedUnsubmitted, mayBeResumed } from '../../../shared/domain/job/rules.ts';
import type { JobRecord, SubmitStep, TransferProgress } from '../../../shared/domain/job/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { useClusters } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, CopyButton, ErrorNotice, navigate, ProgressBar, RunningDuration, Skeleton } from '../../ui/index.ts';
import { CancelJob, RetryButton, SubmitSteps, useRun } from '../job/index.ts';
import { LiveJob } from './LiveJob.tsx';
import { reloadRun } from '../../stores/runs.ts';
import { backToEdit } from './submitting.ts';
import './Receipt.css';

/** What became of a submission: its steps, then the job. */
export function Receipt({ runId }: { runId: RunId }) {
  const key = useFormSessionKey();
  const { run, error: unasked } = useRun(runId);
  const [error, setError] = useState<CodedError | null>(null);
  const notice = unasked ? (
    <ErrorNotice
      error={unasked}
      action={
        <Button size="dense" onPress={() => reloadRun(runId)}>
          {t('ui.tryAgain')}
        </Button>
      }
    />
  ) : null;
  if (!run) return notice ?? <Skeleton lines={[40, 60, 50, 55]} />;
  const { job, steps, transfers } = run;
  const attempt = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => setError(null),
      (thrown: unknown) => setError(appErrorOf(thrown)),
    );
  return (
    <section
      className="receipt"
      aria-label={t('launch.receipt.title')}
      data-testid="receipt"
      data-phase={job.phase}
      data-run={runId}
    >
      <header className="receipt-head">
        <Button size="dense" variant="quiet" icon={ArrowLeft} onPress={() => backToEdit(key)}>
          {t('launch.submit.backToEdit')}
        </Button>
        <span className="form-actions">
          <CancelJob job={job} />
          <Button size="dense" onPress={() => navigate('jobs', [runId])}>
            {t('launch.receipt.openInJobs')}
          </Button>
        </span>
      </header>
      <div className="receipt-body">
        <header className="receipt-job">
          <h2 className="truncate" title={job.name}>
            {job.name}
          </h2>
          <JobId job={job} />
        </header>
        <Outcome
          job={job}
          onResume={() => void attempt(client.call('jobs.resume', { runId }))}
          onBack={() => backToEdit(key)}
        />
        <Submission job={job} steps={steps} />
        <Transfers transfers={transfers} />
        {error ? <ErrorNotice error={error} /> : null}
        {notice}
        {job.phase === 'submitted' ? <LiveJob job={job} /> : null}
      </div>
    </section>
  );
}

function JobId({ job }: { job: JobRecord }) {
  const cluster = useClusters(
    (store) => store.clusters?.find(({ profile }) => profile.id === job.clusterId)?.profile.name ?? job.clusterId,
  );
  return (
    <span className="receipt-id">
      {job.jobId === null ? null : (
        <>
          <span className="selectable" data-testid="job-id">
            {job.jobId}
          </span>
          <CopyButton text={job.jobId} label={`${t('ui.copy')}: ${t('launch.receipt.job')}`} />
        </>
      )}
      <span className="muted truncate">{cluster}</span>
    </span>
  );
}

/** How the job was submitted: in full while that is under way or went wrong, one line once it is done. */
function Submission({ job, steps }: { job: JobRecord; steps: readonly SubmitStep[] }) {
  const [isOpen, setOpen] = useState(false);
  const isDone = job.phase === 'submitted' && job.submittedAt !== null && steps.every(({ state }) => state === 'done');
  const all = (
    <>
      {steps.length > 0 ? (
        <SubmitSteps steps={steps} />
      ) : job.phase === 'submitted' ? null : (
        <Skeleton lines={[40, 30, 35]} />
      )}
      <Facts job={job} />
    </>
  );
  if (!isDone) return all;
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <button
        type="button"
        className="receipt-folded"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        data-testid="receipt-steps"
      >
        <Icon size={14} aria-hidden />
        <CircleCheck size={14} className="receipt-done" aria-hidden />
        {t('launch.receipt.submittedIn', { seconds: secondsOf((job.submittedAt ?? job.createdAt) - job.createdAt) })}
      </button>
      {isOpen ? all : null}
    </>
  );
}

/** Milliseconds as seconds with one digit: `0.7`. */
function secondsOf(milliseconds: number): string {
  return (Math.max(0, milliseconds) / 1000).toFixed(1);
}

function Transfers({ transfers }: { transfers: readonly TransferProgress[] }) {
  return transfers
    .filter(({ done, total }) => done < total)
    .map(({ name, done, total, bytesPerSecond }) => (
      <div key={name} className="transfer">
        <span className="mono truncate" title={name}>
          {name}
        </span>
        <ProgressBar
          value={total === 0 ? null : (done / total) * 100}
          label={t('launch.receipt.uploading', { name })}
          text={
            bytesPerSecond > 0
              ? t('launch.receipt.rate', {
                  done: formatBytes(done),
                  total: formatBytes(total),
                  rate: formatBytes(bytesPerSecond),
                  left: formatDuration((total - done) / bytesPerSecond),
                })
              : `${formatBytes(done)} / ${formatBytes(total)}`
          }
        />
      </div>
    ));
}

/** The end that is no job: what happened, and the next step. */
function Outcome({ job, onResume, onBack }: { job: JobRecord; onResume: () => void; onBack: () => void }) {
  if (endedUnsubmitted(job)) {
    const error = job.error ?? { code: 4001, message: t('launch.receipt.refused'), hint: '', details: {} };
    return (
      <ErrorNotice
        title={t('launch.receipt.refused')}
        error={{ ...error, requestId: job.requestId }}
        action={
          <>
            <Button size="dense" onPress={onBack}>
              {t('launch.submit.backToEdit')}
            </Button>
            {mayBeResumed(job) ? <RetryButton clusterId={job.clusterId} onRetry={onResume} /> : null}
          </>
        }
      />
    );
  }
  if (job.phase === 'ambiguous') {
    return (
      <div className="receipt-note" role="status" data-testid="ambiguous">
        <CircleAlert size={16} aria-hidden />
        <div>
          <strong>{t('launch.receipt.ambiguous')}</strong>
          <p>{t('launch.receipt.ambiguousText')}</p>
          <Button size="dense" onPress={() => navigate('jobs', [job.runId])}>
            {t('launch.receipt.decide')}
          </Button>
        </div>
      </div>
    );
  }
  return null;
}

function Facts({ job }: { job: JobRecord }) {
  const script = `${job.runFolder}/job.sh`;
  return (
    <dl className="receipt-facts">
      {endedUnsubmitted(job) || job.submittedAt !== null ? null : (
        <Fact label={t('launch.receipt.submitting')}>
          <RunningDuration since={job.createdAt} />
        </Fact>
      )}
      <Fact label={t('launch.receipt.folder')} copy={job.runFolder} mono />
      <Fact label={t('launch.receipt.script')} copy={script} mono>
        {job.edited === undefined ? null : (
          <>
            {script} <span className="muted">({t('launch.edit.receipt')})</span>
          </>
        )}
      </Fact>
      <Fact label={t('ui.requestId')} copy={job.requestId} mono />
    </dl>
  );
}

function Fact({
  label,
  copy = null,
  mono = false,
  children,
}: {
  label: string;
  copy?: string | null;
  mono?: boolean;
  children?: ReactNode;
}) {
  return (
    <>
      <dt>{label}</dt>
      <dd className={mono ? 'mono' : undefined}>
        <span className="receipt-value selectable" title={copy ?? undefined}>
          {children ?? copy}
        </span>
        {copy === null ? null : <CopyButton text={copy} label={`${t('ui.copy')}: ${label}`} />}
      </dd>
    </>
  );
}
