import { message } from '../../../../shared/messages/message.ts';
import { DEFAULT_MAX_FILE_SIZE } from '../../../../shared/domain/template/fileCheck.ts';
import { staysWithin } from '../../../../shared/domain/template/fileNames.ts';
import { belongsToUs, fileVariable, slotFileName } from '../../../../shared/domain/template/fileSlots.ts';
import type { FileSlot } from '../../../../shared/domain/template/schema.ts';
import { formatBytes, parseFileSize } from '../../../../shared/lib/bytes.ts';
import { expandBraces } from '../../../../shared/lib/glob.ts';
import { readSlotChecks } from './readFileCheck.ts';
import type { Section } from './section.ts';
import { readSchema } from './readSchema.ts';

const SLOT_TYPES = ['data', 'config', 'code', 'model', 'other'] as const;

const slotName = {
  expected: message('format.a.variableName'),
  test: (value: string) => /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(value),
};
const pattern = {
  expected: message('format.a.pattern'),
  test: (value: string) => /^[^\p{Cc}/\\]{1,200}$/u.test(value),
};

/** `files:` in both spellings, and parameters of type `file`, which are slots too. Order: inputs, then config files; required first. */
export function readFileSlots(
  root: Section,
  fileParameters: readonly FileSlot[],
): { slots: FileSlot[]; outputPattern: string | null } {
  const files = root.section('files');
  const found = [
    ...group(files?.section('input_schema') ?? null, false),
    ...group(root.section('input_file_schema'), false),
    ...group(files?.section('config_schema') ?? null, true),
    ...group(root.section('option_file_schema'), true),
  ];
  const output = files?.texts('output_pattern', pathPattern) ?? [];
  const olderOutput = root.texts('output_file_pattern', pathPattern);
  files?.end();

  const slots = [...found.map(({ slot }) => slot), ...fileParameters];
  checkTogether(root, found, fileParameters);
  const outputs = output.length > 0 ? output : olderOutput;
  const outputPattern =
    outputs.length === 0 ? null : outputs.length === 1 ? (outputs[0] ?? null) : `{${outputs.join(',')}}`;
  // each may stay within and all together not, where a comma or a brace of one meets those of the others
  if (outputPattern !== null && !staysWithin(outputPattern))
    root.report.error(
      'value',
      'files.output_pattern',
      root.map.at,
      message('format.outputTogether', { expected: pathPattern.expected }),
    );
  return { slots, outputPattern };
}

const pathPattern = {
  expected: message('format.a.outputPattern'),
  test: (value: string) => value.length <= 500 && staysWithin(value),
};

interface Found {
  slot: FileSlot;
  section: Section;
}

function group(section: Section | null, config: boolean): Found[] {
  if (section === null) return [];
  const found = [
    ...section.sections('required', 'required_files').map((each) => readSlot(each, true, config)),
    ...section.sections('optional', 'optional_files').map((each) => readSlot(each, false, config)),
  ];
  section.end();
  return found.flatMap((each) => each ?? []);
}

function readSlot(section: Section, required: boolean, config: boolean): Found | null {
  section.require('name', message('format.a.slotName'));
  section.require('pattern', message('format.a.pattern'));
  const name = section.text('name', '', slotName);
  const glob = section.text('pattern', '*', pattern);
  const schemaEntry = section.entry('schema');
  const implied = /\.json$/i.test(expandBraces(glob)[0] ?? '')
    ? 'json'
    : config || schemaEntry !== null
      ? 'yaml'
      : null;
  const slot: FileSlot = {
    name,
    pattern: glob,
    description: section.text('description', ''),
    type: section.choice('type', SLOT_TYPES, config ? 'config' : 'data'),
    maxSize: maxSize(section),
    required,
    format: section.entry('format') === null ? implied : section.choice('format', ['yaml', 'json'], 'yaml'),
    schema: readSchema(section),
    ...(section.entry('validation') === null ? {} : { checks: readSlotChecks(section, name) }),
  };
  if (belongsToUs(glob))
    section.report.warn(
      'slot-file-name',
      section.key('pattern'),
      section.map.at,
      message('format.ownName', { pattern: glob, name: slotFileName(slot) }),
    );
  section.end();
  return name === '' ? null : { slot, section };
}

function maxSize(section: Section): number {
  const entry = section.entry('max_size');
  if (entry === null) return DEFAULT_MAX_FILE_SIZE;
  const bytes = entry.value.kind === 'scalar' ? parseFileSize(entry.value.source) : null;
  if (bytes !== null && bytes > 0) return bytes;
  section.wrong(entry, message('format.a.largeSize', { size: formatBytes(1024 ** 3) }));
  return DEFAULT_MAX_FILE_SIZE;
}

/** Slots become variables and file names; two of them must not become the same. */
function checkTogether(root: Section, found: readonly Found[], fileParameters: readonly FileSlot[]): void {
  const variables = new Set(fileParameters.map((slot) => fileVariable(slot.name)));
  const names = new Map(fileParameters.map((slot) => [slotFileName(slot), slot.name]));
  for (const { slot, section } of found) {
    const { report } = root;
    const variable = fileVariable(slot.name);
    if (variables.has(variable))
      report.error(
        'duplicate-name',
        section.key('name'),
        section.map.at,
        message('format.duplicateFileVariable', { variable }),
      );
    variables.add(variable);
    const link = slotFileName(slot);
    const other = names.get(link);
    if (other !== undefined && other !== slot.name)
      report.warn(
        'slot-file-name',
        section.key('pattern'),
        section.map.at,
        message('format.linkTaken', { file: link, other, variable }),
      );
    else names.set(link, slot.name);
  }
}
