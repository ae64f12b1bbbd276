import { CircleAlert, Clock3, OctagonX } from 'lucide-react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import { waitingReason, type WaitKind } from '../../../shared/domain/job/waitingReason.ts';
import { t } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/index.ts';
import { CancelJob } from './CancelJob.tsx';
import { reasonWords } from './reasonWords.ts';
import './job.css';

const ICONS: Record<WaitKind, typeof Clock3> = { waits: Clock3, 'needs-you': CircleAlert, never: OctagonX };

/** Why a job waits, as a sentence, with what can be done about it; Slurm's own word stands beside it. */
export function WhyItWaits({ job }: { job: JobRecord }) {
  if (job.phase !== 'submitted' || stateGroup(job.state) !== 'pending') return null;
  const dependency = job.request.dependency;
  const words = reasonWords(job, typeof dependency === 'string' ? dependency : undefined);
  if (words === null) return null;
  const reason = waitingReason(job.reason);
  const kind = reason?.kind ?? 'waits';
  const Icon = ICONS[kind];
  const release = reason?.code === 'held' && job.jobId !== null ? `scontrol release ${job.jobId}` : null;
  return (
    <div className={`job-why job-why-${kind}`} data-testid="why-it-waits" data-kind={kind}>
      <Icon size={14} aria-hidden />
      <div>
        <p className="selectable" title={words.word ?? undefined}>
          {words.text}
          {words.word === null ? null : <span className="job-word mono">{words.word}</span>}
        </p>
        {release === null ? null : (
          <p className="copyable">
            {t('jobs.release')} <span className="mono selectable">{release}</span>
            <CopyButton text={release} />
          </p>
        )}
        {kind === 'waits' ? null : <CancelJob job={job} />}
      </div>
    </div>
  );
}
