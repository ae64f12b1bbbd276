/** A script of a Batch Connect app with its Ruby as bash: fields as variables, branches as `if`. Nothing of it is run here. */
import { message } from '../../../../shared/messages/message.ts';
import { bashTest, bashText, constantOf, localVariable, type Names } from './batchConnectValues.ts';
import { erbPieces, rubyStatements, type Statement } from './erbTags.ts';
import type { Say } from './openComposerWidgets.ts';
import { readExpression, type RubyExpression } from './rubyExpression.ts';
import { ShellPlaces } from './shellPlaces.ts';

export interface BashScript {
  /** Without the first line where that names the interpreter. */
  readonly lines: readonly string[];
  /** `python3`, say; null for bash. */
  readonly interpreter: string | null;
  /** Places whose values are not known and where a job would not end by itself. */
  readonly gaps: readonly string[];
}

interface Frame {
  /** `bash`: an `if` of the script; `document`: one within a here-document, of which each line is printed; `certain`: it is known which branch counts; `first`: the first is taken; `unread`: all of it is a remark. */
  readonly kind: 'bash' | 'document' | 'certain' | 'first' | 'unread';
  readonly subject: RubyExpression | null;
  /** Of `certain` and `first`: whether this branch stands in the script, and whether one has. */
  stands: boolean;
  hasStood: boolean;
  /** Of a `case` before its first branch. */
  isFresh: boolean;
}

const isWritten = (kind: Frame['kind']): boolean => kind === 'bash' || kind === 'document';

const MARKER = /\u{e000}(\d+)\u{e001}/uy;
const CODE = /^\s*\u{e003}(\d+)\u{e004}\s*$/u;
const SHELL = /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:ba|da)?sh\b(.*)$/;
/** Says a password where everybody who may read the job's output reads it. */
const PRINTS_PASSWORD = /^\s*(?:echo|printf)\b[^|>;&]*\$\{?\w*(?:passw|token|secret)\w*\}?[^|>;&]*$/i;

export function bashOf(source: string, names: Names, say: Say): BashScript {
  return new Translator(names, say).translate(source);
}

class Translator {
  readonly #names: Names & { locals: Set<string> };
  readonly #say: Say;
  readonly #frames: Frame[] = [];
  readonly #places = new ShellPlaces();
  readonly #gaps: string[] = [];
  readonly #lines: string[] = [];

  constructor(names: Names, say: Say) {
    this.#names = { ...names, locals: new Set(names.locals) };
    this.#say = say;
  }

  translate(source: string): BashScript {
    const { marked, tags } = markedLines(source, (text) => this.#fixed(text));
    let interpreter: string | null = null;
    for (const [at, { text, line }] of marked.entries()) {
      if (at === 0 && text.startsWith('#!')) {
        const options = SHELL.exec(text)?.[1]?.trim();
        if (options === undefined) interpreter = text.slice(2).trim();
        else if (options !== '') this.#say('changed', line, text, message('imports.script.plainBash', { options }));
        continue;
      }
      const code = CODE.exec(text)?.[1];
      if (code !== undefined)
        for (const statement of rubyStatements(tags[Number(code)]?.text ?? '', tags[Number(code)]?.line ?? line))
          this.#take(statement, interpreter !== null);
      else if (this.#frames.some(({ kind }) => kind === 'unread'))
        this.#lines.push(
          `# ${text.replaceAll(/\u{e000}(\d+)\u{e001}/gu, (_, index: string) => `<%= ${tags[Number(index)]?.text.trim() ?? ''} %>`)}`,
        );
      else if (this.#frames.every(({ kind, stands }) => isWritten(kind) || stands))
        this.#push(text, line, tags, interpreter !== null);
    }
    for (const { kind } of this.#frames.splice(0)) if (kind === 'bash') this.#lines.push('fi');
    return { lines: this.#lines, interpreter, gaps: this.#gaps };
  }

  get #inDocument(): boolean {
    return this.#frames.some(({ kind }) => kind === 'document');
  }

  #fixed(code: string): string | null {
    const expression = readExpression(code.trim());
    return expression === null ? null : constantOf(expression, this.#names);
  }

  #push(text: string, line: number, tags: readonly { text: string; line: number }[], isForeign: boolean): void {
    const isCommand = this.#places.isBetweenCommands;
    const made = this.#places.line(text, MARKER, ([, index], place) => {
      const { text: code = '', line: at = line } = tags[Number(index)] ?? {};
      return this.#output(code.trim(), at, isForeign ? 'plain document' : place);
    });
    if (this.#inDocument) {
      if (/\$\(|`/.test(text)) this.#gaps.push(`the command within line ${String(line)}`);
      // between quotes the same expands as in the document; of the quote itself it is the other way round
      this.#lines.push(`printf '%s\\n' "${made.replaceAll(/\\?"/g, (quote) => (quote === '"' ? '\\"' : '\\\\\\"'))}"`);
      return;
    }
    const isWhole: boolean = this.#places.isBetweenCommands;
    if (isCommand && isWhole && !isForeign && PRINTS_PASSWORD.test(made)) {
      this.#say('changed', line, made.trim(), message('batchConnect.printsPassword'));
      this.#lines.push(`: # ${made.trim()}`);
    } else this.#lines.push(made);
  }

  #output(code: string, line: number, place: string): string {
    const source = `<%= ${code} %>`;
    if (place === 'comment') return source;
    const expression = readExpression(code);
    const text = expression === null ? null : bashText(expression, this.#names);
    if (text === null || place === 'plain document') {
      this.#say(
        'unsupported',
        line,
        source.slice(0, 200),
        message(text === null ? 'batchConnect.valueByRuby' : 'batchConnect.noExpansion'),
      );
      if (place === 'plain document' || place === 'expanding document' || this.#places.isSubstituted) {
        this.#gaps.push(`${source} in line ${String(line)}`);
        return source.replaceAll(/[$`\\"']/g, ' ');
      }
      const gap = gapText(source);
      return place === 'single' ? `'"${gap}"'` : place === 'double' ? gap : `"${gap}"`;
    }
    if (place === 'single') return `'"${text}"'`;
    if (place !== 'plain') return text;
    const variable = /^\$\{(\w+)\}$/.exec(text)?.[1];
    const isPath =
      expression !== null &&
      [...this.#names.fields.values()].some(
        ({ parameter }) =>
          parameter.type === 'path' && text === bashText({ kind: 'name', name: parameter.name }, this.#names),
      );
    // nothing stands for nothing there, and a text of several words for several
    if (isPath && variable !== undefined) return `\${${variable}:+"$${variable}"}`;
    return /^(?:\$\{\w+[,^]*\}|\$\(.*\))$/.test(text) ? text : `"${text}"`;
  }

  #take(statement: Statement, isForeign: boolean): void {
    const top = this.#frames.at(-1);
    const canBranch = this.#places.isBetweenCommands && !isForeign;
    const isDead = this.#frames.some(({ kind, stands }) => kind === 'unread' || (!isWritten(kind) && !stands));
    switch (statement.kind) {
      case 'if':
      case 'unless': {
        const read = readExpression(statement.text);
        this.#open(
          read !== null && statement.kind === 'unless' ? { kind: 'not', of: read } : read,
          statement,
          canBranch,
          isDead,
        );
        break;
      }
      case 'case': {
        const subject = readExpression(statement.text);
        const text = subject === null ? null : bashText(subject, this.#names);
        if (isDead || text === null) this.#open(null, statement, canBranch, isDead);
        else
          this.#frames.push({
            kind:
              constantOf(subject ?? { kind: 'nothing' }, this.#names) !== null
                ? 'certain'
                : canBranch
                  ? 'bash'
                  : 'first',
            subject,
            stands: false,
            hasStood: false,
            isFresh: true,
          });
        if (!isDead && text !== null && !canBranch && this.#frames.at(-1)?.kind === 'first') this.#sayBranch(statement);
        break;
      }
      case 'elsif':
      case 'when':
      case 'else':
        if (top !== undefined) this.#branch(top, statement);
        break;
      case 'end':
        this.#frames.pop();
        if (top !== undefined && isWritten(top.kind) && !top.isFresh)
          this.#lines.push(top.kind === 'document' && !this.#inDocument ? 'fi)' : 'fi');
        break;
      case 'assign':
        if (!isDead) this.#assign(statement, canBranch);
        break;
      case 'block':
        if (isDead)
          this.#frames.push({ kind: 'unread', subject: null, stands: false, hasStood: false, isFresh: false });
        else this.#open(null, statement, canBranch, false);
        break;
      case 'other':
        if (!isDead)
          this.#say('unsupported', statement.line, statement.text.slice(0, 200), message('batchConnect.ruby'));
    }
  }

  #open(
    condition: RubyExpression | null,
    statement: Extract<Statement, { text: string }>,
    canBranch: boolean,
    isDead: boolean,
  ): void {
    const test = condition === null ? null : bashTest(condition, this.#names);
    const frame = (kind: Frame['kind'], stands: boolean): void =>
      void this.#frames.push({ kind, subject: null, stands, hasStood: stands, isFresh: false });
    if (isDead) frame('unread', false);
    else if (test === 'true' || test === 'false') frame('certain', test === 'true');
    else if (test !== null && canBranch) {
      frame('bash', true);
      this.#lines.push(`if ${test}; then :`);
    } else if (test !== null && this.#places.document === 'expanding document') {
      this.#lines.push(`${this.#inDocument ? '' : '$('}if ${test}; then :`);
      frame('document', true);
    } else if (canBranch) {
      const source = `<% ${statement.kind === 'other' || statement.kind === 'block' || statement.kind === 'assign' ? '' : `${statement.kind} `}${statement.text} %>`;
      this.#say('unsupported', statement.line, source.slice(0, 200), message('batchConnect.rubyPlace'));
      this.#lines.push(`: "${gapText(source)}"`);
      frame('unread', false);
    } else {
      this.#sayBranch(statement);
      frame('first', true);
    }
  }

  #sayBranch({ text, line }: { text: string; line: number }): void {
    this.#say('unsupported', line, text.slice(0, 200), message('batchConnect.branchInText'));
    this.#gaps.push(`the branch ${text.slice(0, 80)} in line ${String(line)}`);
  }

  #branch(top: Frame, statement: Extract<Statement, { kind: 'elsif' | 'when' | 'else' }>): void {
    const { kind } = statement;
    const condition =
      kind === 'else' ? null : kind === 'elsif' ? readExpression(statement.text) : equals(top.subject, statement.text);
    const test = kind === 'else' ? 'true' : condition === null ? null : bashTest(condition, this.#names);
    if (top.kind === 'certain' || top.kind === 'first') {
      const holds = top.kind === 'first' ? top.isFresh : test === 'true';
      top.stands = !top.hasStood && holds;
      // behind a branch that does not hold, one that only may hold is taken where it is the last possible
      top.hasStood ||= top.stands;
    } else if (isWritten(top.kind)) {
      if (test === null && kind !== 'else') {
        const source = `<% ${kind} ${statement.text} %>`;
        this.#say('unsupported', statement.line, source.slice(0, 200), message('batchConnect.rubyBranch'));
        this.#lines.push(top.isFresh ? 'if true; then :' : 'else', `: "${gapText(source)}"`);
        this.#frames[this.#frames.length - 1] = { ...top, isFresh: false };
        return;
      }
      this.#lines.push(
        kind === 'else' && !top.isFresh ? 'else :' : `${top.isFresh ? 'if' : 'elif'} ${test ?? 'true'}; then :`,
      );
    } else this.#lines.push(`# <% ${kind} ${kind === 'else' ? '' : statement.text} %>`);
    top.isFresh = false;
  }

  #assign({ name, how, text, line }: Extract<Statement, { kind: 'assign' }>, canBranch: boolean): void {
    const expression = readExpression(text);
    const value = expression === null ? null : bashText(expression, this.#names);
    const test =
      value === null && how === '=' && expression !== null && canBranch ? bashTest(expression, this.#names) : null;
    if (test !== null) {
      this.#names.locals.add(name);
      this.#lines.push(`if ${test}; then ${localVariable(name)}=true; else ${localVariable(name)}=false; fi`);
      return;
    }
    if (value === null || !canBranch || (how === '+=' && !this.#names.locals.has(name))) {
      this.#names.locals.delete(name);
      this.#say('unsupported', line, `${name} ${how} ${text}`.slice(0, 200), message('batchConnect.endsWhereUsed'));
      return;
    }
    this.#names.locals.add(name);
    this.#lines.push(`${localVariable(name)}${how}"${value}"`);
  }
}

function equals(subject: RubyExpression | null, values: string): RubyExpression | null {
  const list = readExpression(`[${values}]`);
  if (subject === null || list?.kind !== 'list') return null;
  return list.items
    .map((right): RubyExpression => ({
      kind: 'operation',
      operator: right.kind === 'words' ? '=~' : '==',
      left: subject,
      right,
    }))
    .reduce<RubyExpression | null>(
      (left, right) => (left === null ? right : { kind: 'operation', operator: '||', left, right }),
      null,
    );
}

/** Ends the job rather than going on with something else than was meant. */
export const gapText = (source: string): string =>
  `\${OPEN_ONDEMAND_RUBY:?${source
    .replaceAll(/[^A-Za-z0-9_ .=<>%+-]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 120)} is not known}`;

/** The lines with a marker for each tag; lines of code alone are one line. What is the same for everybody stands there already. */
function markedLines(
  source: string,
  fixed: (code: string) => string | null,
): { marked: { text: string; line: number }[]; tags: { text: string; line: number }[] } {
  const marked = [{ text: '', line: 1 }];
  const tags: { text: string; line: number }[] = [];
  for (const { kind, text, line } of erbPieces(source)) {
    const last = marked.at(-1);
    if (kind === 'text') {
      for (const [at, part] of text.split('\n').entries()) {
        if (at === 0 && last !== undefined) last.text += part;
        else marked.push({ text: part, line: line + at });
      }
    } else if (last !== undefined && kind !== 'comment') {
      const value = kind === 'output' ? fixed(text) : null;
      if (value !== null) {
        last.text += value;
        continue;
      }
      tags.push({ text, line });
      const marker = String(tags.length - 1);
      last.text += kind === 'output' ? `\u{e000}${marker}\u{e001}` : `\u{e003}${marker}\u{e004}`;
    }
  }
  return { marked: marked.flatMap((each) => apart(each, tags)), tags };
}

const INLINE = /\u{e003}(\d+)\u{e004}([^\u{e003}]*)\u{e003}(\d+)\u{e004}(?:([^\u{e003}]*)\u{e003}(\d+)\u{e004})?/gu;

/** Several pieces of code of one line are lines of their own; `a <% if x %>b<% else %>c<% end %> d` is a value within its line. */
function apart(
  { text, line }: { text: string; line: number },
  tags: { text: string; line: number }[],
): { text: string; line: number }[] {
  if (!text.includes('\u{e003}') || CODE.test(text)) return [{ text, line }];
  const codes = text.split(/(\u{e003}\d+\u{e004})/u).filter((part) => part.trim() !== '');
  if (codes.every((part) => CODE.test(part))) return codes.map((part) => ({ text: part, line }));
  const code = (index: string | undefined): string => tags[Number(index)]?.text.trim() ?? '';
  const words = (part: string): string =>
    `"${part.replaceAll(/["\\#]/g, '\\$&').replaceAll(/\u{e000}(\d+)\u{e001}/gu, (_, index: string) => `#{${code(index)}}`)}"`;
  const value = (ruby: string): string => {
    tags.push({ text: ruby, line });
    return `\u{e000}${String(tags.length - 1)}\u{e001}`;
  };
  const made = text.replaceAll(
    INLINE,
    (whole, first: string, yes: string, second: string, no: string | undefined, third: string | undefined) => {
      const [, word, test] = /^(if|unless)\s+(.+)$/.exec(code(first)) ?? [];
      if (test === undefined || code(third ?? second) !== 'end' || (third !== undefined && code(second) !== 'else'))
        return whole;
      return value(`${word === 'unless' ? '!' : ''}(${test}) ? ${words(yes)} : ${words(no ?? '')}`);
    },
  );
  // what is left has no value: a gap in its place
  return [{ text: made.replaceAll(/\u{e003}(\d+)\u{e004}/gu, (_, index: string) => value(`do ${code(index)}`)), line }];
}
