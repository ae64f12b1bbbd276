import type { JobEvent } from '../../../shared/domain/job/schema.ts';
import { SUBMIT_PHASES } from '../../../shared/domain/job/submitPhases.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { stateText } from '../../ui/index.ts';

/** What an event adds to its state; empty for nothing. */
export function eventDetail({ detail }: Pick<JobEvent, 'detail'>): string {
  return detail === null ? '' : sayMessage(detail);
}

/** The word of an event: a phase of the submission or a state of Slurm. */
export function eventText(event: JobEvent): string {
  const phase = SUBMIT_PHASES.find((known) => known === event.state);
  return phase ? t(`ui.state.${phase}`) : stateText('submitted', event.state);
}
