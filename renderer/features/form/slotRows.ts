import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { bySeverity } from './session/problems.ts';

/** One line of the files part: a slot with what lies in it, or an extra file. */
export interface SlotRow {
  slot: FileSlot | null;
  file: DraftFile | null;
  /** What is to be said about it, the worst first. */
  problems: readonly Problem[];
  /** `ok`: nothing stands against it. `empty`: nothing there, and nothing needed. */
  state: 'ok' | 'empty' | 'missing' | 'problem' | 'vanished';
}

/** The slots in the template's order, then the files that fit none, in the order in which they came. */
export function slotRows(
  slots: readonly FileSlot[],
  files: readonly DraftFile[],
  problems: readonly Problem[],
  vanished: ReadonlySet<string>,
): SlotRow[] {
  const stateOf = (file: DraftFile | null, slot: FileSlot | null, found: readonly Problem[]): SlotRow['state'] => {
    if (file === null) return slot?.required ? 'missing' : 'empty';
    if (vanished.has(file.handle)) return 'vanished';
    return found.some(({ severity }) => severity !== 'info') ? 'problem' : 'ok';
  };
  const inSlots = slots.map((slot): SlotRow => {
    const file = files.find((candidate) => candidate.slot === slot.name) ?? null;
    const found = bySeverity(problems.filter(({ field }) => field === `files.${slot.name}`));
    return { slot, file, problems: found, state: stateOf(file, slot, found) };
  });
  const known = new Set(slots.map(({ name }) => name));
  const extra = files
    .filter((file) => file.slot === null || !known.has(file.slot))
    .map((file): SlotRow => {
      const found = bySeverity(problems.filter((problem) => problem.field === 'files' && problem.file === file.name));
      return { slot: null, file, problems: found, state: stateOf(file, null, found) };
    });
  return [...inSlots, ...extra];
}
