/** How sbatch's command line takes each option, so that a `#SBATCH` line can be read as getopt_long reads it. Source: sbatch(1). */

export type Takes = 'nothing' | 'perhaps' | 'value';

const NOTHING = 'contiguous help hold ignore-pbs no-requeue overcommit parsable quiet reboot requeue spread-job stepmgr test-only usage use-min-nodes verbose version wait';
/** Their value, if any, is joined with `=`. */
const PERHAPS = 'exclusive get-user-env nice no-kill oversubscribe propagate resv-ports';
const VALUE = `account acctg-freq array batch bb bbf begin chdir cluster-constraint clusters comment consolidate-segments constraint container container-id core-spec
  cores-per-socket cpu-freq cpus-per-gpu cpus-per-task deadline delay-boot dependency distribution error exclude export export-file extra extra-node-info gid
  gpu-bind gpu-freq gpus gpus-per-node gpus-per-socket gpus-per-task gres gres-flags hint input job-name kill-on-invalid-dep licenses mail-type mail-user mcs-label mem
  mem-bind mem-per-cpu mem-per-gpu mincpus network nodefile nodelist nodes ntasks ntasks-per-core ntasks-per-gpu ntasks-per-node ntasks-per-socket open-mode output
  partition power prefer priority profile qos reservation segment signal sockets-per-node switches tasks-per-node thread-spec threads-per-core time time-min tmp
  tres-bind tres-per-task uid wait-all-nodes wckey wrap`;

const words = (text: string, takes: Takes): [string, Takes][] => text.split(/\s+/).map((name) => [name, takes]);

const LONG: ReadonlyMap<string, Takes> = new Map([...words(NOTHING, 'nothing'), ...words(PERHAPS, 'perhaps'), ...words(VALUE, 'value')]);

const SHORT: Readonly<Record<string, string>> = {
  A: 'account', a: 'array', B: 'extra-node-info', b: 'begin', C: 'constraint', c: 'cpus-per-task', D: 'chdir', d: 'dependency', e: 'error', F: 'nodefile', G: 'gpus', H: 'hold',
  h: 'help', i: 'input', J: 'job-name', k: 'no-kill', L: 'licenses', M: 'clusters', m: 'distribution', N: 'nodes', n: 'ntasks', O: 'overcommit', o: 'output', p: 'partition',
  Q: 'quiet', q: 'qos', S: 'core-spec', s: 'oversubscribe', t: 'time', V: 'version', v: 'verbose', W: 'wait', w: 'nodelist', x: 'exclude',
};

/** Another name of the same option. */
const SAME: Readonly<Record<string, string>> = { 'tasks-per-node': 'ntasks-per-node' };

export interface KnownOption {
  /** The long name, without dashes before it. */
  readonly name: string;
  readonly takes: Takes;
}

const known = (name: string): KnownOption => ({ name: SAME[name] ?? name, takes: LONG.get(name) ?? 'value' });

/** An option by its long name or a beginning of it that no other option has; null when there is none. */
export function longOption(text: string): KnownOption | null {
  if (LONG.has(text)) return known(text);
  const begun = [...LONG.keys()].filter((name) => name.startsWith(text));
  const [only] = begun;
  return only !== undefined && text !== '' && begun.length === 1 ? known(only) : null;
}

/** An option by its letter. Only the long form of `-s` and `-k` may have a value. */
export function shortOption(letter: string): KnownOption | null {
  const name = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined;
  if (name === undefined) return null;
  const option = known(name);
  return name === 'oversubscribe' ? { ...option, takes: 'nothing' } : option;
}
