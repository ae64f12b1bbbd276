import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { reasonMeaning } from '../../../shared/domain/job/reasonMeaning.ts';
import { sayMessage } from '../../i18n/index.ts';

export interface ReasonWords {
  readonly text: string;
  /** Slurm's own word, where the text is ours. */
  readonly word: string | null;
}

/** Slurm's reason as a person reads it; null when there is none, or when it says nothing that the state does not say. */
export function reasonWords(
  job: Pick<JobRow, 'state' | 'reason' | 'cancelledBy'>,
  dependency?: string,
): ReasonWords | null {
  const meaning = reasonMeaning(job, dependency);
  return meaning === null ? null : { text: sayMessage(meaning.said), word: meaning.word };
}
