/**
 * The `#SBATCH` lines of a script as sbatch reads them: those before the first command, with quotes and comments, long and short
 * options, several on a line. Source: sbatch(1), and `_get_next_opt` and `_opt_batch_script` of Slurm's src/sbatch/opt.c.
 */
import { optionKey } from '../../shared/domain/slurmOptions.ts';

/** One option of a `#SBATCH` line. `isRead` is false where the line stands after the first command, and sbatch ignores it. */
export interface ScriptDirective {
  /** From 1. */
  readonly line: number;
  /** As a key of a request: `cpus_per_task`. A word that is no option stands as it is. */
  readonly key: string;
  readonly value: string | true;
  readonly isRead: boolean;
}

const SHORT: Readonly<Record<string, string>> = {
  A: 'account', a: 'array', b: 'begin', C: 'constraint', c: 'cpus_per_task', D: 'chdir', d: 'dependency', e: 'error', F: 'nodefile', G: 'gpus', H: 'hold', h: 'help', i: 'input',
  J: 'job_name', k: 'no_kill', L: 'licenses', M: 'clusters', m: 'distribution', N: 'nodes', n: 'ntasks', O: 'overcommit', o: 'output', p: 'partition', q: 'qos', Q: 'quiet', S: 'core_spec',
  s: 'oversubscribe', t: 'time', V: 'version', v: 'verbose', W: 'wait', w: 'nodelist', x: 'exclude',
};

/** Options that take no value, or one only behind `=`. */
const FLAGS = new Set(
  `contiguous exclusive get_user_env help hold ignore_pbs kill_on_invalid_dep nice no_kill no_requeue overcommit oversubscribe parsable propagate quiet reboot requeue
   share spread_job stepmgr test_only usage use_min_nodes verbose version wait`.split(/\s+/),
);

/** The words of a line; an unquoted `#` begins a comment. */
function words(text: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '\\' && quote !== "'" && i + 1 < text.length) {
      i += 1;
      word = (word ?? '') + text.charAt(i);
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === '#') break;
    else if (/\s/.test(c)) {
      if (word !== null) found.push(word);
      word = null;
    } else word = (word ?? '') + c;
  }
  if (word !== null) found.push(word);
  return found;
}

function optionsOf(text: string): { key: string; value: string | true }[] {
  const options: { key: string; value: string | true }[] = [];
  const all = words(text);
  for (let i = 0; i < all.length; i += 1) {
    const word = all[i] ?? '';
    const long = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    const short = /^-([A-Za-z])(.*)$/s.exec(word);
    const name = long?.[1] === undefined ? (SHORT[short?.[1] ?? ''] ?? null) : optionKey(long[1]);
    const glued = long === null ? (short?.[2] ?? '') || undefined : long[2];
    if (name === null) options.push({ key: word, value: true });
    else if (glued !== undefined) options.push({ key: name, value: glued });
    else if (FLAGS.has(name)) options.push({ key: name, value: true });
    else {
      i += 1;
      options.push({ key: name, value: all[i] ?? '' });
    }
  }
  return options;
}

/** All options of a script's `#SBATCH` lines in their order; of one that is given twice the later one that `isRead` holds. */
export function readDirectives(script: string): ScriptDirective[] {
  const directives: ScriptDirective[] = [];
  let isRead = true;
  for (const [index, text] of script.split('\n').entries()) {
    if (text.startsWith('#SBATCH')) for (const option of optionsOf(text.slice('#SBATCH'.length))) directives.push({ line: index + 1, ...option, isRead });
    else if (!/^\s*(?:#|$)/.test(text)) isRead = false;
  }
  return directives;
}
