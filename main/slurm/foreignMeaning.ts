/**
 * What the directives of PBS (Torque, PBS Pro) and LSF ask for, in sbatch's options: for scripts that people bring from another
 * cluster. Source: qsub(1B), pbs_resources(7B) and pbs_nodespec; bsub(1). Where a unit or a meaning is a site's own, nothing is guessed.
 */
import { message, type Message } from '../../shared/messages/message.ts';
import { directiveWords } from '../../shared/domain/request/directiveWords.ts';
import type { ForeignDirective } from './foreignDirectives.ts';

export interface ForeignMeaning {
  /** sbatch's long names and values: `['nodes', '2']`; a flag has `true`. */
  readonly options: readonly (readonly [name: string, value: string | true])[];
  /** Parts without a counterpart, each with why. */
  readonly left: readonly { readonly what: string; readonly reason: Message }[];
}

type Made = { options: [string, string | true][]; left: { what: string; reason: Message }[] };

const NO_COUNTERPART = message('imports.foreign.noCounterpart');

/** Null for the directives of other schedulers, and for lines that cannot be taken apart. */
export function foreignMeaning({ scheduler, text }: ForeignDirective): ForeignMeaning | null {
  if (scheduler !== 'PBS' && scheduler !== 'LSF') return null;
  const { words, fault } = directiveWords(text.replace(/^#(?:PBS|BSUB)/, ''));
  if (fault !== null) return null;
  const made: Made = { options: [], left: [] };
  for (const [letter, value] of optionsOf(words, scheduler === 'PBS' ? PBS_FLAGS : LSF_FLAGS)) {
    const what = value === null ? letter : `${letter} ${value}`;
    const known = scheduler === 'PBS' ? pbs(letter, value ?? '', made) : lsf(letter, value ?? '', made);
    if (!known) made.left.push({ what, reason: NO_COUNTERPART });
  }
  return made;
}

const PBS_FLAGS = new Set(['-h', '-I', '-V', '-X', '-z', '-f', '-F']);
const LSF_FLAGS = new Set(['-x', '-B', '-N', '-H', '-K', '-I', '-Ip', '-Is', '-r', '-rn']);

/** `-q long`, `-qlong`; in LSF a name may have several letters, `-gpu num=2`. What stands without a dash belongs to nothing. */
function optionsOf(words: readonly string[], flags: ReadonlySet<string>): [string, string | null][] {
  const found: [string, string | null][] = [];
  // one list gone along: taking the first word off a long one moves all the others
  const left = words.values();
  for (const word of left) {
    if (flags.has(word) || !word.startsWith('-')) found.push([word, null]);
    else if (word.length > 2 && !/^-(?:gpu|app|sp|rn|cwd|oo|eo|Ep|outdir)$/.test(word))
      found.push([word.slice(0, 2), word.slice(2)]);
    else found.push([word, left.next().value ?? null]);
  }
  return found;
}

const MAIL: Readonly<Record<string, string>> = { a: 'FAIL', b: 'BEGIN', e: 'END', n: 'NONE' };

function pbs(letter: string, value: string, { options, left }: Made): boolean {
  const direct: Readonly<Record<string, string>> = {
    '-A': 'account',
    '-e': 'error',
    '-J': 'array',
    '-t': 'array',
    '-M': 'mail-user',
    '-N': 'job-name',
    '-o': 'output',
    '-q': 'partition',
    '-P': 'account',
  };
  const name = Object.hasOwn(direct, letter) ? direct[letter] : undefined;
  if (name !== undefined) options.push([name, name === 'partition' ? (value.split('@')[0] ?? '') : value]);
  else if (letter === '-m')
    options.push([
      'mail-type',
      Array.from(value, (each) => MAIL[each] ?? '')
        .filter((each) => each !== '')
        .join(','),
    ]);
  else if (letter === '-h') options.push(['hold', true]);
  else if (letter === '-r') options.push([value === 'n' ? 'no-requeue' : 'requeue', true]);
  else if (letter === '-V') left.push({ what: '-V', reason: message('imports.foreign.environment') });
  else if (letter === '-S' || letter === '-j' || letter === '-k')
    left.push({ what: `${letter} ${value}`, reason: message('imports.foreign.ours') });
  else if (letter === '-l') for (const part of resourcesOf(value)) pbsResource(part, { options, left });
  else return false;
  return true;
}

/** The parts of `-l`: `select=2:ncpus=4,walltime=1:00:00` and the like. */
function resourcesOf(value: string): string[] {
  return value.split(',').filter((part) => part !== '');
}

/** A chunk of `nodes=2:ppn=8:gpus=1` or `select=2:ncpus=8:mpiprocs=4:mem=16gb`. */
function pbsResource(part: string, made: Made): void {
  const { options, left } = made;
  const [key = '', ...behind] = part.split('=');
  const value = behind.join('=');
  const size = pbsSize(value);
  if (key === 'walltime') options.push(['time', value]);
  else if (key === 'mem' && size !== null) options.push(['mem', size]);
  else if ((key === 'pmem' || key === 'pvmem') && size !== null) options.push(['mem-per-cpu', size]);
  else if (key === 'ncpus' || key === 'procs') options.push([key === 'procs' ? 'ntasks' : 'cpus-per-task', value]);
  else if (key === 'ngpus' || key === 'gpus') options.push(['gpus', value]);
  else if ((key === 'nodes' || key === 'select') && !value.includes('+')) pbsChunk(key, value, made);
  else
    left.push({
      what: `-l ${part}`,
      reason: value.includes('+') ? message('imports.foreign.chunks') : NO_COUNTERPART,
    });
}

function pbsChunk(kind: string, value: string, { options, left }: Made): void {
  const [first = '', ...parts] = value.split(':');
  const isNumber = /^\d+$/.test(first);
  options.push(['nodes', isNumber ? first : '1']);
  if (!isNumber && kind === 'nodes') options.push(['nodelist', first]);
  else if (!isNumber) left.push({ what: first, reason: NO_COUNTERPART });
  const of = new Map(parts.map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')] as const));
  const ncpus = Number(of.get('ncpus') ?? NaN);
  const processes = of.get('ppn') ?? of.get('mpiprocs');
  if (processes !== undefined) options.push(['ntasks-per-node', processes]);
  if (ncpus > 0) options.push(['cpus-per-task', String(Math.max(1, Math.floor(ncpus / Number(processes ?? 1))))]);
  for (const [key, each] of of) {
    const size = pbsSize(each);
    if (key === 'mem' && size !== null) options.push(['mem', size]);
    else if (key === 'gpus' || key === 'ngpus') options.push(['gpus-per-node', each]);
    else if (!['ppn', 'mpiprocs', 'ncpus', 'ompthreads'].includes(key))
      left.push({ what: each === '' ? key : `${key}=${each}`, reason: NO_COUNTERPART });
  }
}

/** `16gb`, `2048mb`, `1tb`; a number alone is bytes, and `w` words, which nobody means. */
function pbsSize(value: string): string | null {
  const [, number, unit] = /^(\d+)([kmgt])b?$/i.exec(value) ?? [];
  return number === undefined || unit === undefined ? null : `${number}${unit.toUpperCase()}`;
}

function lsf(letter: string, value: string, { options, left }: Made): boolean {
  const direct: Readonly<Record<string, string>> = {
    '-q': 'partition',
    '-n': 'ntasks',
    '-o': 'output',
    '-oo': 'output',
    '-e': 'error',
    '-eo': 'error',
    '-m': 'nodelist',
    '-P': 'account',
    '-G': 'account',
    '-u': 'mail-user',
  };
  const name = Object.hasOwn(direct, letter) ? direct[letter] : undefined;
  if (name !== undefined)
    options.push([
      name,
      name === 'nodelist' ? value.split(/\s+/).join(',') : name === 'ntasks' ? (value.split(',').at(-1) ?? '') : value,
    ]);
  else if (letter === '-W') {
    // [hours:]minutes, and behind a slash a host by whose speed they count
    const [, hours, minutes = ''] = /^(?:(\d+):)?(\d+)(?:\/\S*)?$/.exec(value) ?? [];
    options.push(['time', hours === undefined ? minutes : `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}:00`]);
  } else if (letter === '-J') {
    const [, called = '', array] = /^([^[\]]*)(?:\[([^\]]*)\](?:%(\d+))?)?$/.exec(value) ?? [];
    if (called !== '') options.push(['job-name', called]);
    if (array !== undefined) options.push(['array', value.replace(/^[^[]*\[|\]/g, '')]);
  } else if (letter === '-x') options.push(['exclusive', true]);
  else if (letter === '-H') options.push(['hold', true]);
  else if (letter === '-B' || letter === '-N') options.push(['mail-type', letter === '-B' ? 'BEGIN' : 'END']);
  else if (letter === '-gpu') {
    const count = /(?:^|:)num=(\d+)/.exec(value)?.[1] ?? '1';
    options.push(['gres', `gpu:${count}`]);
  } else if (letter === '-R') lsfRequirement(value, { options, left });
  else if (letter === '-M')
    left.push({
      what: `-M ${value}`,
      reason: message('imports.foreign.limitUnit'),
    });
  else return false;
  return true;
}

/** `span[hosts=1]`, `span[ptile=8]`; amounts of `rusage[mem=…]` count in the unit of their site. */
function lsfRequirement(value: string, { options, left }: Made): void {
  for (const [part, section = '', inner = ''] of value.matchAll(/(?<![a-z])([a-z]+)\[([^[\]]*)\]/g)) {
    const hosts = /^hosts=(\d+)$/.exec(inner)?.[1];
    const tile = /^ptile=(\d+)$/.exec(inner)?.[1];
    const sized = /\bmem=(\d+)([KMGT])B?\b/i.exec(inner);
    if (section === 'span' && hosts !== undefined) options.push(['nodes', hosts]);
    else if (section === 'span' && tile !== undefined) options.push(['ntasks-per-node', tile]);
    else if (section === 'rusage' && sized !== null)
      options.push(['mem-per-cpu', `${sized[1] ?? ''}${(sized[2] ?? '').toUpperCase()}`]);
    else
      left.push({
        what: `-R ${part}`,
        reason: section === 'rusage' && inner.includes('mem=') ? message('imports.foreign.memoryUnit') : NO_COUNTERPART,
      });
  }
}
