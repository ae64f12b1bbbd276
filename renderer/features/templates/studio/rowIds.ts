/** Which row of a list is which, after the text that it is read from has changed. Pure. */

/** A row with an id of its own: its name may change, and its place too. */
export interface KnownRow {
  readonly id: string;
  readonly name: string;
}

/**
 * The rows of these names, with the ids that they had `before`: a row that moved keeps its id by its name, one that was renamed by
 * what is left over. A row that is new gets an id that none had. The same array when nothing changed.
 */
export function followRows(before: readonly KnownRow[], names: readonly string[]): readonly KnownRow[] {
  if (before.length === names.length && before.every(({ name }, place) => name === names[place])) return before;
  const left = new Set(before);
  const take = (row: KnownRow | undefined): string | null => {
    if (row === undefined || !left.delete(row)) return null;
    return row.id;
  };
  // a name may stand twice: who has kept its place is not mistaken for the other
  const inPlace = names.map((name, place) => (before[place]?.name === name ? take(before[place]) : null));
  const byName = names.map((name, place) => inPlace[place] ?? take([...left].find((row) => row.name === name)));
  // as many rows as before: what no name tells apart was renamed, and not removed and added
  const wereRenamed = before.length === names.length;
  let next = 1 + Math.max(0, ...before.map(({ id }) => Number(id)));
  return names.map((name, place) => ({
    name,
    id: byName[place] ?? (wereRenamed ? take([...left][0]) : null) ?? String(next++),
  }));
}

/** The place to which a row goes from place `from` when it is dropped before or after the row at place `at`. */
export function placeAfterDrop(from: number, at: number, side: 'before' | 'after'): number {
  const gap = side === 'before' ? at : at + 1;
  return gap > from ? gap - 1 : gap;
}
