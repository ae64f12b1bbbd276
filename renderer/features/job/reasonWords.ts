import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import { awaitedJobs, waitingReason, type WaitingReason } from '../../../shared/domain/job/waitingReason.ts';
import { t } from '../../i18n/index.ts';

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The sentence of a reason for waiting. `dependency` is what the job asked for, where that is known. */
export function waitingWords({ code, limit }: WaitingReason, dependency?: string): string {
  const awaited = awaitedJobs(dependency);
  if (limit !== null)
    return sentence(
      t(`jobs.wait.${code}`, { what: t(`jobs.limited.${limit.what}`), whose: t(`jobs.limitOf.${limit.of}`) }),
    );
  if (awaited.length > 0 && (code === 'dependency' || code === 'dependencyNever'))
    return t(`jobs.wait.${code}On`, { count: awaited.length, jobs: awaited.join(', ') });
  return t(`jobs.wait.${code}`);
}

/** Slurm's words for ends that the state says already. */
const SAID = new Set(['None', 'NonZeroExitCode', 'RaisedSignal', 'TimeLimit', 'OutOfMemory', 'NodeDown', 'DeadLine']);

export interface ReasonWords {
  readonly text: string;
  /** Slurm's own word, where the text is ours. */
  readonly word: string | null;
}

/** Slurm's reason as a person reads it; null when there is none, or when it says nothing that the state does not say. */
export function reasonWords(
  { state, reason, cancelledBy }: Pick<JobRow, 'state' | 'reason' | 'cancelledBy'>,
  dependency?: string,
): ReasonWords | null {
  if (state === 'CANCELLED' && cancelledBy != null)
    return {
      text:
        cancelledBy.who === 'other'
          ? t('jobs.cancelledBy.other', { name: cancelledBy.name ?? '?' })
          : t(`jobs.cancelledBy.${cancelledBy.who}`),
      word: null,
    };
  if (reason === null || reason === '' || reason === 'None') return null;
  const group = stateGroup(state);
  if (group === 'pending') {
    const waiting = waitingReason(reason);
    return waiting === null
      ? { text: reason, word: null }
      : { text: waitingWords(waiting, dependency), word: waiting.word };
  }
  // a number is nobody to the reader, and 0 the person too where everything runs as root
  if (/^by \d+$/.test(reason)) return null;
  return SAID.has(reason) ? null : { text: reason, word: null };
}
