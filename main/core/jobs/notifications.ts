import { cancellerText } from '../../../shared/domain/job/schema.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import type { Notifier } from '../ports.ts';
import type { SettingsReader } from '../services.ts';

/** Tells the person when a job starts, ends or fails, unless they do not want to hear of it. */
export function createNotifications(
  notifier: Notifier,
  settings: SettingsReader,
): (before: JobSummary, after: JobSummary) => void {
  return (before, after) => {
    if (!settings.current().notifications) return;
    const note = noteOf(before, after);
    if (note !== null) notifier.notify({ ...note, runId: after.runId });
  };
}

function noteOf(before: JobSummary, after: JobSummary): { title: string; body: string } | null {
  const job = `job ${after.jobId ?? '?'}`;
  if (!isFinal(after.state)) {
    const started = stateGroup(after.state) === 'running' && stateGroup(before.state) !== 'running';
    return started
      ? { title: `${after.name} has started`, body: after.nodes === null ? job : `${job} on ${after.nodes}` }
      : null;
  }
  // accounting, late, has only told more of an end that was told already
  if (isFinal(before.state) && stateGroup(before.state) === stateGroup(after.state)) return null;
  const ran = after.elapsed === null ? '' : ` after ${formatDuration(after.elapsed)}`;
  switch (stateGroup(after.state)) {
    case 'ok':
      return { title: `${after.name} has finished`, body: `${job}${ran}` };
    case 'cancelled':
      return {
        title: `${after.name} was cancelled`,
        body: after.cancelledBy == null ? `${job}${ran}` : `${job}${ran}, by ${cancellerText(after.cancelledBy)}`,
      };
    default: {
      const why =
        after.exitCode === null || after.exitCode === 0
          ? (after.state ?? '').toLowerCase().replaceAll('_', ' ')
          : `exit code ${String(after.exitCode)}`;
      return { title: `${after.name} has failed`, body: `${job}${ran}: ${why}` };
    }
  }
}
