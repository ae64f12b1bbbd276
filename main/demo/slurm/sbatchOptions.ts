/** What sbatch accepts: its options, the `#SBATCH` lines of a script, and the SBATCH_ variables. Source: sbatch(1) of 22.05. */
import { directiveWords } from '../../../shared/domain/request/directiveWords.ts';
import { optionsIn } from '../../../shared/domain/request/sbatchOptions.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { parseCommandLine, type OptionSpec, type ParsedOption } from './options.ts';

/** Those of the release that the demo says it is; many are taken as sbatch takes them and change nothing here. */
const TABLE: readonly OptionSpec[] = optionsIn('22.05').map(({ name, spelled, letter, takes }) => ({
  long: spelled,
  name,
  value: takes === 'value' ? 'required' : takes === 'perhaps' ? 'optional' : 'none',
  ...(letter === null ? {} : { short: letter }),
}));

/** Variables that stand between the script's own lines and the command line. */
const VARIABLES: Readonly<Record<string, string>> = {
  SBATCH_ACCOUNT: 'account',
  SBATCH_ARRAY_INX: 'array',
  SBATCH_CLUSTERS: 'clusters',
  SLURM_CLUSTERS: 'clusters',
  SBATCH_CONSTRAINT: 'constraint',
  SBATCH_ERROR: 'error',
  SBATCH_EXCLUSIVE: 'exclusive',
  SBATCH_EXPORT: 'export',
  SBATCH_GPUS: 'gpus',
  SBATCH_GPUS_PER_NODE: 'gpus-per-node',
  SBATCH_GPUS_PER_TASK: 'gpus-per-task',
  SBATCH_GRES: 'gres',
  SBATCH_INPUT: 'input',
  SBATCH_JOB_NAME: 'job-name',
  SBATCH_MEM_PER_CPU: 'mem-per-cpu',
  SBATCH_MEM_PER_NODE: 'mem',
  SBATCH_OPEN_MODE: 'open-mode',
  SBATCH_OUTPUT: 'output',
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

/** What sbatch obeys of a script: the words of its `#SBATCH` and `#SLURM` lines before the first command, as one command line. */
export function scriptOptions(script: string): SbatchLine {
  const argv: string[] = [];
  for (const [at, line] of script.split('\n').entries()) {
    const magic = ['#SBATCH', '#SLURM'].find((each) => line.startsWith(each));
    if (magic === undefined) {
      if (/^\s*[^\s#]/.test(line)) break;
      continue;
    }
    const said = line.slice(magic.length);
    if (/^\s*(?:het|pack)job(?:\s|$)/i.test(said))
      return { kind: 'refused', message: 'sbatch: error: Heterogeneous jobs are not supported by the demo cluster\n' };
    const { words, fault } = directiveWords(said);
    if (fault !== null)
      return { kind: 'refused', message: `sbatch: fatal: line ${String(at + 1)}: ${inWords(fault)}\n` };
    argv.push(...words);
  }
  const parsed = parseSbatchLine(argv);
  if (parsed.kind === 'refused' || parsed.rest.length === 0) return parsed;
  return {
    kind: 'refused',
    message: `sbatch: error: Invalid directive found in batch script: ${parsed.rest[0] ?? ''}\n`,
  };
}
