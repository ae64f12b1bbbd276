/**
 * All options of sbatch and how getopt_long finds one by what somebody wrote: the whole long name, a beginning of it that no other
 * option has, or a letter. Releases have different options, so that a beginning may mean one thing here and another there.
 * Source: `common_options` of Slurm's src/common/slurm_opt.c, releases 20.02 to 26.05, and getopt_long(3).
 */

/** Whether an option stands alone, may have a value (joined, never the next word), or must have one. */
export type Takes = 'nothing' | 'perhaps' | 'value';

/** Releases whose options differ, oldest first. Those between two of them have the options of the earlier one. */
export const SBATCH_RELEASES = [
  '20.02',
  '20.11',
  '21.08',
  '22.05',
  '23.02',
  '23.11',
  '24.05',
  '24.11',
  '25.05',
  '25.11',
  '26.05',
] as const;
export type SbatchRelease = (typeof SBATCH_RELEASES)[number];

/** `name[,letter]`, then the first and the last release that has it where not all do. */
const NOTHING = `contiguous help,h hold,H ignore-pbs no-requeue overcommit,O oversubscribe,s parsable quiet,Q reboot requeue spread-job test-only usage use-min-nodes
  verbose,v version,V wait,W stepmgr@24.05 external@25.05 consolidate-segments@25.11 spread-segments@25.11`;
const PERHAPS = 'exclusive get-user-env nice no-kill,k propagate resv-ports@24.05 oom-kill-step@24.11';
const VALUE = `account,A acctg-freq array,a batch bb bbf begin,b chdir,D cluster cluster-constraint clusters,M comment constraint,C core-spec,S cores-per-socket
  cpu-freq cpus-per-gpu cpus-per-task,c deadline delay-boot dependency,d distribution,m error,e exclude,x export export-file extra-node-info,B gid gpu-bind gpu-freq
  gpus,G gpus-per-node gpus-per-socket gpus-per-task gres gres-flags hint input,i job-name,J kill-on-invalid-dep licenses,L mail-type mail-user mcs-label mem mem-bind
  mem-per-cpu mem-per-gpu mincpus network nodefile,F nodelist,w nodes,N ntasks,n ntasks-per-core ntasks-per-node ntasks-per-socket open-mode output,o partition,p
  power@20.02-23.11 priority profile qos,q reservation signal sockets-per-node switches tasks-per-node thread-spec threads-per-core time,t time-min tmp uid
  wait-all-nodes wckey wrap ntasks-per-gpu@20.11 ntasks-per-tres@20.11 container@21.08 context@21.08 prefer@22.05 autocomplete@23.02 container-id@23.02 extra@23.02
  tres-per-task@23.02 tres-bind@23.11 segment@24.05 resources@25.11 container-type@26.05 mem-update@26.05`;

/** Another name of the same option. */
const SAME: Readonly<Record<string, string>> = { 'tasks-per-node': 'ntasks-per-node', cluster: 'clusters' };

export interface SbatchOption {
  /** The long name, without dashes before it; of two names of one option the usual one. */
  readonly name: string;
  readonly takes: Takes;
}

interface Entry extends SbatchOption {
  readonly spelled: string;
  readonly letter: string | null;
  /** Places in SBATCH_RELEASES. */
  readonly from: number;
  readonly to: number;
}

const placeOf = (release: string | undefined, otherwise: number): number =>
  release === undefined ? otherwise : SBATCH_RELEASES.findIndex((each) => each === release);

function entries(text: string, takes: Takes): Entry[] {
  return text.split(/\s+/).map((entry) => {
    const [names = '', releases] = entry.split('@');
    const [spelled = '', letter = null] = names.split(',');
    const [since, until] = releases?.split('-') ?? [];
    return {
      name: SAME[spelled] ?? spelled,
      spelled,
      letter,
      takes,
      from: placeOf(since, 0),
      to: placeOf(until, SBATCH_RELEASES.length - 1),
    };
  });
}

interface Table {
  readonly all: readonly Entry[];
  readonly bySpelling: ReadonlyMap<string, Entry>;
  readonly byLetter: ReadonlyMap<string, Entry>;
}

/** Made at its first use: the page loads this file for other things, and what it does not use is left out of it. */
let made: Table | null = null;
function table(): Table {
  if (made !== null) return made;
  const all = [...entries(NOTHING, 'nothing'), ...entries(PERHAPS, 'perhaps'), ...entries(VALUE, 'value')];
  made = {
    all,
    bySpelling: new Map(all.map((entry) => [entry.spelled, entry])),
    byLetter: new Map(all.flatMap((entry) => (entry.letter === null ? [] : [[entry.letter, entry] as const]))),
  };
  return made;
}

export type FoundOption =
  | { readonly kind: 'option'; readonly option: SbatchOption }
  /** A beginning of several options: sbatch refuses it, or its releases take it differently. */
  | { readonly kind: 'ambiguous'; readonly among: readonly string[] }
  | { readonly kind: 'unknown' };

const optionOf = ({ name, takes }: Entry): FoundOption => ({ kind: 'option', option: { name, takes } });

function inRelease(text: string, begun: readonly Entry[], at: number): FoundOption {
  const there = begun.filter(({ from, to }) => from <= at && at <= to);
  const [first] = there;
  const exact = there.find(({ spelled }) => spelled === text);
  if (exact !== undefined) return optionOf(exact);
  if (first === undefined) return { kind: 'unknown' };
  return there.length === 1 ? optionOf(first) : { kind: 'ambiguous', among: there.map(({ spelled }) => spelled) };
}

/**
 * An option by its long name or a beginning of it, `text` without its dashes. Without a release: what the releases that accept the
 * text take it for, and ambiguous where they do not agree; a whole name of any release means that option.
 */
export function longOption(text: string, release: SbatchRelease | null = null): FoundOption {
  const begun = text === '' ? [] : table().all.filter(({ spelled }) => spelled.startsWith(text));
  if (release !== null) return inRelease(text, begun, placeOf(release, 0));
  const exact = table().bySpelling.get(text);
  if (exact !== undefined) return optionOf(exact);
  if (begun.length === 0) return { kind: 'unknown' };
  const taken = new Map<string, FoundOption>();
  for (const at of SBATCH_RELEASES.keys()) {
    const found = inRelease(text, begun, at);
    if (found.kind === 'option') taken.set(found.option.name, found);
  }
  const [only] = taken.values();
  return only !== undefined && taken.size === 1
    ? only
    : { kind: 'ambiguous', among: begun.map(({ spelled }) => spelled) };
}

/** An option by its letter. */
export function shortOption(letter: string): SbatchOption | null {
  const entry = table().byLetter.get(letter);
  return entry === undefined ? null : { name: entry.name, takes: entry.takes };
}

/** The options of one release, each with what it is written as: two names of one option are two entries. */
export function optionsIn(release: SbatchRelease): (SbatchOption & { spelled: string; letter: string | null })[] {
  const at = placeOf(release, 0);
  return table()
    .all.filter(({ from, to }) => from <= at && at <= to)
    .map(({ name, takes, spelled, letter }) => ({ name, takes, spelled, letter }));
}

/** All long names, of every release. */
export function longNames(): string[] {
  return table().all.map(({ spelled }) => spelled);
}
