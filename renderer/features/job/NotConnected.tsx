import { Unplug } from 'lucide-react';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { t } from '../../i18n/index.ts';
import { clockTime, exactTime, stateText, useNow } from '../../ui/index.ts';
import { ConnectButton } from './ConnectButton.tsx';
import { useStale } from './knowledge.ts';
import './job.css';

/** “as of 14:02” beside the state of a job whose cluster is not connected. */
export function AsOf({ job }: { job: JobRow }) {
  const stale = useStale(job);
  const now = useNow(60_000, stale !== null);
  if (stale === null) return null;
  return (
    <span className="secondary" title={exactTime(stale.asOf)} data-testid="as-of">
      {t('jobs.asOf', { time: clockTime(stale.asOf, now) })}
    </span>
  );
}

/** Says that nobody knows what the job does now, and leads to the connection. */
export function NotConnected({ job }: { job: JobRow }) {
  const stale = useStale(job);
  const now = useNow(60_000, stale !== null);
  if (stale === null) return null;
  return (
    <div className="job-note" role="status" data-testid="not-connected">
      <Unplug size={16} aria-hidden />
      <div>
        <strong>{t('jobs.stale.title', { cluster: stale.clusterName })}</strong>
        <p>{t('jobs.stale.text', { state: stateText(job.phase, job.state), time: clockTime(stale.asOf, now) })}</p>
        <ConnectButton clusterId={job.clusterId} />
      </div>
    </div>
  );
}
