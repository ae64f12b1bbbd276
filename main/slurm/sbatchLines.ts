/**
 * What sbatch reads of a script: the words of its `#SBATCH` (and `#SLURM`) lines up to the first command, as one command line. The one
 * reader of it in Slipway, for preview, checks, record and import. Source: `_opt_batch_script`, `get_argument` and `_set_options` of
 * Slurm's src/sbatch/opt.c, the same in 20.02 to 26.05.
 */
import { message, type Message } from '../../shared/messages/message.ts';
import {
  longOption,
  shortOption,
  type SbatchOption,
  type SbatchRelease,
} from '../../shared/domain/request/sbatchOptions.ts';
import { optionKey } from '../../shared/domain/request/options.ts';
import { directiveWords } from '../../shared/domain/request/directiveWords.ts';

/** One option of one line. Lines count from 1. */
export interface ScriptOption {
  /** As in `slurm:`, with `_`, by the option's whole name. One that Slipway does not know stands as it was written. */
  readonly key: string;
  /** `true`: the option stands without a value. */
  readonly value: string | true;
  readonly line: number;
  /** As it stood. */
  readonly what: string;
  /** False for an option of no release that Slipway knows: whether the word behind it is its value is a guess. */
  readonly isKnown: boolean;
}

/** Something because of which sbatch refuses the script. */
export interface LineFault {
  readonly line: number;
  readonly what: string;
  readonly reason: Message;
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

/** The second is of Slurm's first years; sbatch complains about it and obeys. */
const MAGIC = ['#SBATCH', '#SLURM'];
/** White space of C, which is not that of Unicode. */
const IS_COMMAND = /^[ \t\n\v\f\r]*[^ \t\n\v\f\r#]/;
const SEPARATOR = /^[ \t\v\f\r]*(?:het|pack)job(?=[ \t\v\f\r]|$)/i;

interface Word {
  readonly text: string;
  readonly line: number;
}

/** `release`: of the cluster's Slurm where it is known; otherwise a beginning of a name means what the releases agree on. */
export function readSbatchLines(lines: readonly string[], release: SbatchRelease | null = null): SbatchLines {
  const words: Word[][] = [[]];
  const faults: LineFault[] = [];
  const unread: LineFault[] = [];
  const separators: number[] = [];
  const taken = new Set<number>();
  let begun = false;
  for (const [at, text] of lines.entries()) {
    const line = at + 1;
    const magic = MAGIC.find((each) => text.startsWith(each));
    if (magic === undefined) {
      if (/^\s+#SBATCH/.test(text))
        unread.push({ line, what: text.trim(), reason: message('scripts.line.firstColumnOnly') });
      begun ||= IS_COMMAND.test(text);
      continue;
    }
    if (begun) {
      if (magic === '#SBATCH')
        unread.push({
          line,
          what: text,
          reason: message('scripts.line.behindCommand'),
        });
      continue;
    }
    taken.add(line);
    const said = text.slice(magic.length);
    if (SEPARATOR.test(said)) {
      separators.push(line);
      words.push([]);
    }
    const read = directiveWords(said);
    // not by push(...): a line may have more words than a call may have arguments
    for (const word of read.words) words.at(-1)?.push({ text: word, line });
    if (read.fault !== null) faults.push({ line, what: text, reason: read.fault });
  }
  const components = words.map((each) => new CommandLine(each, release, faults).read());
  return { components, faults: faults.sort((a, b) => a.line - b.line), taken, unread, separators };
}

/** The options that sbatch obeys, in their order: of one that is given twice the later one counts. Those of a heterogeneous job's first component. */
export function readDirectives(script: string, release: SbatchRelease | null = null): readonly ScriptOption[] {
  return readSbatchLines(script.split('\n'), release).components[0] ?? [];
}

/** Words as getopt_long takes them: `--x=y`, `--x y`, `-x y`, `-xy`, and letters together, `-Hn4`. A value may stand on the next line. */
class CommandLine {
  readonly #words: readonly Word[];
  readonly #release: SbatchRelease | null;
  readonly #faults: LineFault[];
  readonly #options: ScriptOption[] = [];
  #at = 0;

  constructor(words: readonly Word[], release: SbatchRelease | null, faults: LineFault[]) {
    this.#words = words;
    this.#release = release;
    this.#faults = faults;
  }

  read(): ScriptOption[] {
    for (let word = this.#next(); word !== undefined; word = this.#next()) {
      const { text, line } = word;
      if (text === '--' && this.#at === this.#words.length) break;
      if (text === '--' || text === '-' || !text.startsWith('-')) {
        // sbatch gives up here; what other lines ask for is still of use to whoever mends the script
        const others = this.#restOfLine(line);
        this.#refuse(line, [text, ...others].join(' '), message('scripts.line.noOption'));
      } else if (text.startsWith('--')) this.#long(text, line);
      else this.#letters(text, line);
    }
    return this.#options;
  }

  #next(): Word | undefined {
    const word = this.#words[this.#at];
    this.#at += 1;
    return word;
  }

  #restOfLine(line: number): string[] {
    const rest: string[] = [];
    for (; this.#words[this.#at]?.line === line; this.#at += 1) rest.push(this.#words[this.#at]?.text ?? '');
    return rest;
  }

  #refuse(line: number, what: string, reason: Message): void {
    this.#faults.push({ line, what, reason });
  }

  #add({ name }: Pick<SbatchOption, 'name'>, value: string | true, line: number, what: string, isKnown = true): void {
    this.#options.push({ key: optionKey(name), value, line, what, isKnown });
  }

  #long(word: string, line: number): void {
    const equals = word.indexOf('=');
    const given = word.slice(2, equals === -1 ? undefined : equals);
    const value = equals === -1 ? null : word.slice(equals + 1);
    const found = longOption(given, this.#release);
    if (found.kind === 'ambiguous') {
      this.#refuse(
        line,
        word,
        message('scripts.line.severalOptions', { given, names: found.among.map((name) => `--${name}`).join(', ') }),
      );
      if (
        value === null &&
        this.#words[this.#at]?.line === line &&
        this.#words[this.#at]?.text.startsWith('-') === false
      )
        this.#at += 1;
      return;
    }
    if (found.kind === 'unknown') {
      // an option of another release or of a plugin
      const next = this.#words[this.#at];
      const guessed = value === null && next?.line === line && !next.text.startsWith('-') ? next.text : null;
      if (guessed !== null) this.#at += 1;
      this.#add({ name: given }, value ?? guessed ?? true, line, guessed === null ? word : `${word} ${guessed}`, false);
      return;
    }
    const { option } = found;
    if (option.takes === 'nothing' && value !== null) this.#refuse(line, word, message('scripts.line.takesNoValue'));
    else if (option.takes !== 'value') this.#add(option, value === null || value === '' ? true : value, line, word);
    else this.#withValue(option, value, word, line);
  }

  #letters(word: string, line: number): void {
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      const option = shortOption(letter);
      if (option === null) {
        this.#refuse(line, word, message('scripts.line.noSuchLetter', { letter }));
        return;
      }
      if (option.takes === 'nothing') {
        this.#add(option, true, line, `-${letter}`);
        continue;
      }
      const rest = word.slice(at + 1);
      if (option.takes === 'perhaps') this.#add(option, rest === '' ? true : rest, line, `-${letter}${rest}`);
      else this.#withValue(option, rest === '' ? null : rest, `-${letter}${rest}`, line);
      return;
    }
  }

  #withValue(option: SbatchOption, value: string | null, word: string, line: number): void {
    const next = value ?? this.#next()?.text;
    if (next === undefined) this.#refuse(line, word, message('scripts.line.needsValue'));
    else this.#add(option, next, line, value === null ? `${word} ${next}` : word);
  }
}
