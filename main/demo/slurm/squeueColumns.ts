/** What squeue can show of a job. */
import { shellPath } from '../paths.ts';
import type { Site } from './command.ts';
import { hostList, memory, moment, shortDuration } from './formats.ts';
import { cpusOf, displayId, elapsed, shownState, type Job } from './job.ts';
import { tres } from './jobEnvironment.ts';
import { taskList, waitsInArray } from './jobIds.ts';
import { requestedTres } from './records.ts';
import { shortState } from './states.ts';
import { dependencyText } from './waiting.ts';

export interface Column {
  readonly title: string;
  value(row: readonly Job[], job: Job): string;
}

const nodes = (job: Job): string => hostList(job.standing.shares.map((share) => share.node));

const nodeCount = (job: Job): number => {
  const { demand } = job.spec;
  return (
    job.standing.shares.length || (demand.minNodes ?? Math.max(1, Math.ceil((demand.tasks * demand.cpusPerTask) / 8)))
  );
};

/** squeue's columns by letter, with the headings of 22.05.8; `tres` is --Format's tres-alloc. */
export function queueColumns(
  site: Site,
  timeFormat: string | undefined,
  each: boolean,
): Readonly<Record<string, Column>> {
  const now = site.controller.now();
  const time = (epoch: number | null): string => moment(epoch, timeFormat, 'N/A');
  const start = (job: Job): number | null => job.standing.start ?? job.expectedStart;
  const end = (job: Job): number | null => {
    const begun = start(job);
    return (
      job.standing.end ?? (begun === null || job.standing.timeLimit === null ? null : begun + job.standing.timeLimit)
    );
  };
  const grouped = (job: Job): boolean => waitsInArray(job) && !each;
  const reasonOrNodes = (job: Job): string =>
    job.standing.state === 'PENDING' || job.standing.shares.length === 0 ? `(${job.standing.reason})` : nodes(job);
  const fixed = (title: string, value: string): Column => ({ title, value: () => value });
  const of = (title: string, value: (job: Job) => string): Column => ({ title, value: (_, job) => value(job) });
  return {
    a: of('ACCOUNT', (job) => job.spec.account),
    A: of('JOBID', (job) => String(job.id)),
    b: of('TRES_PER_NODE', (job) => job.spec.tresPerNode ?? 'N/A'),
    B: of('EXEC_HOST', (job) => job.standing.shares[0]?.node ?? 'n/a'),
    c: of('MIN_CPUS', (job) => String((job.spec.demand.tasksPerNode ?? 1) * job.spec.demand.cpusPerTask)),
    C: of('CPUS', (job) => String(cpusOf(job.standing.shares) || job.spec.demand.tasks * job.spec.demand.cpusPerTask)),
    d: fixed('MIN_TMP_DISK', '0'),
    D: of('NODES', (job) => String(nodeCount(job))),
    e: of('END_TIME', (job) => time(end(job))),
    E: of('DEPENDENCY', (job) => dependencyText(job, site.controller.table) || '(null)'),
    f: of('FEATURES', (job) => job.spec.features ?? '(null)'),
    F: of('ARRAY_JOB_ID', (job) => String(job.spec.id)),
    g: of('GROUP', (job) => job.spec.group),
    G: of('GROUP', (job) => String(job.spec.gid)),
    h: of('OVER_SUBSCRIBE', (job) => (job.spec.demand.exclusive ? 'NO' : 'OK')),
    H: fixed('SOCKETS_PER_NODE', '*'),
    i: { title: 'JOBID', value: (row, job) => (grouped(job) ? `${job.spec.id}_[${taskList(row)}]` : displayId(job)) },
    I: fixed('CORES_PER_SOCKET', '*'),
    j: of('NAME', (job) => job.standing.name),
    J: fixed('THREADS_PER_CORE', '*'),
    k: of('COMMENT', (job) => job.spec.comment ?? '(null)'),
    K: {
      title: 'ARRAY_TASK_ID',
      value: (row, job) => (job.arrayTask === null ? 'N/A' : grouped(job) ? taskList(row) : String(job.arrayTask)),
    },
    l: of('TIME_LIMIT', (job) => shortDuration(job.standing.timeLimit)),
    L: of('TIME_LEFT', (job) =>
      job.standing.timeLimit === null
        ? 'UNLIMITED'
        : shortDuration(Math.max(0, job.standing.timeLimit - elapsed(job, now))),
    ),
    m: of('MIN_MEMORY', (job) => memory(job.spec.demand.memory.size)),
    M: of('TIME', (job) => shortDuration(elapsed(job, now))),
    n: of('REQ_NODES', (job) => hostList(job.spec.demand.nodeList)),
    N: of('NODELIST', nodes),
    o: of('COMMAND', (job) => job.spec.command ?? '(null)'),
    O: fixed('CONTIGUOUS', '0'),
    p: of('PRIORITY', (job) => (job.standing.priority / 2 ** 32).toFixed(14)),
    P: of('PARTITION', (job) => job.spec.partition),
    q: of('QOS', (job) => job.spec.qos),
    Q: of('PRIORITY', (job) => String(job.standing.priority)),
    r: of('REASON', (job) => job.standing.reason),
    R: of('NODELIST(REASON)', reasonOrNodes),
    s: fixed('', ''),
    S: of('START_TIME', (job) => time(start(job))),
    t: of('ST', (job) => shortState(shownState(job))),
    T: of('STATE', shownState),
    u: of('USER', (job) => job.spec.user),
    U: of('UID', (job) => String(job.spec.uid)),
    v: fixed('RESERVATION', '(null)'),
    V: of('SUBMIT_TIME', (job) => time(job.standing.submittedAt)),
    w: fixed('WCKEY', '(null)'),
    W: fixed('LICENSES', '(null)'),
    x: of('EXC_NODES', (job) => hostList(job.spec.demand.exclude)),
    X: fixed('CORE_SPEC', 'N/A'),
    y: of('NICE', (job) => String(job.spec.nice)),
    Y: fixed('SCHEDNODES', '(null)'),
    z: fixed('S:C:T', '*:*:*'),
    tres: of('TRES_ALLOC', (job) => tres(job, 'controller') || requestedTres(job)),
    Z: of('WORK_DIR', (job) => shellPath(job.spec.workDir)),
  };
}

/** Names of --Format, in small letters, and the columns that print the same. Source: squeue(1), --Format. */
export const LONG_NAMES: Readonly<Record<string, string>> = {
  account: 'a',
  arrayjobid: 'F',
  arraytaskid: 'K',
  comment: 'k',
  dependency: 'E',
  endtime: 'e',
  exec_host: 'B',
  feature: 'f',
  groupname: 'g',
  jobarrayid: 'i',
  jobid: 'A',
  minmemory: 'm',
  name: 'j',
  nice: 'y',
  nodelist: 'N',
  numcpus: 'C',
  numnodes: 'D',
  partition: 'P',
  prioritylong: 'Q',
  qos: 'q',
  reason: 'r',
  reasonlist: 'R',
  starttime: 'S',
  state: 'T',
  statecompact: 't',
  submittime: 'V',
  timelimit: 'l',
  timeleft: 'L',
  timeused: 'M',
  'tres-alloc': 'tres',
  'tres-per-node': 'b',
  userid: 'U',
  username: 'u',
  workdir: 'Z',
};
