/**
 * The `#SBATCH` lines of a script, as sbatch itself reads them: a line of its own from the first column, up to the first command.
 * Source: sbatch(1), "DESCRIPTION"; the words of a line are taken apart like src/sbatch/opt.c does, which is not quite like a shell.
 */
import { optionKey } from '../../../../shared/domain/slurmOptions.ts';
import { longOption, shortOption } from './sbatchOptions.ts';

/** One option of one line. Lines count from 1. */
export interface ScriptOption {
  /** As in `slurm:`, with `_`. */
  readonly key: string;
  /** `true`: the option stands without a value. */
  readonly value: string | true;
  readonly line: number;
  /** As it stood. */
  readonly what: string;
}

export interface LineFault {
  readonly line: number;
  readonly what: string;
  readonly reason: string;
}

export interface SbatchLines {
  /** Components of a heterogeneous job; an ordinary job has one. */
  readonly components: readonly (readonly ScriptOption[])[];
  readonly faults: readonly LineFault[];
  /** The lines that sbatch takes as directives, which are no part of the commands. From 1. */
  readonly taken: ReadonlySet<number>;
  /** `#SBATCH` lines that sbatch does not read, as they stand behind a command or not in the first column. */
  readonly unread: readonly LineFault[];
  /** Lines `#SBATCH hetjob` or `packjob`. */
  readonly separators: readonly number[];
}

const MAGIC = '#SBATCH';

export function readSbatchLines(lines: readonly string[]): SbatchLines {
  const components: ScriptOption[][] = [[]];
  const faults: LineFault[] = [];
  const unread: LineFault[] = [];
  const separators: number[] = [];
  const taken = new Set<number>();
  let begun = false;
  for (const [at, text] of lines.entries()) {
    const line = at + 1;
    if (!text.startsWith(MAGIC)) {
      if (/^\s+#SBATCH/.test(text)) unread.push({ line, what: text.trim(), reason: 'sbatch reads #SBATCH in the first column only.' });
      begun ||= /^\s*[^\s#]/.test(text);
      continue;
    }
    if (begun) {
      unread.push({ line, what: text, reason: 'sbatch reads no #SBATCH line behind the first command; the line has no effect.' });
      continue;
    }
    taken.add(line);
    const { words, fault } = directiveWords(text.slice(MAGIC.length));
    if (fault !== null) {
      faults.push({ line, what: text, reason: fault });
      continue;
    }
    if (words[0] === 'hetjob' || words[0] === 'packjob') {
      separators.push(line);
      components.push([]);
      continue;
    }
    readOptions(words, line, components.at(-1) ?? [], faults);
  }
  return { components, faults, taken, unread, separators };
}

/**
 * The words of a directive. Quotes group and vanish, `\` takes the meaning of the next character, an open `#` begins a comment even
 * in the middle of a word, and an empty word ends the line. sbatch gives up at a `:` where a word begins and at a quote that is not closed.
 */
export function directiveWords(text: string): { words: string[]; fault: string | null } {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (at >= text.length || text.charAt(at) === '#') return { words, fault: null };
    if (text.charAt(at) === ':') return { words, fault: 'sbatch does not accept a “:” where an option is expected.' };
    let word = '';
    let quote = '';
    let escaped = false;
    for (; at < text.length && (quote !== '' || !/\s/.test(text.charAt(at))); at += 1) {
      const c = text.charAt(at);
      if (escaped) {
        word += c;
        escaped = false;
      } else if (c === '\\') escaped = true;
      else if (quote !== '') {
        if (c === quote) quote = '';
        else word += c;
      } else if (c === '"' || c === "'") quote = c;
      else if (c === '#') break;
      else word += c;
    }
    if (quote !== '') return { words, fault: `sbatch stops here: ${quote} is not closed.` };
    if (word === '') return { words, fault: null };
    words.push(word);
    if (text.charAt(at) === '#') return { words, fault: null };
  }
}

/** Words as getopt_long takes them: `--x=y`, `--x y`, `-x y`, `-xy`, and letters together, `-Hn4`. */
function readOptions(words: readonly string[], line: number, options: ScriptOption[], faults: LineFault[]): void {
  const queue = [...words];
  const refuse = (what: string, reason: string): void => void faults.push({ line, what, reason });
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--' || word === '-' || !word.startsWith('-')) {
      if (word === '--' && queue.length === 0) return;
      refuse([word, ...queue].join(' '), 'sbatch takes this for no option and refuses the script.');
      return;
    }
    const found: ScriptOption[] | null = word.startsWith('--') ? longWord(word, queue, line, refuse) : letters(word, queue, line, refuse);
    if (found === null) return;
    options.push(...found);
  }
}

type Refuse = (what: string, reason: string) => void;

function longWord(word: string, queue: string[], line: number, refuse: Refuse): ScriptOption[] | null {
  const equals = word.indexOf('=');
  const given = word.slice(2, equals === -1 ? undefined : equals);
  const value = equals === -1 ? null : word.slice(equals + 1);
  const option = longOption(given);
  if (option === null) {
    // an option of another version or of a plugin: whether the next word is its value cannot be known
    refuse(word, 'not an option of sbatch that Slipway knows.');
    if (value === null && queue[0]?.startsWith('-') === false) queue.shift();
    return [];
  }
  const key = optionKey(option.name);
  if (option.takes === 'nothing' && value !== null) {
    refuse(word, 'the option takes no value.');
    return [];
  }
  if (option.takes !== 'value') return [{ key, value: value === null || value === '' ? true : value, line, what: word }];
  const next = value ?? queue.shift();
  if (next === undefined) {
    refuse(word, 'the option needs a value.');
    return null;
  }
  return [{ key, value: next, line, what: value === null ? `${word} ${next}` : word }];
}

function letters(word: string, queue: string[], line: number, refuse: Refuse): ScriptOption[] | null {
  const options: ScriptOption[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const option = shortOption(letter);
    if (option === null) {
      refuse(word, `“-${letter}” is no option of sbatch.`);
      return options;
    }
    const key = optionKey(option.name);
    const rest = word.slice(at + 1);
    if (option.takes === 'nothing') {
      options.push({ key, value: true, line, what: `-${letter}` });
      continue;
    }
    if (option.takes === 'perhaps') return [...options, { key, value: rest === '' ? true : rest, line, what: `-${letter}${rest}` }];
    const value = rest === '' ? queue.shift() : rest;
    if (value === undefined) {
      refuse(word, 'the option needs a value.');
      return null;
    }
    return [...options, { key, value, line, what: rest === '' ? `-${letter} ${value}` : `-${letter}${rest}` }];
  }
  return options;
}
