import { cancellerMessage } from '../../../shared/domain/job/cancelledBy.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { message, verbatim, type Message } from '../../../shared/messages/message.ts';
import type { Notifier } from '../ports.ts';
import type { SettingsReader } from '../services.ts';

/** Tells the person when a job starts, ends or fails, unless they do not want to hear of it. The host says it in the language of the settings. */
export function createNotifications(
  notifier: Notifier,
  settings: SettingsReader,
): (before: JobSummary, after: JobSummary) => void {
  return (before, after) => {
    const { notifications, language } = settings.current();
    if (!notifications) return;
    const note = noteOf(before, after);
    if (note !== null) notifier.notify({ ...note, language, runId: after.runId });
  };
}

function noteOf(before: JobSummary, after: JobSummary): { title: Message; body: Message } | null {
  const { name } = after;
  const job = after.jobId ?? '?';
  if (!isFinal(after.state)) {
    const started = stateGroup(after.state) === 'running' && stateGroup(before.state) !== 'running';
    return started
      ? {
          title: message('notifications.started', { name }),
          body:
            after.nodes === null
              ? message('notifications.job', { job })
              : message('notifications.jobOn', { job, nodes: after.nodes }),
        }
      : null;
  }
  // accounting, late, has only told more of an end that was told already
  if (isFinal(before.state) && stateGroup(before.state) === stateGroup(after.state)) return null;
  const ran =
    after.elapsed === null
      ? message('notifications.job', { job })
      : message('notifications.jobAfter', { job, time: formatDuration(after.elapsed) });
  switch (stateGroup(after.state)) {
    case 'ok':
      return { title: message('notifications.finished', { name }), body: ran };
    case 'cancelled':
      return {
        title: message('notifications.cancelled', { name }),
        body:
          after.cancelledBy == null
            ? ran
            : message('notifications.by', { job: ran, who: cancellerMessage(after.cancelledBy) }),
      };
    default: {
      const why =
        after.exitCode === null || after.exitCode === 0
          ? // a state of Slurm's, in its words
            verbatim((after.state ?? '').toLowerCase().replaceAll('_', ' '))
          : message('notifications.exitCode', { code: after.exitCode });
      return {
        title: message('notifications.failed', { name }),
        body: message('notifications.because', { job: ran, why }),
      };
    }
  }
}
