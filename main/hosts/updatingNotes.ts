import type { ProgramOptions } from './program.ts';

/** Lines are this far apart, and none comes for an update that is over before. */
const EVERY_MS = 1000;

/** Says on a terminal how far the update of a database is, about once a second. `say` takes a line. */
export function updatingNotes(
  say: (line: string) => void,
  now: () => number = () => performance.now(),
): NonNullable<ProgramOptions['onUpdating']> {
  let saidAt = now();
  return ({ done, total }) => {
    if (now() - saidAt < EVERY_MS) return;
    saidAt = now();
    say(`Updating the database, ${String(total === 0 ? 100 : Math.floor((100 * done) / total))} %`);
  };
}
