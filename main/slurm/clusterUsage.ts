import type { ClusterUsage } from '../../shared/domain/cluster/profile.ts';
import { gpuTres, gpuTypeOfTres } from '../../shared/domain/request/gres.ts';
import { quote } from '../../shared/lib/quote.ts';
import { numberOf, rowsOf, SEPARATOR, stateOf } from './fields.ts';
import { NODE_GROUPS_COMMAND, nodeGroupsOf } from './nodeGroups.ts';
import { partitionUsages } from './partitions.ts';
import { CONTROLLER_SECONDS, readSection, sectionsScript } from './sections.ts';
import { tresOf } from './tres.ts';

/**
 * The user's own jobs. `tres-alloc` is what a job has or, while it waits, what it asks for; all names are known from 20.02 to 25.05.
 * Source: squeue(1), --Format; _print_job_tres_alloc in src/squeue/print.c.
 */
const JOB_FIELDS = ['State', 'Partition', 'Account', 'QOS', 'ArrayTaskID', 'NumCPUs', 'NumNodes', 'tres-alloc'];
const JOBS_COMMAND = `slipway_limit ${CONTROLLER_SECONDS} squeue -h -a -t all -u "$(id -un)" -O ${quote(JOB_FIELDS.map((name, i) => `${name}:0${i < JOB_FIELDS.length - 1 ? SEPARATOR : ''}`).join(','))}`;

/**
 * All waiting jobs by partition, counted where they are: the tasks of an array count each, and a job for several partitions in each of
 * them. Exit code 3 where the site hides other people's jobs.
 */
const WAITING_COMMAND = [
  `case ",$(slipway_limit ${CONTROLLER_SECONDS} scontrol show config | sed -n 's/^PrivateData *= *//p')," in *,jobs,*|*,all,*) exit 3 ;; esac`,
  `slipway_limit ${CONTROLLER_SECONDS} squeue -h -a -t PENDING -o '%P|%K' | awk -F '|' '`,
  'function tasks(list, part, range, ends, i, n, count, step) {',
  '  if (list !~ /^[0-9]/) return 1',
  '  sub(/%.*/, "", list); n = split(list, part, ","); count = 0',
  '  for (i = 1; i <= n; i++) {',
  '    step = 1; if (split(part[i], range, ":") > 1 && range[2] > 0) step = range[2]',
  '    count += split(range[1], ends, "-") > 1 ? int((ends[2] - ends[1]) / step) + 1 : 1',
  '  }',
  '  return count',
  '}',
  '{ n = split($1, names, ","); for (k = 1; k <= n; k++) waiting[names[k]] += tasks($2) }',
  `END { for (name in waiting) printf "%d|%s\\n", waiting[name], name }'`,
].join('\n');

/** Slurm's programs that `usageScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export function usagePrograms({ waiting }: { waiting: boolean }): readonly string[] {
  return ['sinfo', 'sinfo', 'squeue', ...(waiting ? ['scontrol', 'squeue'] : [])];
}

/**
 * One light sh script for what happens on a cluster now. `waiting` also counts the jobs of all people: the controller sends its whole
 * list for that, so it is asked less often.
 */
export function usageScript(plan: { waiting: boolean }): string {
  return sectionsScript([], {
    nodes: NODE_GROUPS_COMMAND,
    jobs: JOBS_COMMAND,
    ...(plan.waiting ? { waiting: WAITING_COMMAND } : {}),
  });
}

/** What one look at the cluster told. */
export interface UsageAnswer {
  readonly partitions: ClusterUsage['partitions'];
  readonly mine: ClusterUsage['mine'];
  /** null: the cluster does not show other people's jobs, or was not asked about them. */
  readonly waiting: ClusterUsage['waiting'];
}

/** Reads the answer of `usageScript`; null when the cluster did not tell its nodes or the user's jobs. Never throws. */
export function parseUsage(stdout: string): UsageAnswer | null {
  const [nodes, jobs, waiting] = ['nodes', 'jobs', 'waiting'].map((name) => readSection(stdout, name));
  if (nodes?.exitCode !== 0 || jobs?.exitCode !== 0) return null;
  return {
    partitions: partitionUsages(nodeGroupsOf(nodes.stdout)),
    mine: ownJobs(jobs.stdout),
    waiting: waiting?.exitCode === 0 ? Object.fromEntries(waiting.stdout.split('\n').flatMap(waitingIn)) : null,
  };
}

function waitingIn(line: string): [string, number][] {
  const [, count, partition] = /^(\d{1,9})\|(\S+)$/.exec(line) ?? [];
  return partition === undefined ? [] : [[partition, Number(count)]];
}

/** Rows of `JOBS_COMMAND`, summed. The tasks of an array that wait together are so many jobs, and what is asked for is for each. */
function ownJobs(text: string): ClusterUsage['mine'] {
  const sums = new Map<string, ClusterUsage['mine'][number]>();
  for (const [stated, partition = '', account = '', qos = '', tasks = '', cpus, nodes, resources = ''] of rowsOf(
    text,
    JOB_FIELDS.length,
  )) {
    const { state } = stateOf(stated);
    if (state === '') continue;
    const key = [state, partition, account, qos].join(SEPARATOR);
    const known = sums.get(key) ?? { state, partition, account, qos, jobs: 0, cpus: 0, nodes: 0, memory: 0, gpus: 0 };
    const tres = tresOf(resources);
    const jobs = tasksIn(tasks);
    sums.set(key, {
      ...known,
      jobs: known.jobs + jobs,
      cpus: known.cpus + jobs * (tres['cpu'] ?? numberOf(cpus) ?? 0),
      nodes: known.nodes + jobs * (tres['node'] ?? numberOf(nodes) ?? 0),
      memory: known.memory + jobs * (tres['mem'] ?? 0),
      gpus: known.gpus + jobs * gpusIn(tres),
    });
  }
  return [...sums.values()];
}

/** `gres/gpu` counts all; a site may keep account of the types alone. */
function gpusIn(tres: Readonly<Record<string, number>>): number {
  const typed = Object.entries(tres).filter(([name]) => (gpuTypeOfTres(name) ?? '') !== '');
  return tres[gpuTres('')] ?? typed.reduce((sum, [, count]) => sum + count, 0);
}

/** How many tasks `1,4-400:3%2` are; one for a job that is no array, and for one task of an array. */
export function tasksIn(list: string): number {
  if (!/^\d/.test(list)) return 1;
  let count = 0;
  for (const range of (list.split('%', 1)[0] ?? '').split(',')) {
    const [, from, to = from, step = '1'] = /^(\d{1,9})(?:-(\d{1,9}))?(?::(\d{1,9}))?$/.exec(range) ?? [];
    if (from !== undefined)
      count += Math.max(0, Math.floor((Number(to) - Number(from)) / Math.max(1, Number(step)))) + 1;
  }
  return Math.max(1, count);
}
