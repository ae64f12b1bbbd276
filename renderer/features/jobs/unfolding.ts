/** Where rows stand in a list of runs of which some are unfolded into their tasks. Pure. */

/** A run that is unfolded: its place among the runs, and how many tasks follow it. */
export interface Unfolded {
  readonly at: number;
  readonly tasks: number;
}

/** A row is a run (`task` null), or the task at that place of it. */
export interface Place {
  readonly run: number;
  readonly task: number | null;
}

export interface UnfoldedList {
  readonly rowCount: number;
  placeOf(row: number): Place;
  /** The row in which a run stands. */
  rowOfRun(run: number): number;
}

/** `runs` runs, of which `unfolded` (each once, in any order) show their tasks below them. */
export function unfoldedList(runs: number, unfolded: readonly Unfolded[]): UnfoldedList {
  const open = unfolded.filter(({ at, tasks }) => at < runs && tasks > 0).sort((a, b) => a.at - b.at);
  return {
    rowCount: open.reduce((count, { tasks }) => count + tasks, runs),
    placeOf: (row) => {
      let shift = 0;
      for (const { at, tasks } of open) {
        if (row - shift <= at) break;
        if (row - shift <= at + tasks) return { run: at, task: row - shift - at - 1 };
        shift += tasks;
      }
      return { run: row - shift, task: null };
    },
    rowOfRun: (run) => open.reduce((row, { at, tasks }) => (at < run ? row + tasks : row), run),
  };
}
