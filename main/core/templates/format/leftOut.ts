import type { LeftOut, LeftOutReason } from '../../../../shared/contract/templates.ts';

/** Names that are told; the others are counted. */
const TOLD = 5;
const MAX_SHOWN = 120;

/** Collects what of a template folder is left out, in bounded space. */
export class LeftOutList {
  #count = 0;
  readonly #first: LeftOut['first'] = [];

  /** `name` within the folder, whatever it holds. */
  add(name: string, reason: LeftOutReason): void {
    this.#count += 1;
    if (this.#first.length < TOLD) this.#first.push({ name: shown(name), reason });
  }

  all(): LeftOut {
    return { count: this.#count, first: [...this.#first] };
  }
}

export function joined(lists: Iterable<LeftOut>): LeftOut {
  let count = 0;
  const first: LeftOut['first'] = [];
  for (const list of lists) {
    count += list.count;
    first.push(...list.first.slice(0, TOLD - first.length));
  }
  return { count, first };
}

/** Neither control characters nor such as turn the direction of a line reach a screen. */
function shown(name: string): string {
  const harmless = name.slice(0, 4 * MAX_SHOWN).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return harmless.length > MAX_SHOWN ? `${harmless.slice(0, MAX_SHOWN)}…` : harmless;
}
