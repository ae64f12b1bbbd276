/** Holds a file against the checks that its slot names: its beginning, its table, its size, its JSON Schema. */
import { message, verbatim, type Message } from '../../../shared/messages/message.ts';
import type { FileCheck, FileRule } from '../../../shared/domain/template/fileCheck.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { linearPattern } from '../../../shared/lib/linearPattern.ts';
import { plain } from '../../../shared/lib/plain.ts';

/** A first line is looked at to this length. Characters. */
const MAX_LINE = 4096;
const SHOWN = 60;

/** What stands in the beginning of a file. `whole`: it is all of it. */
export interface Beginning {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** A fault of a file, as half a sentence, and the line where it is. */
export interface FileFault {
  readonly message: Message;
  readonly line: number | null;
}

/** What of a rule does not hold; the schema is not looked at. `name`: the file's, whose ending says what separates columns. */
export function ruleFaults(rule: FileRule, name: string, { bytes, whole, size }: Beginning): FileFault[] {
  const faults: FileFault[] = [];
  const add = (what: Message, line: number | null = null): void => void faults.push({ message: what, line });
  if (rule.minSize !== null && size < rule.minSize)
    add(message('files.check.tooSmall', { size: formatBytes(size), least: formatBytes(rule.minSize) }));
  if (rule.maxSize !== null && size > rule.maxSize)
    add(message('files.check.tooLarge', { size: formatBytes(size), most: formatBytes(rule.maxSize) }));
  if (rule.magic !== null) {
    const { hex, offset } = rule.magic;
    const found = Buffer.from(bytes)
      .subarray(offset, offset + hex.length / 2)
      .toString('hex');
    if (found !== hex) add(magicFault(spaced(hex), offset, found === '' ? null : spaced(found)));
  }
  if (rule.firstLine === null && rule.columns === null) return faults;
  const lines = new TextDecoder()
    .decode(bytes)
    .replace(/^\ufeff/, '')
    .split(/\r\n?|\n/);
  // the last line that was read may be half of one
  if (!whole && lines.length > 1) lines.pop();
  const [first = ''] = lines;
  if (rule.firstLine !== null) {
    const pattern = linearPattern(rule.firstLine);
    if (pattern.ok && !pattern.matches(first.slice(0, MAX_LINE)))
      add(message('files.check.firstLine', { line: shown(first), pattern: rule.firstLine }), 1);
  }
  if (rule.columns !== null) faults.push(...columnFaults(rule.columns, name, lines));
  return faults;
}

/** Bytes that are not where they should be; `found` null: the file ends before. */
function magicFault(expected: string, offset: number, found: string | null): Message {
  if (found === null)
    return offset === 0
      ? message('files.check.magicMissing', { expected })
      : message('files.check.magicMissingAt', { expected, offset });
  return offset === 0
    ? message('files.check.magicAtBeginning', { expected, found })
    : message('files.check.magicAt', { expected, offset, found });
}

function columnFaults(
  { names, count, separator }: NonNullable<FileRule['columns']>,
  name: string,
  lines: readonly string[],
): FileFault[] {
  const split = splitterOf(separator ?? separatorOf(name));
  if (names.length > 0) {
    const header = split((lines[0] ?? '').replace(/^#\s*/, ''));
    const missing = names.filter((each) => !header.includes(each));
    return missing.length === 0
      ? []
      : [{ message: message('files.check.noColumn', { names: missing.slice(0, 5).join(', ') }), line: 1 }];
  }
  for (const [at, line] of lines.entries()) {
    if (count === null || line.trim() === '' || line.startsWith('#')) continue;
    const found = split(line).length;
    if (found !== count)
      return [
        {
          message: message('files.check.columns', { line: at + 1, found, expected: count }),
          line: at + 1,
        },
      ];
  }
  return [];
}

type Separator = NonNullable<NonNullable<FileRule['columns']>['separator']>;

function separatorOf(name: string): Separator {
  if (/\.csv$/i.test(name)) return 'comma';
  return /\.tsv$/i.test(name) ? 'tab' : 'blank';
}

/** Cells of a line; within double quotes a separator is text (RFC 4180), but for blanks. */
function splitterOf(separator: Separator): (line: string) => string[] {
  if (separator === 'blank') return (line) => line.trim().split(/\s+/);
  const mark = { comma: ',', semicolon: ';', tab: '\t' }[separator];
  return (line) => {
    const cells: string[] = [];
    let cell = '';
    let isQuoted = false;
    for (const character of line) {
      if (character === '"') isQuoted = !isQuoted;
      else if (character === mark && !isQuoted) {
        cells.push(cell.trim());
        cell = '';
      } else cell += character;
    }
    return [...cells, cell.trim()];
  };
}

const spaced = (hex: string): string =>
  (hex.length > 32 ? `${hex.slice(0, 32)}…` : hex).replaceAll(/(..)(?=.)/g, '$1 ');
const shown = (line: string): string =>
  plain(line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line).replaceAll('\t', ' ');

/** A fault of a file as the form says it. */
export function checkProblem(check: FileCheck, slot: string, name: string, fault: FileFault): Problem {
  return problem({
    rule: 'file-check',
    code: ERRORS.FILE_INVALID.code,
    severity: 'error',
    message: message('files.checkFailed', { file: name, fault: fault.message, check: check.name }),
    // the words of whoever wrote the check
    hint: check.rule?.message == null ? message('files.chooseOrCorrect') : verbatim(check.rule.message),
    field: `files.${slot}`,
    file: name,
    line: fault.line,
  });
}

/** Names of a template's slots that stand for nothing: each once, whatever the number of slots and files. They do not stop a job. */
export function unknownChecks(
  slots: readonly { readonly name: string; readonly checks?: readonly FileCheck[] | undefined }[],
): Problem[] {
  const told = new Map<string, Problem>();
  for (const { name: slot, checks = [] } of slots) {
    for (const { name, rule, fault } of checks) {
      if (rule !== null || told.has(name)) continue;
      told.set(
        name,
        problem({
          rule: 'check-unknown',
          code: ERRORS.TEMPLATE_INVALID.code,
          severity: 'info',
          message:
            fault === null
              ? message('files.checkUndefined', { check: name })
              : message('files.checkNotUsed', { check: name, ...fault }),
          hint: message('files.checksDefinedIn'),
          field: `files.${slot}`,
        }),
      );
    }
  }
  return [...told.values()];
}
