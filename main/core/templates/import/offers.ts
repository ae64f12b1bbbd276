/** Literal values of a script that could be fields of the form: what a colleague would want to change. */
import type { ParameterOffer } from '../../../../shared/domain/template/studio.ts';
import { freeName } from './importedTemplate.ts';
import { shellWords, type ShellWord } from '../../../slurm/shellWords.ts';

/** More fields than a form should have. */
const MAX_OFFERS = 60;
const IMAGE = /^(?:[A-Za-z0-9_./+-]*\/)?[A-Za-z0-9_.+-]+\.(?:sif|simg)$/;
const FILE = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*\.[A-Za-z][A-Za-z0-9]{0,9}$/;
const PATH = /^\/[A-Za-z0-9_./+@:-]+$/;
/** Places of the system rather than of the person. */
const SYSTEM = /^\/(?:dev|proc|sys|etc|bin|sbin|usr|lib|lib64|opt\/slurm|run)(?:\/|$)/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** Variables that programs or Slurm give a meaning of their own. */
const RESERVED =
  /^(?:PATH|LD_LIBRARY_PATH|HOME|USER|SHELL|IFS|PS\d|LANG|LC_\w+|SLURM_\w+|SBATCH_\w+|SRUN_\w+|SLIPWAY_\w+|PARAM_\w+|FILE_\w+|BASH\w*|TMPDIR|CUDA_VISIBLE_DEVICES)$/;
/** What starts the program rather than being it: how many tasks there are, `slurm:` says. */
const LAUNCHERS = new Set([
  'srun',
  'mpirun',
  'mpiexec',
  'sbatch',
  'salloc',
  'sleep',
  'exit',
  'kill',
  'ulimit',
  'umask',
  'chmod',
  'test',
  '[',
  '[[',
  'return',
  'shift',
  'head',
  'tail',
]);

/** What a literal is; `image` only behind `apptainer exec` and its like. */
export type OfferKind = 'integer' | 'number' | 'path' | 'file' | 'image' | 'text';

/** The kind of field that a value becomes. A number that would be written otherwise afterwards (`1e-4`, `007`) stays text. */
export function offerKind(value: string): OfferKind {
  if (NUMBER.test(value) && String(Number(value)) === value)
    return Number.isSafeInteger(Number(value)) ? 'integer' : 'number';
  if (IMAGE.test(value)) return 'image';
  if (PATH.test(value)) return 'path';
  return FILE.test(value) && !NUMBER.test(value) ? 'file' : 'text';
}

/** Where a word stands: section, line of the section and word of the line, from 1. Stays right when other words are replaced. */
export function placeOf(word: ShellWord): string {
  return `main_exec:${String(word.line + 1)}:${String(word.index + 1)}`;
}

/** The value within a word: all of it, or what stands behind `NAME=` and `--option=`. */
export function valueWithin(word: ShellWord): { before: string; value: string } | null {
  if (word.literal === null) return null;
  const [, before = '', value = ''] = /^((?:--?[A-Za-z][\w-]*|[A-Za-z_]\w*)=)?(.*)$/s.exec(word.literal) ?? [];
  return { before, value };
}

/** Offers for the commands of a template, in their order. `lines`: the lines of the source that they come from; `ownFiles`: files that are fields already. */
export function findOffers(
  mainExec: string,
  lines: readonly number[],
  taken: readonly string[],
  ownFiles: readonly string[] = [],
): ParameterOffer[] {
  const text = shellWords(mainExec);
  if (text === null) return [];
  const offers: ParameterOffer[] = [];
  const names = [...taken];
  // what the script writes itself is no input of it
  const own = new Set([
    ...ownFiles,
    ...text.words.flatMap(({ literal, redirect }) =>
      literal !== null && redirect?.startsWith('>') === true ? [literal] : [],
    ),
  ]);
  const bySame = new Map<string, number>();
  for (const command of commandsOf(text.words)) {
    for (const candidate of [...assignments(command), ...imageOf(command), ...argumentsOf(command)]) {
      if (candidate.kind === 'file' && own.has(candidate.value)) continue;
      const key = candidate.kind === 'image' || candidate.kind === 'file' ? `${candidate.kind} ${candidate.value}` : '';
      const same = bySame.get(key);
      const before = same === undefined ? undefined : offers[same];
      if (key !== '' && same !== undefined && before !== undefined) {
        offers[same] = { ...before, where: `${before.where} ${placeOf(candidate.word)}` };
        continue;
      }
      if (offers.length >= MAX_OFFERS) return offers;
      const name = freeName(candidate.name, names);
      names.push(name);
      if (key !== '') bySame.set(key, offers.length);
      offers.push({
        name,
        label: labelOf(name),
        value: candidate.value,
        line: lines[candidate.word.line] ?? null,
        where: placeOf(candidate.word),
      });
    }
  }
  return offers;
}

interface Candidate {
  readonly name: string;
  readonly value: string;
  readonly kind: OfferKind;
  readonly word: ShellWord;
}

function commandsOf(words: readonly ShellWord[]): ShellWord[][] {
  const byCommand = new Map<number, ShellWord[]>();
  for (const word of words) {
    const known = byCommand.get(word.command);
    if (known === undefined) byCommand.set(word.command, [word]);
    else known.push(word);
  }
  return [...byCommand.values()];
}

/** `EPOCHS=30` in the first column, alone or behind `export`. */
function assignments(command: readonly ShellWord[]): Candidate[] {
  const [first] = command;
  if (first?.start !== 0) return [];
  const words = first.raw === 'export' || first.raw === 'readonly' ? command.slice(1) : command;
  return words.every((word) => /^[A-Za-z_]\w*=/.test(word.raw)) ? words.flatMap(assigned) : [];
}

function assigned(word: ShellWord): Candidate[] {
  const parts = valueWithin(word);
  if (parts === null || parts.value === '' || !/^[A-Za-z_]\w*=$/.test(parts.before)) return [];
  const name = parts.before.slice(0, -1);
  const kind = offerKind(parts.value);
  if (RESERVED.test(name) || (kind === 'path' && SYSTEM.test(parts.value))) return [];
  // an image in a variable may be used in any way; the person's own line stays the one that names it
  return [
    { name: name.toLowerCase(), value: parts.value, kind: kind === 'image' || kind === 'file' ? 'text' : kind, word },
  ];
}

/** The image of `apptainer exec … image.sif command`. */
function imageOf(command: readonly ShellWord[]): Candidate[] {
  const at = containerAt(command);
  if (at === -1) return [];
  const word = command
    .slice(at)
    .find(({ literal, redirect }) => redirect === null && literal !== null && IMAGE.test(literal));
  return word?.literal == null ? [] : [{ name: 'image', value: word.literal, kind: 'image', word }];
}

function containerAt(command: readonly ShellWord[]): number {
  const at = command.findIndex(
    ({ literal }) => literal !== null && /^(?:\/\S*\/)?(?:apptainer|singularity)$/.test(literal),
  );
  return at !== -1 &&
    command.slice(at).some(({ literal }) => literal === 'exec' || literal === 'run' || literal === 'shell')
    ? at
    : -1;
}

function argumentsOf(command: readonly ShellWord[]): Candidate[] {
  const start = command.findIndex(
    (word) =>
      word.isFirst &&
      !/^[A-Za-z_]\w*=/.test(word.raw) &&
      !/^(?:export|readonly|time|nohup|exec|if|then|else|elif|while|until|do|!|\{)$/.test(word.raw),
  );
  const first = command[start];
  if (
    first === undefined ||
    /^(?:local|declare|typeset|source|\.|for|case|function|echo|printf|module|ml|mkdir|rm|set|unset|alias|trap|wait|conda)$/.test(
      first.raw,
    )
  )
    return [];
  const image = imageOf(command)[0]?.word;
  const inside = image === undefined ? -1 : command.indexOf(image);
  // what a launcher is told ends where the program's name begins
  const program =
    inside !== -1
      ? inside
      : LAUNCHERS.has(first.raw)
        ? command.findIndex(
            (word, at) =>
              at > start &&
              word.literal !== null &&
              /^(?:\.{0,2}\/)?[A-Za-z_][\w./+-]*$/.test(word.literal) &&
              !command[at - 1]?.raw.startsWith('-'),
          )
        : start;
  if (program === -1) return [];
  return command.slice(program + 1).flatMap((word, at) => {
    if (word === image || (word.redirect !== null && word.redirect !== '<')) return [];
    const option = command[program + at];
    const parts = valueWithin(word);
    if (parts === null || parts.value === '') return [];
    const kind = offerKind(parts.value);
    if (kind === 'file' && /^-+(?:o$|out|log|save|dest|result|checkpoint)/.test(`${parts.before}${option?.raw ?? ''}`))
      return [];
    if (parts.before !== '')
      return parts.before.startsWith('-') && kind !== 'image' && isUseful(kind, parts.value)
        ? [{ name: parts.before, value: parts.value, kind, word }]
        : [];
    if (kind === 'image' || kind === 'text' || !isUseful(kind, parts.value))
      return NUMBER.test(parts.value) && isOption(option)
        ? [{ name: option?.raw ?? '', value: parts.value, kind: 'text', word }]
        : [];
    if (kind === 'integer' || kind === 'number')
      return isOption(option) ? [{ name: option?.raw ?? '', value: parts.value, kind, word }] : [];
    return [
      {
        name: isOption(option) && kind === 'path' ? (option?.raw ?? '') : stemOf(parts.value),
        value: parts.value,
        kind,
        word,
      },
    ];
  });
}

const isUseful = (kind: OfferKind, value: string): boolean => kind !== 'path' || !SYSTEM.test(value);
const isOption = (word: ShellWord | undefined): boolean => word !== undefined && /^--?[A-Za-z][\w-]*$/.test(word.raw);

function stemOf(path: string): string {
  const base = path.replace(/\/+$/, '').replace(/^.*\//, '');
  return base.replace(/\.[^.]*$/, '') || base;
}

function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
