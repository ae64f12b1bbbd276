/** What the keys of a grid or tree grid do, after the patterns of ARIA's authoring practices. Pure. */

/** Where the keyboard is. */
export interface GridPlace {
  /** The row; -1 for none yet. */
  readonly at: number;
  readonly rowCount: number;
  /** Rows that Page up and Page down go. */
  readonly page: number;
  /** Whether the row is unfolded; null where there is nothing to unfold. */
  readonly isOpen: boolean | null;
  /** The row that it belongs to, its own for one of the first level; null where the row is not loaded, and in a grid that is no tree. */
  readonly parent: number | null;
  readonly hasSelection: boolean;
}

export interface GridKey {
  readonly key: string;
  readonly shiftKey: boolean;
  /** ⌘ on a Mac, Ctrl elsewhere. */
  readonly hasMod: boolean;
}

export type GridAction =
  /** `to` is a row of the grid. */
  | { readonly do: 'go'; readonly to: number; readonly extend: boolean }
  | { readonly do: 'unfold'; readonly isOpen: boolean }
  | { readonly do: 'open' }
  | { readonly do: 'deselect' }
  | { readonly do: 'selectAll' };

/** Null for a key that is not the grid's, which then does what it does elsewhere. */
export function gridAction({ key, shiftKey, hasMod }: GridKey, place: GridPlace): GridAction | null {
  const { at, rowCount, page, isOpen, parent, hasSelection } = place;
  const go = (to: number, extend = shiftKey): GridAction | null =>
    rowCount === 0 ? null : { do: 'go', to: Math.max(0, Math.min(rowCount - 1, to)), extend };
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at - 1);
    case 'PageDown':
      return go(at + page);
    case 'PageUp':
      return go(at - page);
    case 'Home':
      return go(0);
    case 'End':
      return go(rowCount - 1);
    case 'ArrowRight':
      if (isOpen === null) return null;
      return isOpen ? go(at + 1, false) : { do: 'unfold', isOpen: true };
    case 'ArrowLeft':
      if (isOpen === true) return { do: 'unfold', isOpen: false };
      return parent === null ? null : go(parent, false);
    case 'Enter':
      return at < 0 ? null : { do: 'open' };
    case ' ':
      return go(at);
    case 'Escape':
      return hasSelection ? { do: 'deselect' } : null;
    default:
      return hasMod && key.toLowerCase() === 'a' ? { do: 'selectAll' } : null;
  }
}

/** A row as it was when somebody was there: rows shift when others come and go, so the key leads and the index only remembers. */
export interface KnownPlace {
  readonly index: number;
  /** Null for a row that was not loaded. */
  readonly key: string | null;
}

export const NOWHERE: KnownPlace = { index: -1, key: null };

/** So many rows are looked through on each side of where a row was: one that is further off was not moved by a few that came. */
const SEARCHED = 2000;

/** The row nearest to `index` that has that key; null for none. */
function nearest(key: string, index: number, rowCount: number, keyAt: (index: number) => string | null): number | null {
  for (let off = 0; off <= SEARCHED; off += 1) {
    const [above, below] = [index - off, index + off];
    if (above < 0 && below >= rowCount) break;
    if (above >= 0 && above < rowCount && keyAt(above) === key) return above;
    if (below >= 0 && below < rowCount && keyAt(below) === key) return below;
  }
  return null;
}

/**
 * Where the row of that place is now: the nearest with its key; else the row that it belongs to by `ownerOf`, which was folded over it;
 * and where it was if neither is there any more.
 */
export function placeNow(
  { index, key }: KnownPlace,
  rowCount: number,
  keyAt: (index: number) => string | null,
  ownerOf: (key: string) => string | null = () => null,
): number {
  const was = Math.min(index, rowCount - 1);
  if (key === null) return was;
  const owner = ownerOf(key);
  return (
    nearest(key, index, rowCount, keyAt) ?? (owner === null ? null : nearest(owner, index, rowCount, keyAt)) ?? was
  );
}
