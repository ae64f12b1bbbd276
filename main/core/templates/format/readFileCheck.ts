import { message } from '../../../../shared/messages/message.ts';
import { CHECKED_BYTES, type FileCheck, type FileRule } from '../../../../shared/domain/template/fileCheck.ts';
import { parseFileSize } from '../../../../shared/lib/bytes.ts';
import { linearPattern } from '../../../../shared/lib/linearPattern.ts';
import type { Section } from './section.ts';
import { readSchema } from './readSchema.ts';

const MAX_COLUMNS = 1000;
const SEPARATORS = ['comma', 'semicolon', 'tab', 'blank'] as const;

export const checkName = {
  expected: message('format.a.checkName'),
  test: (value: string) => /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/.test(value),
};
const hexBytes = {
  expected: message('format.a.hex'),
  test: (value: string) => /^(?:[0-9A-Fa-f]{2}\s*){1,256}$/.test(value.replace(/^0x/i, '')),
};

/** `validation:` of a file slot: a check's name, several, or what the file must be like itself. */
export function readSlotChecks(section: Section, slot: string): FileCheck[] {
  const entry = section.entry('validation');
  if (entry === null) return [];
  if (entry.value.kind !== 'map')
    return section.texts('validation', checkName).map((name) => ({ name, rule: null, fault: null }));
  const own = section.section('validation');
  return own === null ? [] : [{ name: slot, rule: readFileRule(own), fault: null }];
}

/** One definition: keys of a slot's own `validation:`, or of a name in a folder's `checks.yaml`. */
export function readFileRule(section: Section): FileRule {
  const hex = section.optionalText('magic', hexBytes);
  const text = section.optionalText('magic_text', {
    expected: message('format.a.shortText'),
    test: (value) => value.length <= 256,
  });
  const offset = section.number('magic_offset') ?? 0;
  const offsetEntry = section.entry('magic_offset');
  if (offsetEntry !== null && !(Number.isInteger(offset) && offset >= 0 && offset <= CHECKED_BYTES - 1024))
    section.wrong(offsetEntry, message('format.a.place', { bytes: CHECKED_BYTES - 1024 }));
  const bytes =
    hex === null
      ? text === null
        ? null
        : Buffer.from(text).toString('hex')
      : hex.replace(/^0x/i, '').replaceAll(/\s/g, '').toLowerCase();
  const rule: FileRule = {
    message: section.optionalText('message'),
    magic: bytes === null ? null : { hex: bytes, offset },
    firstLine: readPattern(section),
    columns: readColumns(section),
    minSize: readSize(section, 'min_size'),
    maxSize: readSize(section, 'max_size'),
    format: section.choice('format', ['yaml', 'json'], 'json'),
    schema: readSchema(section),
  };
  section.optionalText('description');
  section.end();
  return rule;
}

function readPattern(section: Section): string | null {
  const source = section.optionalText('first_line');
  const entry = section.entry('first_line');
  if (source === null || entry === null) return null;
  const pattern = linearPattern(source);
  if (pattern.ok) return source;
  section.report.error(
    'pattern',
    section.key('first_line'),
    entry.value.at,
    message('format.expected', { expected: message('format.a.regularExpression', { fault: pattern.reason }) }),
  );
  return null;
}

function readColumns(section: Section): FileRule['columns'] {
  const entry = section.entry('columns');
  const given = section.entry('separator') === null ? null : section.choice('separator', SEPARATORS, 'comma');
  if (entry === null) return null;
  if (entry.value.kind === 'list')
    return { names: section.texts('columns').slice(0, MAX_COLUMNS), count: null, separator: given };
  const count = section.number('columns');
  if (count === null || !Number.isInteger(count) || count < 1 || count > MAX_COLUMNS) {
    section.wrong(entry, message('format.a.columns', { most: MAX_COLUMNS }));
    return null;
  }
  return { names: [], count, separator: given };
}

function readSize(section: Section, key: string): number | null {
  const entry = section.entry(key);
  if (entry === null) return null;
  const bytes = entry.value.kind === 'scalar' ? parseFileSize(entry.value.source) : null;
  if (bytes === null) section.wrong(entry, message('format.a.size'));
  return bytes;
}
