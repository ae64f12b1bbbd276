/** Holds a file against the checks that its slot names: its beginning, its table, its size, its JSON Schema. */
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

/** What of a rule does not hold, each as a sentence; the schema is not looked at. `name`: the file's, whose ending says what separates columns. */
export function ruleFaults(
  rule: FileRule,
  name: string,
  { bytes, whole, size }: Beginning,
): { message: string; line: number | null }[] {
  const faults: { message: string; line: number | null }[] = [];
  const add = (message: string, line: number | null = null): void => void faults.push({ message, line });
  if (rule.minSize !== null && size < rule.minSize)
    add(`it has ${formatBytes(size)}, and at least ${formatBytes(rule.minSize)} are expected`);
  if (rule.maxSize !== null && size > rule.maxSize)
    add(`it has ${formatBytes(size)}, and at most ${formatBytes(rule.maxSize)} are expected`);
  if (rule.magic !== null) {
    const { hex, offset } = rule.magic;
    const found = Buffer.from(bytes)
      .subarray(offset, offset + hex.length / 2)
      .toString('hex');
    if (found !== hex)
      add(
        `the bytes ${spaced(hex)} are expected ${offset === 0 ? 'at its beginning' : `at byte ${String(offset)}`}, and ${found === '' ? 'nothing' : spaced(found)} is there`,
      );
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
      add(`its first line is “${shown(first)}”, and one like ${rule.firstLine} is expected`, 1);
  }
  if (rule.columns !== null) faults.push(...columnFaults(rule.columns, name, lines));
  return faults;
}

function columnFaults(
  { names, count, separator }: NonNullable<FileRule['columns']>,
  name: string,
  lines: readonly string[],
): { message: string; line: number | null }[] {
  const split = splitterOf(separator ?? separatorOf(name));
  if (names.length > 0) {
    const header = split((lines[0] ?? '').replace(/^#\s*/, ''));
    const missing = names.filter((each) => !header.includes(each));
    return missing.length === 0
      ? []
      : [{ message: `its first line has no column ${plain(missing.slice(0, 5).join(', '))}`, line: 1 }];
  }
  for (const [at, line] of lines.entries()) {
    if (count === null || line.trim() === '' || line.startsWith('#')) continue;
    const found = split(line).length;
    if (found !== count)
      return [
        {
          message: `line ${String(at + 1)} has ${String(found)} columns, and ${String(count)} are expected`,
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
export function checkProblem(
  check: FileCheck,
  slot: string,
  name: string,
  fault: { message: string; line: number | null },
): Problem {
  return problem({
    rule: 'file-check',
    code: ERRORS.FILE_INVALID.code,
    severity: 'error',
    message: `${name}: ${fault.message} (${check.name}).`,
    hint: check.rule?.message ?? 'Choose another file, or correct this one.',
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
      const message =
        fault === null
          ? `The check “${name}” is not defined; nothing is checked for it.`
          : `The check “${name}” is not used: ${fault}`;
      told.set(
        name,
        problem({
          rule: 'check-unknown',
          code: ERRORS.TEMPLATE_INVALID.code,
          severity: 'info',
          message,
          hint: 'Checks are defined in checks.yaml in the root of the template folder.',
          field: `files.${slot}`,
        }),
      );
    }
  }
  return [...told.values()];
}
