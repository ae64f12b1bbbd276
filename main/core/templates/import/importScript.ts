/** An `.sbatch` or `.sh` script as a template: its `#SBATCH` lines to `slurm:`, the commands as they are to `script:`. */
import { message, type Message } from '../../../../shared/messages/message.ts';
import { exclusionMessage, losesOf } from '../../../../shared/domain/request/exclusiveOptions.ts';
import { placeholderNames } from '../../../../shared/domain/template/parameters.ts';
import { directive, optionKey, type OptionValue } from '../../../../shared/domain/request/options.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { foreignDirectives, type ForeignDirective } from '../../../slurm/foreignDirectives.ts';
import { foreignMeaning } from '../../../slurm/foreignMeaning.ts';
import { readSbatchLines, type SbatchLines, type ScriptOption } from '../../../slurm/sbatchLines.ts';
import { nameIt, type ImportedTemplate, type SourceFile } from './importedTemplate.ts';
import { argumentsLine, submittingLine, takeArguments } from './scriptArguments.ts';
import { moduleLoads } from './scriptModules.ts';

export interface ScriptImport {
  /** For each line of `mainExec`, the line of the source that it comes from. From 1. */
  readonly sourceLines: readonly number[];
}

const SHELL = /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:ba|da)?sh\b(.*)$/;

/** Puts a script into the template. `text` has no control characters; see `readableText`. `linesBefore`: lines of the file before it. */
export function importScript(
  imported: ImportedTemplate,
  file: SourceFile,
  text: string,
  notes: ImportNote[],
  linesBefore = 0,
): ScriptImport {
  const lines = text.split('\n');
  const add = (kind: ImportNote['kind'], line: number | null, what: string, reason: Message | null): void =>
    void notes.push({
      kind,
      what: what.trim().slice(0, 300),
      file: file.name,
      line: line === null ? null : line + linesBefore,
      reason,
    });

  const found = readSbatchLines(lines);
  takeOptions(imported, found, add);
  for (const fault of found.faults) add('unsupported', fault.line, fault.what, fault.reason);
  for (const line of found.unread) add('unsupported', line.line, line.what, line.reason);

  const left = new Set(found.taken);
  const said = new Set((found.components[0] ?? []).map(({ key }) => sameAs(key)));
  const firstCommand = lines.findIndex((line) => /^\s*[^\s#]/.test(line)) + 1;
  for (const foreign of foreignDirectives(text)) {
    takeForeign(imported, foreign, said, firstCommand === 0 || foreign.line < firstCommand, add);
    // what sbatch would obey is no remark
    if (foreign.scheduler === 'PBS' || foreign.scheduler === 'LSF') left.add(foreign.line);
  }

  const [first = ''] = lines;
  const interpreter = first.startsWith('#!') && !SHELL.test(first) ? first.slice(2).trim() : null;
  if (first.startsWith('#!')) left.add(1);
  const options = SHELL.exec(first)?.[1]?.trim() ?? '';
  if (options !== '') add('changed', 1, first, message('imports.script.plainBash', { options }));

  const rest = lines.flatMap((content, at) => (left.has(at + 1) ? [] : [{ content, line: at + 1 }]));
  if (interpreter !== null) {
    wrap(
      imported,
      interpreter,
      rest.map(({ content }) => content),
      add,
    );
    return { sourceLines: [1, ...rest.map(({ line }) => line)].map((line) => line + linesBefore) };
  }
  const { loads, others } = moduleLoads(rest.map(({ content }) => content));
  for (const load of loads) {
    const line = rest[load.line];
    imported.modules.push(...load.modules);
    if (line !== undefined) add('taken', line.line, line.content, message('imports.script.modules'));
  }
  for (const at of others) {
    const line = rest[at];
    if (line !== undefined) add('changed', line.line, line.content, message('imports.script.modulesStay'));
  }
  const taken = new Set(loads.map(({ line }) => line));
  const kept = rest.filter((_, at) => !taken.has(at));
  imported.mainExec = kept.map(({ content }) => content).join('\n');
  const submits = submittingLine(imported.mainExec);
  if (submits !== null)
    add('changed', kept[submits]?.line ?? null, kept[submits]?.content ?? 'sbatch', message('imports.script.submits'));
  const uses = argumentsLine(imported.mainExec);
  const before = uses === null ? [] : takeArguments(imported);
  if (uses !== null) {
    add('changed', kept[uses]?.line ?? null, kept[uses]?.content ?? '', message('imports.script.arguments'));
    imported.mainExec = [...before, imported.mainExec].join('\n');
  }
  if (imported.mainExec.trim() === '') {
    add('changed', null, file.name, message('imports.script.noCommands'));
    imported.mainExec = 'true\n';
  }
  return {
    sourceLines: [...before.map(() => kept[uses ?? 0]?.line ?? 1), ...kept.map(({ line }) => line)].map(
      (line) => line + linesBefore,
    ),
  };
}

export type Add = (kind: ImportNote['kind'], line: number | null, what: string, reason: Message | null) => void;

/** Puts the options of the first component into the template; the last of the same name counts, as for sbatch. */
export function takeOptions(
  imported: ImportedTemplate,
  { components, separators }: Pick<SbatchLines, 'components' | 'separators'>,
  add: Add,
): void {
  const [options = [], ...others] = components;
  if (others.length > 0) {
    add(
      'unsupported',
      separators[0] ?? null,
      '#SBATCH hetjob',
      message('imports.script.heterogeneous', { components: components.length }),
    );
    for (const [at, component] of others.entries()) {
      for (const option of component)
        add('unsupported', option.line, option.what, message('imports.script.ofComponent', { number: at + 1 }));
      if (component.length === 0)
        add(
          'unsupported',
          separators[at] ?? null,
          '#SBATCH hetjob',
          message('imports.script.emptyComponent', { number: at + 1 }),
        );
    }
  }
  const last = new Map(options.map((option) => [sameAs(option.key), option]));
  const places = new Map(options.map((option, at) => [option, at]));
  // what counts of the options that sbatch knows: few, however often a script says them
  const finals = [...last.values()].filter(({ isKnown }) => isKnown);
  for (const [at, option] of options.entries()) {
    const final = last.get(sameAs(option.key));
    const winner = finals.find(
      (other) =>
        ((places.get(other) ?? 0) > at ? losesOf(option.key, other.key) : losesOf(other.key, option.key)) ===
        option.key,
    );
    // mail types add up
    if (final !== undefined && final !== option && option.key !== 'mail_type') again(option, final, add);
    else if (winner !== undefined)
      add(
        'changed',
        option.line,
        option.what,
        message('imports.script.leftOut', {
          line: winner.line,
          option: winner.what,
          why: exclusionMessage(option.key, winner.key),
        }),
      );
    else takeOption(imported, option, add);
  }
}

function again(option: ScriptOption, final: ScriptOption, add: Add): void {
  add(
    'changed',
    option.line,
    option.what,
    message(final.key === option.key ? 'imports.script.saidAgain' : 'imports.script.saidOtherwise', {
      line: final.line,
    }),
  );
}

/** Options that set the same thing. */
const SAME: Readonly<Record<string, string>> = { no_requeue: 'requeue' };
const sameAs = (key: string): string => (Object.hasOwn(SAME, key) ? (SAME[key] ?? key) : key);

function takeOption(imported: ImportedTemplate, option: ScriptOption, add: Add): void {
  const { key, line, what } = option;
  if (!option.isKnown) {
    add('unsupported', line, what, message('imports.script.unknownOption'));
    return;
  }
  const value: OptionValue = option.value;
  const names = placeholderNames(String(value));
  const isFilled =
    names.length > 0 && names.every((name) => imported.parameters.some((parameter) => parameter.name === name));
  if (isFilled && directive(key, 'x').kind !== 'ours') {
    imported.slurm[key] = value;
    add('taken', line, what, null);
    return;
  }
  if (/\$[A-Za-z_{(]|`/.test(String(value)) && (key === 'job_name' || directive(key, 'x').kind !== 'ours')) {
    add('unsupported', line, what, message('imports.script.noVariables'));
    return;
  }
  if (key === 'job_name' && !isFilled) {
    nameIt(imported, String(value));
    add('taken', line, what, message('imports.script.nameOfJobs'));
    return;
  }
  const result = directive(key, value);
  switch (result.kind) {
    case 'line':
      imported.slurm[key] =
        key === 'mail_type' ? [imported.slurm[key] ?? [], value].flat().join(',') : plain(key, value);
      add(
        'taken',
        line,
        what,
        key === 'dependency' && value !== 'singleton' ? message('imports.script.dependency') : null,
      );
      break;
    case 'ours':
      add('changed', line, what, message('imports.script.notTaken', { reason: result.reason }));
      break;
    case 'absent':
      add('changed', line, what, message('imports.script.emptyValue'));
      break;
    case 'invalid':
      if (result.mended === null)
        add('unsupported', line, what, message('imports.script.invalid', { reason: result.reason }));
      else {
        imported.slurm[key] = plain(key, result.mended);
        add('changed', line, what, message('imports.script.takenAs', { value: result.mended, reason: result.reason }));
      }
  }
}

/** Counts as numbers, the rest in its own spelling. */
function plain(key: string, value: OptionValue): OptionValue {
  return typeof value === 'string' &&
    /^(?:nodes|n?tasks|.*_per_.*|cpus_per_task)$/.test(key) &&
    !key.startsWith('mem') &&
    /^[1-9]\d{0,8}$/.test(value)
    ? Number(value)
    : value;
}

/**
 * A directive of another scheduler: what it meant is taken over where sbatch has the same, and the script's own `#SBATCH` lines do not
 * say otherwise. Behind the first command it meant nothing to its own scheduler either.
 */
function takeForeign(
  imported: ImportedTemplate,
  directive: ForeignDirective,
  said: ReadonlySet<string>,
  counts: boolean,
  add: Add,
): void {
  const { line, text, scheduler, meant } = directive;
  const meaning = counts ? foreignMeaning(directive) : null;
  if (meaning === null || (meaning.options.length === 0 && meaning.left.length === 0)) {
    add(
      'unsupported',
      line,
      text,
      meant.length === 0
        ? message('imports.foreign.write', { scheduler })
        : message('imports.foreign.writeAs', { scheduler, options: meant.join(' ') }),
    );
    return;
  }
  for (const [name, value] of meaning.options) {
    const key = optionKey(name);
    const option = `--${name}${value === true ? '' : `=${value}`}`;
    const excluding = Object.keys(imported.slurm).find((other) => losesOf(other, key) !== null);
    if (said.has(sameAs(key)) || Object.hasOwn(imported.slurm, key))
      add('changed', line, text, message('imports.foreign.saidElsewhere', { option, name: `--${name}` }));
    else if (excluding !== undefined)
      add(
        'changed',
        line,
        text,
        message('imports.foreign.excluded', { option, other: `--${excluding.replaceAll('_', '-')}` }),
      );
    else takeOption(imported, { key, value, line, what: `${text.trim()} → ${option}`, isKnown: true }, add);
  }
  for (const { what, reason } of meaning.left)
    add('unsupported', line, `${text.trim().split(/\s/)[0] ?? ''} ${what}`, reason);
}

/** A script of another interpreter, handed to it as it is. */
function wrap(imported: ImportedTemplate, interpreter: string, lines: readonly string[], add: Add): void {
  let end = 'END_OF_SCRIPT';
  while (lines.includes(end)) end = `${end}_`;
  const body = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  imported.mainExec = [`${interpreter} /dev/fd/3 3<<'${end}'`, ...body, end, ''].join('\n');
  add('changed', 1, `#!${interpreter}`, message('imports.script.hereDocument'));
}
