/** A YAML file with embedded Ruby, as YAML: fields in the place of expressions, and under which conditions each line stands there. */
import { message } from '../../../../shared/messages/message.ts';
import { erbPieces, rubyStatements, type Statement } from './erbTags.ts';
import { fieldConditions, type FieldCondition } from './batchConnectConditions.ts';
import { directiveText, type Names } from './batchConnectValues.ts';
import type { Say } from './openComposerWidgets.ts';
import { readExpression, type RubyExpression } from './rubyExpression.ts';

/** Around the name of a field, until the YAML is read: `{{x}}` would be a map there. */
const FIELD = /\u{e000}(\w+)\u{e001}/gu;
/** Around what is worked out on the portal. */
export const WORKED_OUT = '\u{e002}';

export const withPlaceholders = (text: string): string => text.replaceAll(FIELD, '{{$1}}');

/** When a line counts. `unknown`: under a condition that no field can say. */
export type When = readonly FieldCondition[] | 'unknown' | 'never';

/** One word that Ruby adds to the arguments of sbatch. */
export interface ListedWord {
  readonly text: string;
  readonly line: number;
  readonly when: When;
}

export interface ErbYaml {
  /** With as many lines as the source. */
  readonly text: string;
  whenOf(line: number): When;
  /** Words of lists made in Ruby that are written out into the file. */
  readonly listed: readonly ListedWord[];
}

interface Frame {
  /** Of `case`: what is compared. Null where it is no plain expression. */
  readonly subject: RubyExpression | null;
  /** Null: not known. */
  condition: RubyExpression | null;
  earlier: (RubyExpression | null)[];
  /** Of a block that is no branch; its lines are left out. */
  readonly isBlock: boolean;
  branch: number;
  /** The list that the values of the branches go into. */
  readonly into: string | null;
}

/** `firstOnly`: of several branches that are possible, the first alone. */
export function readErbYaml(source: string, names: Names, say: Say, firstOnly = false): ErbYaml {
  return new Reader(names, say, firstOnly).read(source);
}

class Reader {
  readonly #names: Names;
  readonly #say: Say;
  readonly #firstOnly: boolean;
  readonly #frames: Frame[] = [];
  readonly #known = new Map<string, RubyExpression>();
  readonly #lists = new Map<string, ListedWord[]>();
  readonly #listed: ListedWord[] = [];
  readonly #conditions = new Map<number, When>();

  constructor(names: Names, say: Say, firstOnly: boolean) {
    this.#names = names;
    this.#say = say;
    this.#firstOnly = firstOnly;
  }

  read(source: string): ErbYaml {
    let made = '';
    for (const piece of erbPieces(source)) {
      const { kind, text, line } = piece;
      const breaks = '\n'.repeat(text.split('\n').length - 1);
      if (kind === 'text') {
        for (const [at, part] of text.split('\n').entries()) {
          const when = this.#when();
          if (part.trim() !== '') this.#conditions.set(line + at, when);
          made += `${at === 0 ? '' : '\n'}${when === 'never' || this.#isLeftOut() ? part.replaceAll(/\S/g, '') : part}`;
        }
      } else if (kind === 'output')
        made += (this.#isLeftOut() || this.#when() === 'never' ? '' : this.#output(text.trim(), line)) + breaks;
      else {
        if (kind === 'code') for (const statement of rubyStatements(text, line)) this.#take(statement);
        made += breaks;
      }
    }
    const conditions = this.#conditions;
    return { text: made, whenOf: (line) => conditions.get(line) ?? [], listed: this.#listed };
  }

  #isLeftOut(): boolean {
    return this.#frames.some(({ isBlock, branch }) => isBlock || (this.#firstOnly && branch > 0));
  }

  #when(): When {
    const found: FieldCondition[] = [];
    let isUnknown = false;
    for (const { condition, earlier, isBlock } of this.#frames) {
      if (isBlock) continue;
      for (const [each, isNegated] of [...earlier.map((one) => [one, true] as const), [condition, false] as const]) {
        const made = each === null ? null : fieldConditions(each, this.#names, isNegated);
        if (made === false) return 'never';
        if (made === null) isUnknown = true;
        else if (made !== true) found.push(...made);
      }
    }
    return isUnknown ? 'unknown' : found;
  }

  #output(code: string, line: number): string {
    const expression = this.#read(code);
    const list = expression?.kind === 'name' ? this.#lists.get(expression.name) : undefined;
    if (list !== undefined) {
      this.#listed.push(...list);
      return '[]';
    }
    const made = expression === null ? null : directiveText(expression, this.#names);
    if (made !== null) return made.replaceAll(/\{\{(\w+)\}\}/g, '\u{e000}$1\u{e001}').replaceAll('\n', ' ');
    this.#say('unsupported', line, `<%= ${code.slice(0, 200)} %>`, message('batchConnect.byRubyNotTaken'));
    return WORKED_OUT;
  }

  #read(code: string): RubyExpression | null {
    const found = readExpression(code);
    return found === null ? null : substitute(found, this.#known);
  }

  #take(statement: Statement): void {
    const top = this.#frames.at(-1);
    switch (statement.kind) {
      case 'if':
      case 'unless': {
        const read = this.#read(statement.text);
        this.#open({
          subject: null,
          condition: read !== null && statement.kind === 'unless' ? { kind: 'not', of: read } : read,
        });
        break;
      }
      case 'case':
        // nothing stands between it and its first branch
        this.#open({ subject: this.#read(statement.text), condition: { kind: 'truth', value: false }, branch: -1 });
        break;
      case 'elsif':
      case 'else':
      case 'when': {
        if (top === undefined || top.isBlock) break;
        if (top.branch >= 0) top.earlier.push(top.condition);
        top.branch += 1;
        top.condition =
          statement.kind === 'else'
            ? { kind: 'truth', value: true }
            : statement.kind === 'elsif'
              ? this.#read(statement.text)
              : this.#equals(top.subject, statement.text);
        // branches of a `case` exclude each other
        if (statement.kind === 'when') top.earlier = top.earlier.filter((each) => each !== null);
        break;
      }
      case 'end':
        this.#frames.pop();
        break;
      case 'assign':
        this.#assign(statement);
        break;
      case 'block':
        this.#block(statement.text, statement.line);
        break;
      case 'other':
        this.#other(statement.text, statement.line);
    }
  }

  #open(frame: Partial<Frame> & Pick<Frame, 'subject' | 'condition'>): void {
    this.#frames.push({ earlier: [], isBlock: false, branch: 0, into: null, ...frame });
  }

  #equals(subject: RubyExpression | null, values: string): RubyExpression | null {
    const list = this.#read(`[${values}]`);
    if (subject === null || list?.kind !== 'list') return null;
    const tests = list.items.map((right): RubyExpression => ({
      kind: 'operation',
      operator: right.kind === 'words' ? '=~' : '==',
      left: subject,
      right,
    }));
    return tests.reduce<RubyExpression | null>(
      (left, right) => (left === null ? right : { kind: 'operation', operator: '||', left, right }),
      null,
    );
  }

  #block(text: string, line: number): void {
    const [, name, head = ''] = /^([a-z_]\w*)\s*=\s*((?:case|if|unless)\b.*)$/.exec(text) ?? [];
    if (name !== undefined) {
      this.#lists.set(name, []);
      for (const statement of rubyStatements(head, line)) this.#take(statement);
      const frame = this.#frames.pop();
      if (frame !== undefined) this.#frames.push({ ...frame, into: name });
      return;
    }
    const list = this.#lists.get(/^([a-z_]\w*)\.(?:each|map)\b/.exec(text)?.[1] ?? '');
    if (list !== undefined) this.#listed.push(...list);
    else this.#say('unsupported', line, text.slice(0, 200), message('batchConnect.loop'));
    this.#open({ subject: null, condition: null, isBlock: true });
  }

  #assign({ name, how, text, line }: Extract<Statement, { kind: 'assign' }>): void {
    const value = this.#read(text);
    const words = value === null ? null : this.#words(value, line);
    if (words !== null && (how === '=' || this.#lists.has(name))) {
      this.#lists.set(name, how === '=' ? words : [...(this.#lists.get(name) ?? []), ...words]);
    } else if (how === '+=' && value !== null && this.#lists.has(name))
      this.#lists.get(name)?.push(this.#word(value, line));
    // what holds under a condition alone is not the variable's value
    else if (how === '=' && value !== null && this.#frames.length === 0) this.#known.set(name, value);
    else {
      this.#known.delete(name);
      this.#say('unsupported', line, `${name} ${how} ${text}`.slice(0, 200), message('batchConnect.byRuby'));
    }
  }

  #other(text: string, line: number): void {
    const [, name = '', inner = ''] = /^([a-z_]\w*)\.(?:push|append|concat)\s*\(?(.*?)\)?$/.exec(text) ?? [];
    const into = name === '' ? (this.#frames.findLast((frame) => frame.into !== null)?.into ?? '') : name;
    const value = this.#read(name === '' ? text : `[${inner}]`);
    const words = value === null || !this.#lists.has(into) ? null : this.#words(value, line);
    // branches of one value begin from the same list: its words stand there once
    const before = this.#lists.get(into);
    if (words !== null) before?.push(...words.filter((word) => !before.includes(word)));
    else this.#say('unsupported', line, text.slice(0, 200), message('batchConnect.byRuby'));
  }

  /** The words of a list, or of a sum of lists. */
  #words(value: RubyExpression, line: number): ListedWord[] | null {
    if (value.kind === 'list')
      return value.items.flatMap((item) => this.#words(item, line) ?? [this.#word(item, line)]);
    if (value.kind === 'name') return this.#lists.get(value.name) ?? null;
    if (value.kind !== 'operation' || value.operator !== '+') return null;
    const [left, right] = [this.#words(value.left, line), this.#words(value.right, line)];
    return left === null || right === null ? null : [...left, ...right];
  }

  #word(item: RubyExpression, line: number): ListedWord {
    const text = directiveText(item, this.#names);
    return { text: text ?? WORKED_OUT, line, when: text === null ? 'unknown' : this.#when() };
  }
}

/** With what variables stand for in the place of their names. */
function substitute(expression: RubyExpression, known: ReadonlyMap<string, RubyExpression>): RubyExpression {
  const within = (each: RubyExpression): RubyExpression => substitute(each, known);
  switch (expression.kind) {
    case 'name':
      return known.get(expression.name) ?? expression;
    case 'joined':
      return { ...expression, parts: expression.parts.map(within) };
    case 'list':
      return { ...expression, items: expression.items.map(within) };
    case 'call':
      return { ...expression, of: within(expression.of), given: expression.given.map(within) };
    case 'operation':
      return { ...expression, left: within(expression.left), right: within(expression.right) };
    case 'not':
      return { ...expression, of: within(expression.of) };
    case 'choice':
      return { ...expression, test: within(expression.test), yes: within(expression.yes), no: within(expression.no) };
    default:
      return expression;
  }
}
