/** `form.yml.erb` as the YAML that can be read of it: each line with the one of the file that it comes from. */
import { message } from '../../../../shared/messages/message.ts';
import type { SourceLine } from './erbCode.ts';
import { readErb, WORKED_OUT } from './erbText.ts';
import type { Say } from './openComposerWidgets.ts';
import { readRubyLiteral, type RubyValue } from './rubyLiteral.ts';

export interface FormText {
  readonly lines: readonly SourceLine[];
  /** Lines of the job script that stand in here-documents. */
  readonly script: readonly SourceLine[];
  /** Ruby was left out of it. */
  readonly hasRuby: boolean;
}

/** More lines than these say nothing that the first do not. */
const MAX_TOLD = 100;

/** Tells what was left out, line by line. Never throws. */
export function readFormText(text: string, say: Say): FormText {
  const plain = text.split('\n').map((line, at) => ({ text: line, line: at + 1 }));
  if (!text.includes('<%')) return { lines: inSections(plain).map(({ line }) => line), script: [], hasRuby: false };
  const { lines, found } = readErb(text);
  const told = new Set<number>();
  const taken = (line: number): void => void told.add(line);
  const read = withWidgets(
    inSections(lines).flatMap(({ line, section }) => readLine(line, section, found.known, taken, say)),
    found.widgets,
  );
  const unread = found.unread.filter(({ line }) => !told.has(line));
  for (const { text: what, line } of unread.slice(0, MAX_TOLD))
    say('unsupported', line, what, message('openComposer.rubyByHand'));
  if (unread.length > MAX_TOLD)
    say(
      'unsupported',
      null,
      message('openComposer.furtherLines', { count: unread.length - MAX_TOLD }),
      message('openComposer.rubyNotRun'),
    );
  for (const other of found.otherForms) say('unsupported', null, other, message('openComposer.otherForm'));
  return { lines: read, script: found.script, hasRuby: true };
}

/** Indented with tabs, which Ruby's reader of YAML lets be within brackets, and this one does not. */
function withoutTabs({ text, line }: SourceLine, section: string): SourceLine {
  return {
    text: section === 'form' ? text.replace(/^[ \t]*\t[ \t]*/, (blanks) => blanks.replaceAll('\t', '        ')) : text,
    line,
  };
}

/** Each line with the key at the margin above it: `form`, `script`. */
function inSections(lines: readonly SourceLine[]): { line: SourceLine; section: string }[] {
  let section = '';
  return lines.map((line) => {
    section = /^([A-Za-z_]\w*):/.exec(line.text)?.[1] ?? section;
    return { line: withoutTabs(line, section), section };
  });
}

/** A line without what is worked out: its item, its value, or itself left out; a widget where a site's function is called like one. */
function readLine(
  { text, line }: SourceLine,
  section: string,
  known: ReadonlyMap<string, RubyValue>,
  taken: (line: number) => void,
  say: Say,
): SourceLine[] {
  if (!text.includes(WORKED_OUT)) return [{ text, line }];
  const code = text.trim().startsWith(WORKED_OUT) && text.trim().endsWith(WORKED_OUT) ? text.trim().slice(1, -1) : null;
  if (code !== null && !code.includes(WORKED_OUT)) {
    const widget = section === 'form' ? widgetOfCall(code, known) : null;
    if (widget === null) return [{ text: '', line }];
    taken(line);
    say('changed', line, `<%= ${code} %>`, message('openComposer.likeWidget'));
    return [{ text: `  ${JSON.stringify(widget.name)}: ${JSON.stringify(widget.keys)}`, line }];
  }
  if (section === 'script') return scriptLine(text, line, taken);
  const key = /^(\s*(?:- )?[\w-]+:)\s/.exec(text)?.[1];
  return [{ text: key === undefined || text.trimStart().startsWith('- ') ? '' : key, line }];
}

/** A directive without its value is none; a command comes to a place that ends the job and says so, like every unknown `#{…}`. */
function scriptLine(text: string, line: number, taken: (line: number) => void): SourceLine[] {
  const named = text
    .split(WORKED_OUT)
    .map((part, at) => (at % 2 === 1 ? (variableOf(part) ?? WORKED_OUT + part + WORKED_OUT) : part))
    .join('');
  if (!named.includes(WORKED_OUT)) {
    taken(line);
    return [{ text: named, line }];
  }
  if (/^\s*#(?!\{)/.test(text)) return [{ text: '', line }];
  return [
    {
      text: named
        .split(WORKED_OUT)
        .map((part, at) => (at % 2 === 1 ? `#{ruby ${part.replaceAll(/[{}]/g, ' ')}}` : part))
        .join(''),
      line,
    },
  ];
}

/** `ENV['USER']` and the like are the same on the cluster. */
function variableOf(code: string): string | null {
  if (/^(?:Dir\.home|ENV\[['"]HOME['"]\])$/.test(code)) return '${HOME}';
  return /^ENV\[['"](?:USER|LOGNAME)['"]\]$/.test(code) ? '${USER}' : null;
}

const CALLED: Readonly<Record<string, string>> = {
  text: 'text',
  number: 'number',
  email: 'email',
  select: 'select',
  radio: 'radio',
  multi_select: 'multi_select',
  checkbox: 'checkbox',
  path: 'path',
};
const CHOSEN: readonly string[] = ['select', 'radio', 'multi_select', 'checkbox'];

/** `select("name", "Label", ["a", "b"], "a")`: a site's function that is named like a widget, with what its arguments most likely are. */
function widgetOfCall(
  code: string,
  known: ReadonlyMap<string, RubyValue>,
): { name: string; keys: Record<string, RubyValue> } | null {
  const [, called = '', inner = ''] = /^(\w+)\s*\(([\s\S]*)\)$/.exec(code) ?? [];
  const kind = Object.hasOwn(CALLED, called) ? CALLED[called] : undefined;
  const read = kind === undefined ? null : readRubyLiteral(`[${inner}]`, 0, known);
  const [name, label, ...rest] = read !== null && Array.isArray(read.value) ? read.value : [];
  if (kind === undefined || typeof name !== 'string' || !/^[A-Za-z]\w*$/.test(name) || typeof label !== 'string')
    return null;
  const keys: Record<string, RubyValue> = { widget: kind, label };
  const options = rest.find((each) => Array.isArray(each));
  if (CHOSEN.includes(kind) && options !== undefined && Array.isArray(options))
    keys['options'] = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  const value = rest[CHOSEN.includes(kind) ? 1 : 0];
  if (typeof value === 'string' || typeof value === 'number') keys['value'] = value;
  return { name, keys };
}

/** Widgets that Ruby puts in, behind the others of `form:`, which is added where there is none. */
function withWidgets(
  lines: readonly SourceLine[],
  widgets: readonly { name: string; widget: RubyValue; line: number }[],
): SourceLine[] {
  const written = new Set(lines.map(({ text }) => /^\s+["']?([A-Za-z]\w*)["']?:/.exec(text)?.[1] ?? ''));
  const names = new Set<string>();
  const added = [...widgets]
    .reverse()
    .flatMap(({ name, widget, line }) => {
      if (names.has(name) || written.has(name)) return [];
      names.add(name);
      return [{ text: `${JSON.stringify(name)}: ${JSON.stringify(widget)}`, line }];
    })
    .reverse();
  if (added.length === 0) return [...lines];
  const start = lines.findIndex(({ text }) => /^form:\s*$/.test(text));
  if (start === -1)
    return [
      ...lines,
      { text: 'form:', line: added[0]?.line ?? 1 },
      ...added.map((each) => ({ ...each, text: `  ${each.text}` })),
    ];
  const indent =
    lines
      .slice(start + 1)
      .find(({ text }) => text.trim() !== '' && !text.trimStart().startsWith('#'))
      ?.text.search(/\S/) ?? 0;
  return [
    ...lines.slice(0, start + 1),
    ...added.map((each) => ({ ...each, text: ' '.repeat(indent || 2) + each.text })),
    ...lines.slice(start + 1),
  ];
}
