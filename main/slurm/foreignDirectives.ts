/**
 * Directives of other schedulers. sbatch would obey those of PBS and LSF wherever they stand, in a here-document too, over the
 * `#SBATCH` lines; Slipway tells it not to (`SBATCH_IGNORE_PBS`), since no reader of a preview would expect it.
 * Source: `xlate_batch_script` of Slurm's src/sbatch/xlate.c.
 */
import { directiveWords } from '../../shared/domain/request/directiveWords.ts';
import { shellWords } from './shellWords.ts';

export interface ForeignDirective {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** `PBS`, `LSF`, … */
  readonly scheduler: string;
  /** The same for sbatch, where it is one option for another: `--job-name=water`. Empty where it is not that simple. */
  readonly meant: readonly string[];
}

interface Scheduler {
  readonly name: string;
  readonly pattern: RegExp;
  /** sbatch's option for a letter. */
  readonly letters?: Readonly<Record<string, string>>;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    name: 'PBS',
    pattern: /^#PBS/,
    letters: {
      A: 'account',
      a: 'begin',
      e: 'error',
      J: 'array',
      M: 'mail-user',
      N: 'job-name',
      o: 'output',
      q: 'partition',
      t: 'array',
    },
  },
  {
    name: 'LSF',
    pattern: /^#BSUB/,
    letters: { e: 'error', J: 'job-name', m: 'nodelist', n: 'ntasks', o: 'output', q: 'partition', W: 'time' },
  },
  { name: 'Grid Engine', pattern: /^#\$ -/ },
  { name: 'Cobalt', pattern: /^#COBALT\b/ },
  { name: 'Fujitsu TCS', pattern: /^#PJM\b/ },
  { name: 'OAR', pattern: /^#OAR\b/ },
];
/** Of PBS's `-l`. */
const RESOURCES: Readonly<Record<string, string>> = { walltime: 'time', mem: 'mem', ncpus: 'mincpus' };

/** All of a script, those in here-documents left out: there they are what the job writes into a file. */
export function foreignDirectives(script: string): ForeignDirective[] {
  const lines = script.split('\n');
  if (!lines.some((line) => SCHEDULERS.some(({ pattern }) => pattern.test(line)))) return [];
  const here = shellWords(script)?.hereLines;
  return lines.flatMap((text, at) => {
    const scheduler = here?.has(at) === true ? undefined : SCHEDULERS.find(({ pattern }) => pattern.test(text));
    return scheduler === undefined
      ? []
      : [{ line: at + 1, text, scheduler: scheduler.name, meant: meaning(scheduler, text) }];
  });
}

function meaning({ letters, pattern }: Scheduler, text: string): string[] {
  if (letters === undefined) return [];
  const { words, fault } = directiveWords(text.replace(pattern, ''));
  const [option = '', second] = words;
  const [, letter = '', glued = ''] = /^-([A-Za-z])(.*)$/s.exec(option) ?? [];
  const value = glued === '' ? second : glued;
  if (fault !== null || value === undefined || words.length > (glued === '' ? 2 : 1)) return [];
  if (letter === 'l' && letters === SCHEDULERS[0]?.letters) {
    const resources = value.split(',').map((part) => /^([a-z]+)=([\w:.-]+)$/.exec(part));
    return resources.every((part) => part !== null && Object.hasOwn(RESOURCES, part[1] ?? ''))
      ? resources.map((part) => `--${RESOURCES[part?.[1] ?? ''] ?? ''}=${(part?.[2] ?? '').replace(/b$/i, '')}`)
      : [];
  }
  const name = Object.hasOwn(letters, letter) ? letters[letter] : undefined;
  return name === undefined ? [] : [`--${name}=${value}`];
}
