/** Slurm's programs that a site counts: each of these asks its controller or its database. */
const PROGRAMS = new Set([
  'sbatch',
  'scancel',
  'squeue',
  'sacct',
  'sacctmgr',
  'sinfo',
  'scontrol',
  'sshare',
  'srun',
  'salloc',
  'sprio',
  'sstat',
  'sreport',
  'sdiag',
  'sattach',
  'sbcast',
  'strigger',
]);

/** Words after which a command still follows. */
const BEFORE_A_COMMAND = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', '}', 'time']);
/** What runs the command in its arguments, our scripts' own time limit among them; options and numbers stand in between. */
const WRAPPERS = new Set(['command', 'exec', 'env', 'nice', 'nohup', 'setsid', 'timeout', 'eval', 'slipway_limit']);

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;
const OWN_OF_WRAPPER = /^(?:-.*|\d+(?:\.\d+)?[smhd]?)$/;
/** Substitutions within substitutions; nobody writes more, and behind more of them nothing is read. */
const MAX_DEPTH = 100;
/** Characters of a word that need no further look. */
const PLAIN = /[^ \t\n'"`\\$;&|()<>]+/y;

/**
 * Slurm's programs that a sh script calls, one entry for each place: what a script may run at most, since a branch may not be taken.
 * For scripts that are taken over, and the test that holds our builders to what they say they run. Text in quotes is data and never counts: what a person wrote stands only there, or as an argument.
 */
export function programsOf(script: string): string[] {
  const found: string[] = [];
  new Reader(script, found).commands(null);
  return found;
}

/** Reads as much of the sh grammar (POSIX 2.3, 2.10) as tells commands from their arguments. Any text ends, at its end at the latest. */
class Reader {
  readonly #text: string;
  readonly #found: string[];
  #at = 0;
  #within = 0;
  /** Ends of here-documents that begin at the next line. */
  #hereEnds: { word: string; tabs: boolean }[] = [];

  constructor(text: string, found: string[]) {
    this.#text = text;
    this.#found = found;
  }

  /** Commands up to the end of the text, or behind the `)` or backquote that ends the substitution they stand in. */
  commands(end: ')' | '`' | null): void {
    let expected = true;
    let wrapped = false;
    let redirected = false;
    let depth = 0;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === end && (end === '`' || depth === 0)) {
        this.#at += 1;
        return;
      }
      if (char === ' ' || char === '\t') {
        this.#at += 1;
      } else if (char === '#') {
        this.#skipTo('\n');
      } else if (char === '\n' || char === ';' || char === '&' || char === '|' || char === '(' || char === ')') {
        if (char === '(') depth += 1;
        // a case pattern closes what nobody opened
        if (char === ')') depth = Math.max(0, depth - 1);
        this.#at += 1;
        if (char === '\n') this.#skipHereDocuments();
        expected = true;
        wrapped = false;
        redirected = false;
      } else if (char === '<' || char === '>') {
        redirected = !this.#redirection();
      } else {
        const word = this.#word();
        const next = this.#text[this.#at];
        if (redirected) redirected = false;
        else if (expected && !(/^\d+$/.test(word) && (next === '<' || next === '>'))) {
          if (BEFORE_A_COMMAND.has(word) || ASSIGNMENT.test(word)) continue;
          if (wrapped && OWN_OF_WRAPPER.test(word)) {
            // `command -v sbatch` looks where it is
            if (/^-[vV]+$/.test(word)) expected = false;
            continue;
          }
          wrapped = WRAPPERS.has(word);
          if (wrapped) continue;
          expected = false;
          const name = word.slice(word.lastIndexOf('/') + 1);
          if (PROGRAMS.has(name)) this.#found.push(name);
        }
      }
    }
  }

  /** One word; empty when a part of it is quoted or substituted: then it is none that we know. Commands in it are read. */
  #word(): string {
    let plain = true;
    let word = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (/[ \t\n;&|()<>]/.test(char)) break;
      PLAIN.lastIndex = this.#at;
      const run = PLAIN.exec(this.#text)?.[0];
      if (run !== undefined) {
        word += run;
        this.#at += run.length;
        continue;
      }
      // an assignment is one whatever its value is made of
      if (plain && ASSIGNMENT.test(word)) word = word.slice(0, word.indexOf('=') + 1);
      else if (plain) word = '';
      plain = false;
      if (char === "'") {
        this.#at += 1;
        this.#skipTo("'");
        this.#at += 1;
      } else if (char === '"') this.#doubleQuoted();
      else if (char === '\\') this.#at += 2;
      else if (char === '`') this.#substitution('`');
      else this.#dollar();
    }
    return plain || ASSIGNMENT.test(word) ? word : '';
  }

  #doubleQuoted(): void {
    this.#at += 1;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#at += 1;
        return;
      }
      if (char === '\\') this.#at += 2;
      else if (char === '$') this.#dollar();
      else if (char === '`') this.#substitution('`');
      else this.#at += 1;
    }
  }

  #substitution(end: ')' | '`'): void {
    this.#at += 1;
    this.#within += 1;
    if (this.#within > MAX_DEPTH) this.#at = this.#text.length;
    else this.commands(end);
    this.#within -= 1;
  }

  /** `$name`, `${…}`, `$(…)`; arithmetic holds no command that matters. */
  #dollar(): void {
    this.#at += 1;
    const char = this.#text[this.#at];
    if (char === '(') this.#substitution(')');
    else if (char === '{') {
      this.#at += 1;
      this.#skipTo('}');
      this.#at += 1;
    } else if (char === "'") {
      this.#at += 1;
      this.#skipTo("'");
      this.#at += 1;
    }
  }

  /** True when it was a here-document, whose end is read with it. */
  #redirection(): boolean {
    const [operator = '', tabs = ''] = /^(?:<<(-?)|[<>]+[&|]?)/.exec(this.#text.slice(this.#at, this.#at + 4)) ?? [];
    this.#at += Math.max(1, operator.length);
    if (!operator.startsWith('<<')) return false;
    const [all = '', , quoted, bare] =
      /^[ \t]*(?:(['"])(.*?)\1|([^\s;&|()<>]*))/.exec(this.#text.slice(this.#at, this.#at + 200)) ?? [];
    this.#at += all.length;
    this.#hereEnds.push({ word: (quoted ?? bare ?? '').replaceAll('\\', ''), tabs: tabs === '-' });
    return true;
  }

  #skipHereDocuments(): void {
    for (const { word, tabs } of this.#hereEnds) {
      while (this.#at < this.#text.length) {
        const from = this.#at;
        this.#skipTo('\n');
        const line = this.#text.slice(from, this.#at);
        this.#at += 1;
        if ((tabs ? line.replace(/^\t+/, '') : line) === word) break;
      }
    }
    this.#hereEnds = [];
  }

  #skipTo(char: string): void {
    const found = this.#text.indexOf(char, this.#at);
    this.#at = found < 0 ? this.#text.length : found;
  }
}
