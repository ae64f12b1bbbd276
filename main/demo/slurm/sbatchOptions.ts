/** What sbatch accepts: its options, the `#SBATCH` lines of a script, and the SBATCH_ variables. Source: sbatch(1) of 22.05. */
import { optionTable, parseCommandLine, type ParsedOption } from './options.ts';

/** Options that have an effect here, then those that are taken as sbatch takes them and change nothing in the demo. */
const TABLE = optionTable(`
  account,A array,a begin,b chdir,D comment constraint,C cpus-per-task,c cpus-per-gpu dependency,d error,e exclude,x exclusive:optional
  export gpus,G gpus-per-node gpus-per-task gres hold,H:none input,i job-name,J kill-on-invalid-dep mem mem-per-cpu mem-per-gpu
  nice:optional no-requeue:none nodelist,w nodes,N ntasks,n ntasks-per-node open-mode output,o parsable:none partition,p qos,q quiet,Q:none
  requeue:none signal test-only:none time,t wait,W:none wrap help,h:none usage:none version,V:none mail-type mail-user verbose,v:none

  acctg-freq bb bbf batch clusters,M cluster-constraint container contiguous:none core-spec,S cores-per-socket cpu-freq deadline delay-boot
  distribution,m export-file extra-node-info,B get-user-env:optional gid gpu-bind gpu-freq gpus-per-socket gres-flags hint ignore-pbs:none
  licenses,L mcs-label mem-bind mincpus network no-kill,k:optional nodefile,F ntasks-per-core ntasks-per-gpu ntasks-per-socket overcommit,O:none
  oversubscribe,s:none power prefer priority profile propagate:optional reboot:none reservation sockets-per-node spread-job:none switches
  thread-spec threads-per-core time-min tmp uid use-min-nodes:none wait-all-nodes wckey
`);

/** Variables that stand between the script's own lines and the command line. */
const VARIABLES: Readonly<Record<string, string>> = {
  SBATCH_ACCOUNT: 'account',
  SBATCH_ARRAY_INX: 'array',
  SBATCH_CONSTRAINT: 'constraint',
  SBATCH_EXCLUSIVE: 'exclusive',
  SBATCH_EXPORT: 'export',
  SBATCH_GPUS: 'gpus',
  SBATCH_GPUS_PER_NODE: 'gpus-per-node',
  SBATCH_GPUS_PER_TASK: 'gpus-per-task',
  SBATCH_GRES: 'gres',
  SBATCH_JOB_NAME: 'job-name',
  SBATCH_MEM_PER_CPU: 'mem-per-cpu',
  SBATCH_MEM_PER_NODE: 'mem',
  SBATCH_OPEN_MODE: 'open-mode',
  SBATCH_PARTITION: 'partition',
  SBATCH_QOS: 'qos',
  SBATCH_SIGNAL: 'signal',
  SBATCH_TIMELIMIT: 'time',
  SBATCH_REQUEUE: 'requeue',
  SBATCH_NO_REQUEUE: 'no-requeue',
  SBATCH_WAIT: 'wait',
};

export type SbatchLine =
  | { readonly kind: 'parsed'; readonly options: readonly ParsedOption[]; readonly rest: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

export const parseSbatchLine = (argv: readonly string[]): SbatchLine => parseCommandLine('sbatch', TABLE, argv, false);

export function variableOptions(environment: Readonly<Record<string, string>>): ParsedOption[] {
  return Object.entries(VARIABLES).flatMap(([variable, name]) => {
    const value = environment[variable];
    if (value === undefined) return [];
    const takesValue = TABLE.find((option) => option.long === name)?.value !== 'none';
    return [{ name, value: takesValue ? value : null }];
  });
}

/** Splits one `#SBATCH` line into words: quotes and backslashes as sbatch reads them, a `#` begins a comment. */
function words(text: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (quote !== null) {
      if (letter === quote) quote = null;
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && at + 1 < text.length) {
      at += 1;
      word = (word ?? '') + (text[at] ?? '');
    } else if (/\s/.test(letter)) {
      if (word !== null) found.push(word);
      word = null;
    } else if (letter === '#' && word === null) {
      break;
    } else {
      word = (word ?? '') + letter;
    }
  }
  if (word !== null) found.push(word);
  return found;
}

/** The options of a script's `#SBATCH` lines: those before its first command. */
export function scriptOptions(script: string): SbatchLine {
  const options: ParsedOption[] = [];
  for (const line of script.split('\n').slice(1)) {
    if (line.startsWith('#SBATCH')) {
      const parsed = parseSbatchLine(words(line.slice('#SBATCH'.length)));
      if (parsed.kind === 'refused') return parsed;
      if (parsed.rest.length > 0) return { kind: 'refused', message: `sbatch: error: Invalid directive found in batch script: ${parsed.rest[0] ?? ''}\n` };
      options.push(...parsed.options);
    } else if (line.trim() !== '' && !line.trimStart().startsWith('#')) {
      break;
    }
  }
  return { kind: 'parsed', options, rest: [] };
}
