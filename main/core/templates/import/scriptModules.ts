/** `module load` lines at the beginning of a script, which a template says under `modules:`. */

/** What a module may be called both in a template and in the line that loads it. */
const MODULE = /^[A-Za-z0-9][A-Za-z0-9_.+/@=-]{0,127}$/;

/** Lines that loading before them or behind them is the same for. */
const NEUTRAL =
  /^(?:\s*(?:#.*)?|\s*set [-+][A-Za-z]+(?: pipefail)?\s*|echo [A-Za-z0-9 "',:._-]*|(?:export )?[A-Za-z_]\w*=(?:[A-Za-z0-9_./:-]*|"[A-Za-z0-9_./: -]*")|date|hostname|pwd)$/;
/** Assignments that decide what can be loaded. */
const OF_MODULES = /^(?:export )?(?:MODULE|LMOD|BASH_ENV)/;
/** Longer lines load no modules, and looking at them so closely would take too long. */
const MAX_LINE = 500;
const OTHER = /^\s*(?:module|ml)\b/;

export interface LoadLine {
  /** From 0. */
  readonly line: number;
  readonly modules: readonly string[];
}

/**
 * The plain loads before the first line that does anything else. None are taken where modules are also unloaded, purged, swapped or
 * searched in further folders: the order counts then, and the lines stay as they are (`others`, from 0).
 */
export function moduleLoads(lines: readonly string[]): { loads: LoadLine[]; others: number[] } {
  const loads: LoadLine[] = [];
  const others = lines.flatMap((text, line) => (OTHER.test(text) && loadedBy(text) === null ? [line] : []));
  for (const [line, text] of lines.entries()) {
    const modules = loadedBy(text);
    if (modules !== null) loads.push({ line, modules });
    else if (text.length > MAX_LINE || !NEUTRAL.test(text) || OF_MODULES.test(text) || text.endsWith('\\')) break;
  }
  return others.length > 0 ? { loads: [], others } : { loads, others };
}

function loadedBy(text: string): string[] | null {
  if (text.length > MAX_LINE) return null;
  const [, names] = /^(?:module\s+(?:load|add)|ml(?:\s+load)?)\s+([^#]*?)\s*(?:\s#.*)?$/.exec(text) ?? [];
  const modules = names?.split(/\s+/) ?? [];
  const isCommand = /^(?:purge|list|avail|spider|use|unuse|swap|unload|reset|restore|save|show|help|switch|rm|del)$/;
  return modules.length > 0 &&
    modules.every((name) => MODULE.test(name)) &&
    !modules.some((name) => isCommand.test(name))
    ? modules
    : null;
}
