import type { JobEvent, SubmitPhase } from '../../../shared/domain/job.ts';
import { t } from '../../i18n/index.ts';
import { stateText } from '../../ui/index.ts';

const PHASES: readonly SubmitPhase[] = ['prepared', 'uploading', 'submitting', 'ambiguous', 'submitted', 'refused'];

/** The word of an event: a phase of the submission or a state of Slurm. */
export function eventText(event: JobEvent): string {
  const phase = PHASES.find((known) => known === event.state);
  return phase ? t(`ui.state.${phase}`) : stateText('submitted', event.state);
}
