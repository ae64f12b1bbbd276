/** Where in a bash script a character stands: between which quotes, in which kind of here-document. */

export type ShellPlace = 'plain' | 'double' | 'single' | 'comment' | 'expanding document' | 'plain document';

/** Goes through a script line by line, and knows the place of each character. Not a shell: substitutions within arithmetic are not told apart. */
export class ShellPlaces {
  /** `$(` within `"` within … */
  readonly #open: ('"' | "'" | '(')[] = [];
  #documents: { end: string; isExpanding: boolean; isIndented: boolean }[] = [];
  #document: { end: string; isExpanding: boolean; isIndented: boolean } | null = null;
  #isContinued = false;

  /** Whether a command may begin with the next line. */
  get isBetweenCommands(): boolean {
    return this.#open.length === 0 && this.#document === null && !this.#isContinued;
  }

  /** Whether a command of its own is substituted there, whose end is not the script's. */
  get isSubstituted(): boolean {
    return this.#open.includes('(');
  }

  get document(): 'expanding document' | 'plain document' | null {
    return this.#document === null ? null : this.#document.isExpanding ? 'expanding document' : 'plain document';
  }

  /** The line with each part that `marker` finds replaced by what `put` says for its place. */
  line(text: string, marker: RegExp, put: (found: RegExpExecArray, place: ShellPlace) => string): string {
    const inside = this.#document;
    if (inside !== null && (inside.isIndented ? text.replace(/^\t+/, '') : text) === inside.end) {
      this.#document = this.#documents.shift() ?? null;
      return text;
    }
    let made = '';
    let isComment = false;
    for (let at = 0; at < text.length;) {
      marker.lastIndex = at;
      const found = marker.exec(text);
      if (found !== null) {
        made += put(found, this.document ?? (isComment ? 'comment' : this.#place()));
        at = marker.lastIndex;
        continue;
      }
      const step = this.#document === null && !isComment ? this.#step(text, at) : 1;
      if (step === 0) isComment = true;
      made += text.slice(at, at + Math.max(1, step));
      at += Math.max(1, step);
    }
    this.#isContinued = this.#document === null && !isComment && /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
    if (this.#document === null) this.#document = this.#documents.shift() ?? null;
    return made;
  }

  #place(): ShellPlace {
    const top = this.#open.at(-1);
    return top === '"' ? 'double' : top === "'" ? 'single' : 'plain';
  }

  /** How many characters belong together; 0 where a comment begins. */
  #step(text: string, at: number): number {
    const top = this.#open.at(-1);
    const c = text.charAt(at);
    if (top === "'") {
      if (c === "'") this.#open.pop();
      return 1;
    }
    if (c === '\\') return 2;
    if (text.startsWith('$(', at)) {
      this.#open.push('(');
      return 2;
    }
    if (c === '"') {
      if (top === '"') this.#open.pop();
      else this.#open.push('"');
      return 1;
    }
    if (top === '"') return 1;
    if (c === "'") this.#open.push("'");
    // `(` of a subshell has a `)` of its own
    else if (c === '(' && top === '(') this.#open.push('(');
    else if (c === ')' && top === '(') this.#open.pop();
    else if (c === '#' && (at === 0 || /[\s;(|&]/.test(text.charAt(at - 1)))) return 0;
    else if (text.startsWith('<<<', at)) return 3;
    else if (text.startsWith('<<', at)) {
      const [whole = '<<', dash = '', single, double, escape = '', word] =
        /^<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|(\\?)([\w.+-]+))/.exec(text.slice(at)) ?? [];
      const end = single ?? double ?? word;
      if (end !== undefined)
        this.#documents.push({
          end,
          isExpanding: single === undefined && double === undefined && escape === '',
          isIndented: dash === '-',
        });
      return whole.length;
    }
    return 1;
  }
}
