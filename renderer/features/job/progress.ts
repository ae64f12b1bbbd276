import type { StateGroup } from '../../../shared/domain/job/state.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { taskGroup } from '../../../shared/domain/job/taskGroup.ts';

/** What is known of it; a row of the list comes without what the script said. */
export type OfProgress = Pick<Task, 'state' | 'progress'> & { readonly progressText?: string | null };

export interface ShownProgress {
  /** From 0 to 100. */
  readonly value: number;
  readonly percent: string;
  /** What the script said beside the number; empty for nothing. */
  readonly said: string;
  readonly tone: 'accent' | 'ok' | 'bad' | 'muted';
}

const TONES: Readonly<Record<StateGroup, ShownProgress['tone']>> = {
  pending: 'accent',
  running: 'accent',
  ok: 'ok',
  bad: 'bad',
  cancelled: 'muted',
  unknown: 'muted',
};

/**
 * How far a job or task is, as its script has said; null where that has said nothing. One that has completed is done, also where its
 * script did not say so or its last words were not read any more.
 */
export function shownProgress(of: OfProgress): ShownProgress | null {
  if (of.progress === null) return null;
  const group = taskGroup(of);
  const isDone = group === 'ok';
  const value = isDone ? 100 : of.progress;
  const said = isDone && of.progress < 100 ? '' : (of.progressText ?? '');
  return { value, percent: `${String(Math.round(value))} %`, said, tone: TONES[group] };
}
