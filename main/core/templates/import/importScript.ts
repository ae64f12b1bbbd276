/** An `.sbatch` or `.sh` script as a template: its `#SBATCH` lines to `slurm:`, the commands as they are to `script:`. */
import { exclusionWords, losesOf } from '../../../../shared/domain/exclusiveOptions.ts';
import { placeholderNames } from '../../../../shared/domain/parameters.ts';
import { directive, type OptionValue } from '../../../../shared/domain/slurmOptions.ts';
import type { ImportNote } from '../../../../shared/domain/templateStudio.ts';
import { foreignDirectives } from '../../../slurm/foreignDirectives.ts';
import { readSbatchLines, type SbatchLines, type ScriptOption } from '../../../slurm/sbatchLines.ts';
import { nameIt, type ImportedTemplate, type SourceFile } from './importedTemplate.ts';
import { moduleLoads } from './scriptModules.ts';

export interface ScriptImport {
  /** For each line of `mainExec`, the line of the source that it comes from. From 1. */
  readonly sourceLines: readonly number[];
}

const SHELL = /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:ba|da)?sh\b(.*)$/;

/** Puts a script into the template. `text` has no control characters; see `readableText`. `before`: lines of the file before it. */
export function importScript(imported: ImportedTemplate, file: SourceFile, text: string, notes: ImportNote[], before = 0): ScriptImport {
  const lines = text.split('\n');
  const add = (kind: ImportNote['kind'], line: number | null, what: string, reason: string): void => void notes.push({ kind, what: what.trim().slice(0, 300), file: file.name, line: line === null ? null : line + before, reason });

  const found = readSbatchLines(lines);
  takeOptions(imported, found, add);
  for (const fault of found.faults) add('unsupported', fault.line, fault.what, fault.reason);
  for (const line of found.unread) add('unsupported', line.line, line.what, line.reason);

  const left = new Set(found.taken);
  for (const { line, text: content, scheduler, meant } of foreignDirectives(text)) {
    add('unsupported', line, content, `a directive of ${scheduler}: write what it asks for under “slurm:”${meant.length === 0 ? '' : `, as ${meant.join(' ')} says it`}.`);
    // what sbatch would obey is no remark
    if (scheduler === 'PBS' || scheduler === 'LSF') left.add(line);
  }

  const [first = ''] = lines;
  const interpreter = first.startsWith('#!') && !SHELL.test(first) ? first.slice(2).trim() : null;
  if (first.startsWith('#!')) left.add(1);
  const options = SHELL.exec(first)?.[1]?.trim() ?? '';
  if (options !== '') add('changed', 1, first, `The job runs in a plain bash, without “${options}”.`);

  const rest = lines.flatMap((content, at) => (left.has(at + 1) ? [] : [{ content, line: at + 1 }]));
  if (interpreter !== null) {
    wrap(imported, interpreter, rest.map(({ content }) => content), add);
    return { sourceLines: [1, ...rest.map(({ line }) => line)].map((line) => line + before) };
  }
  const { loads, others } = moduleLoads(rest.map(({ content }) => content));
  for (const load of loads) {
    const line = rest[load.line];
    imported.modules.push(...load.modules);
    if (line !== undefined) add('taken', line.line, line.content, 'Under “modules:”. A job whose module cannot be loaded ends there and says so.');
  }
  for (const at of others) {
    const line = rest[at];
    if (line !== undefined) add('changed', line.line, line.content, 'It stays in the script as it is, since the order counts; “Will it run here?” does not see these modules.');
  }
  const taken = new Set(loads.map(({ line }) => line));
  const kept = rest.filter((_, at) => !taken.has(at));
  imported.mainExec = kept.map(({ content }) => content).join('\n');
  if (imported.mainExec.trim() === '') {
    add('changed', null, file.name, 'The script has no commands; the template says “true” in their place.');
    imported.mainExec = 'true\n';
  }
  return { sourceLines: kept.map(({ line }) => line + before) };
}

type Add = (kind: ImportNote['kind'], line: number | null, what: string, reason: string) => void;

/** The options of the first component; the last of the same name counts, as for sbatch. */
function takeOptions(imported: ImportedTemplate, { components, separators }: SbatchLines, add: Add): void {
  const [options = [], ...others] = components;
  if (others.length > 0) {
    add('unsupported', separators[0] ?? null, '#SBATCH hetjob', `Heterogeneous jobs are not supported. This one has ${String(components.length)} components; the first is taken, the others are listed below.`);
    for (const [at, component] of others.entries()) {
      for (const option of component) add('unsupported', option.line, option.what, `Of component ${String(at + 1)} of the heterogeneous job.`);
      if (component.length === 0) add('unsupported', separators[at] ?? null, '#SBATCH hetjob', `Component ${String(at + 1)} of the heterogeneous job asks for nothing of its own.`);
    }
  }
  const last = new Map(options.map((option) => [sameAs(option.key), option]));
  for (const [at, option] of options.entries()) {
    const final = last.get(sameAs(option.key));
    const winner = options.find((other, place) => last.get(sameAs(other.key)) === other && (place > at ? losesOf(option.key, other.key) : losesOf(other.key, option.key)) === option.key);
    // mail types add up
    if (final !== undefined && final !== option && option.key !== 'mail_type') again(option, final, add);
    else if (winner !== undefined) add('changed', option.line, option.what, `Left out: line ${String(winner.line)} says ${winner.what}, which excludes it; ${exclusionWords(option.key, winner.key)}.`);
    else takeOption(imported, option, add);
  }
}

function again(option: ScriptOption, final: ScriptOption, add: Add): void {
  add('changed', option.line, option.what, `Line ${String(final.line)} says ${final.key === option.key ? 'it again' : 'otherwise'}, and the last one counts.`);
}

/** Options that set the same thing. */
const SAME: Readonly<Record<string, string>> = { no_requeue: 'requeue' };
const sameAs = (key: string): string => (Object.hasOwn(SAME, key) ? (SAME[key] ?? key) : key);

function takeOption(imported: ImportedTemplate, option: ScriptOption, add: Add): void {
  const { key, line, what } = option;
  if (!option.isKnown) {
    add('unsupported', line, what, 'not an option of sbatch that Slipway knows.');
    return;
  }
  const value: OptionValue = option.value;
  const names = placeholderNames(String(value));
  const isFilled = names.length > 0 && names.every((name) => imported.parameters.some((parameter) => parameter.name === name));
  if (isFilled && directive(key, 'x').kind !== 'ours') {
    imported.slurm[key] = value;
    add('taken', line, what, '');
    return;
  }
  if (key === 'job_name' && !isFilled) {
    nameIt(imported, String(value));
    add('taken', line, what, 'The template’s name, and the name that its jobs begin with.');
    return;
  }
  const result = directive(key, value);
  switch (result.kind) {
    case 'line':
      imported.slurm[key] = key === 'mail_type' ? [imported.slurm[key] ?? [], value].flat().join(',') : plain(key, value);
      add('taken', line, what, key === 'dependency' && value !== 'singleton' ? 'Under “slurm:”. It names a job of that time; leave it out if the template is for other jobs too.' : '');
      break;
    case 'ours':
      add('changed', line, what, `Not taken over: ${result.reason}.`);
      break;
    case 'absent':
      add('changed', line, what, 'An empty value asks for nothing.');
      break;
    case 'invalid':
      if (result.mended === null) add('unsupported', line, what, `Not taken over: ${result.reason}`);
      else {
        imported.slurm[key] = plain(key, result.mended);
        add('changed', line, what, `Taken over as ${result.mended}: ${result.reason}`);
      }
  }
}

/** Counts as numbers, the rest in its own spelling. */
function plain(key: string, value: OptionValue): OptionValue {
  return typeof value === 'string' && /^(?:nodes|n?tasks|.*_per_.*|cpus_per_task)$/.test(key) && !key.startsWith('mem') && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : value;
}

/** A script of another interpreter, handed to it as it is. */
function wrap(imported: ImportedTemplate, interpreter: string, lines: readonly string[], add: Add): void {
  let end = 'END_OF_SCRIPT';
  while (lines.includes(end)) end = `${end}_`;
  const body = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  imported.mainExec = [`${interpreter} /dev/fd/3 3<<'${end}'`, ...body, end, ''].join('\n');
  add('changed', 1, `#!${interpreter}`, 'The job’s script is bash; it hands this one to its interpreter as a here-document.');
}
