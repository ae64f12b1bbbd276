import type { DraftFile } from '../../../shared/domain/draft.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { FileSlot } from '../../../shared/domain/template.ts';
import { worstOf } from './problems.ts';

/** One line of the files part: a slot with what lies in it, or an extra file. */
export interface SlotRow {
  slot: FileSlot | null;
  file: DraftFile | null;
  /** The worst that is to be said about it. */
  problem: Problem | null;
  /** `ok`: nothing stands against it. `empty`: nothing there, and nothing needed. */
  state: 'ok' | 'empty' | 'missing' | 'problem' | 'vanished';
}

/** The slots in the template's order, then the files that fit none, in the order in which they came. */
export function slotRows(slots: readonly FileSlot[], files: readonly DraftFile[], problems: readonly Problem[], vanished: ReadonlySet<string>): SlotRow[] {
  const stateOf = (file: DraftFile | null, slot: FileSlot | null, problem: Problem | null): SlotRow['state'] => {
    if (file === null) return slot?.required ? 'missing' : 'empty';
    if (vanished.has(file.handle)) return 'vanished';
    return problem !== null && problem.severity !== 'info' ? 'problem' : 'ok';
  };
  const inSlots = slots.map((slot): SlotRow => {
    const file = files.find((candidate) => candidate.slot === slot.name) ?? null;
    const problem = worstOf(problems.filter(({ field }) => field === `files.${slot.name}`));
    return { slot, file, problem, state: stateOf(file, slot, problem) };
  });
  const known = new Set(slots.map(({ name }) => name));
  const extra = files
    .filter((file) => file.slot === null || !known.has(file.slot))
    .map((file): SlotRow => {
      const problem = worstOf(problems.filter((candidate) => candidate.field === 'files' && candidate.file === file.name));
      return { slot: null, file, problem, state: stateOf(file, null, problem) };
    });
  return [...inSlots, ...extra];
}
