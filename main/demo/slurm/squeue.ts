import { shellPath } from '../paths.ts';
import { complain, given, lastOf, say, type Site, type SlurmCommand } from './command.ts';
import { fit, hostList, memory, moment, parseColumns, shortDuration } from './formats.ts';
import { cpusOf, displayId, elapsed, isEnded, shownState, type Job } from './job.ts';
import { lookUp, rowsOf, taskList, waitsInArray } from './jobIds.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { ACCOUNT, MIN_JOB_AGE, SLURM_VERSION } from './site.ts';
import { isIn, shortState, STATE_NAMES, stateNamed } from './states.ts';
import { dependencyText } from './waiting.ts';

const TABLE = optionTable(`
  account,A all,a:none array,r:none array-unique:none clusters,M format,o Format,O help:none hide:none iterate,i jobs,j:optional local:none
  long,l:none licenses,L me:none name,n noconvert:none nodelist,w noheader,h:none partition,p priority,P:none qos,q reservation,R
  sort,S start:none states,t steps,s:optional usage:none user,u users verbose,v:none version,V:none
`);

const FORMAT = '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R';
const LONG_FORMAT = '%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R';
const START_FORMAT = '%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R';

interface Column {
  readonly title: string;
  value(row: readonly Job[], job: Job): string;
}

const nodes = (job: Job): string => hostList(job.standing.shares.map((share) => share.node));

const nodeCount = (job: Job): number => {
  const { demand } = job.spec;
  return job.standing.shares.length || (demand.minNodes ?? Math.max(1, Math.ceil((demand.tasks * demand.cpusPerTask) / 8)));
};

/** squeue's columns by letter, with the headings of 22.05.8. */
function columns(site: Site, timeFormat: string | undefined, each: boolean): Readonly<Record<string, Column>> {
  const now = site.controller.now();
  const time = (epoch: number | null): string => moment(epoch, timeFormat, 'N/A');
  const start = (job: Job): number | null => job.standing.start ?? job.expectedStart;
  const end = (job: Job): number | null => {
    const begun = start(job);
    return job.standing.end ?? (begun === null || job.standing.timeLimit === null ? null : begun + job.standing.timeLimit);
  };
  const grouped = (job: Job): boolean => waitsInArray(job) && !each;
  const reasonOrNodes = (job: Job): string => (job.standing.state === 'PENDING' || job.standing.shares.length === 0 ? `(${job.standing.reason})` : nodes(job));
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
    K: { title: 'ARRAY_TASK_ID', value: (row, job) => (job.arrayTask === null ? 'N/A' : grouped(job) ? taskList(row) : String(job.arrayTask)) },
    l: of('TIME_LIMIT', (job) => shortDuration(job.standing.timeLimit)),
    L: of('TIME_LEFT', (job) => (job.standing.timeLimit === null ? 'UNLIMITED' : shortDuration(Math.max(0, job.standing.timeLimit - elapsed(job, now))))),
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
    Z: of('WORK_DIR', (job) => shellPath(job.spec.workDir)),
  };
}

const list = (text: string | undefined): string[] | null => (text === undefined ? null : text.split(',').filter((each) => each !== ''));

/** squeue: jobs that wait or run, and those that ended within MinJobAge when they are asked for. */
export const squeue: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('squeue', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(options, 'help') || given(options, 'usage')) return say('Usage: squeue [OPTIONS]\n');
  if (given(options, 'Format')) return complain('squeue: error: the demo cluster knows --format (-o), not --Format (-O)\n');
  let complaints = '';

  const stateNames = list(lastOf(options, 'states') ?? call.environment['SQUEUE_STATES']);
  const wanted: string[] = [];
  for (const name of stateNames ?? ['PENDING', 'RUNNING', 'COMPLETING']) {
    if (name.toLowerCase() === 'all') {
      wanted.push(...STATE_NAMES);
      continue;
    }
    const state = stateNamed(name);
    if (state === null) return complain(`squeue: error: Invalid job state specified: ${name}\nsqueue: error: Valid job states include: ${STATE_NAMES.join(',')}\n\n`);
    wanted.push(state);
  }

  const ids = list(lastOf(options, 'jobs') ?? (given(options, 'jobs') ? parsed.rest[0] : undefined));
  const now = site.controller.now();
  const fresh = (job: Job): boolean => !isEnded(job) || now - (job.standing.end ?? now) <= MIN_JOB_AGE;
  let jobs: readonly Job[] = site.controller.table.all();
  if (ids !== null) {
    const found: Job[] = [];
    for (const id of ids) {
      const lookup = lookUp(site.controller.table, id);
      if (lookup.kind === 'malformed') return complain(`squeue: error: Invalid job id: ${id}\n`);
      found.push(...lookup.jobs.filter(fresh));
    }
    if (found.length === 0 && ids.length === 1) return complain('slurm_load_jobs error: Invalid job id specified\n');
    jobs = [...new Set(found)];
  }

  const users = given(options, 'me') ? [site.user.name] : list(lastOf(options, 'user') ?? lastOf(options, 'users') ?? call.environment['SQUEUE_USERS']);
  for (const user of users ?? []) {
    if (user !== site.user.name && user !== String(site.user.uid)) complaints += `squeue: error: Invalid user: ${user}\n\n`;
  }
  const isMine = users === null || users.some((user) => user === site.user.name || user === String(site.user.uid));
  const partitions = list(lastOf(options, 'partition') ?? call.environment['SQUEUE_PARTITION']);
  const accounts = list(lastOf(options, 'account'));
  const qos = list(lastOf(options, 'qos'));
  const names = list(lastOf(options, 'name'));
  const chosen = jobs
    .filter(fresh)
    .filter((job) => isMine && wanted.some((state) => isIn(job, state)))
    .filter((job) => partitions?.includes(job.spec.partition) ?? true)
    .filter(() => accounts === null || accounts.includes(ACCOUNT))
    .filter((job) => qos?.includes(job.spec.qos) ?? true)
    .filter((job) => names?.includes(job.standing.name) ?? true)
    .filter((job) => !given(options, 'start') || job.standing.state === 'PENDING');

  const order = (a: Job, b: Job): number =>
    compare(a.spec.partition, b.spec.partition) || compare(a.standing.state, b.standing.state) || b.standing.priority - a.standing.priority || a.id - b.id;
  const rows = rowsOf([...chosen].sort(order), given(options, 'array'));

  const usual = given(options, 'long') ? LONG_FORMAT : given(options, 'start') ? START_FORMAT : FORMAT;
  const specs = parseColumns(lastOf(options, 'format') ?? call.environment['SQUEUE_FORMAT'] ?? usual);
  const known = columns(site, call.environment['SLURM_TIME_FORMAT'], given(options, 'array'));
  for (const { letter } of specs) {
    if (letter !== null && known[letter] === undefined) complaints += `squeue: error: Invalid job format specification: ${letter}\n`;
  }
  const print = (value: (column: Column) => string): string =>
    specs
      .map(({ before, letter, width, right }) => {
        if (letter === null) return before;
        const column = known[letter];
        return before + (column === undefined ? `%${letter}` : fit(value(column), width, right));
      })
      .join('');
  const lines = rows.map((row) => {
    const [job] = row;
    return job === undefined ? '' : print((column) => column.value(row, job));
  });
  if (!given(options, 'noheader')) lines.unshift(print((column) => column.title));
  if (given(options, 'long') && !given(options, 'noheader')) lines.unshift(longDate(new Date()));
  return { stdout: lines.map((line) => `${line}\n`).join(''), stderr: complaints, exitCode: 0 };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `Sat Nov 21 05:57:32 2026`, the first line of the long listings. */
export function longDate(date: Date): string {
  const [day, month, number, year] = date.toDateString().split(' ');
  return `${day ?? ''} ${month ?? ''} ${number ?? ''} ${date.toTimeString().slice(0, 8)} ${year ?? ''}`;
}
