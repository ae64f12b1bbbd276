import { complain, given, lastOf, say, type SlurmCommand } from './command.ts';
import { fit, parseColumns } from './formats.ts';
import { isEnded, type Job } from './job.ts';
import { lookUp, rowsOf } from './jobIds.ts';
import { parseLongFields, printLongField } from './longFormat.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { MIN_JOB_AGE, SLURM_VERSION } from './site.ts';
import { LONG_NAMES, queueColumns, type Column } from './squeueColumns.ts';
import { isIn, STATE_NAMES, stateNamed } from './states.ts';

const TABLE = optionTable(`
  account,A all,a:none array,r:none array-unique:none clusters,M format,o Format,O help:none hide:none iterate,i jobs,j:optional local:none
  long,l:none licenses,L me:none name,n noconvert:none nodelist,w noheader,h:none partition,p priority,P:none qos,q reservation,R
  sort,S start:none states,t steps,s:optional usage:none user,u users verbose,v:none version,V:none
`);

const FORMAT = '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R';
const LONG_FORMAT = '%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R';
const START_FORMAT = '%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R';

const list = (text: string | undefined): string[] | null =>
  text === undefined ? null : text.split(',').filter((each) => each !== '');

/** squeue: jobs that wait or run, and those that ended within MinJobAge when they are asked for. */
export const squeue: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('squeue', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(options, 'help') || given(options, 'usage')) return say('Usage: squeue [OPTIONS]\n');
  let complaints = '';

  const stateNames = list(lastOf(options, 'states') ?? call.environment['SQUEUE_STATES']);
  const wanted: string[] = [];
  for (const name of stateNames ?? ['PENDING', 'RUNNING', 'COMPLETING']) {
    if (name.toLowerCase() === 'all') {
      wanted.push(...STATE_NAMES);
      continue;
    }
    const state = stateNamed(name);
    if (state === null)
      return complain(
        `squeue: error: Invalid job state specified: ${name}\nsqueue: error: Valid job states include: ${STATE_NAMES.join(',')}\n\n`,
      );
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

  const users = given(options, 'me')
    ? [site.user.name]
    : list(lastOf(options, 'user') ?? lastOf(options, 'users') ?? call.environment['SQUEUE_USERS']);
  for (const user of users ?? []) {
    if (user !== site.user.name && user !== String(site.user.uid))
      complaints += `squeue: error: Invalid user: ${user}\n\n`;
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
    .filter((job) => accounts?.includes(job.spec.account) ?? true)
    .filter((job) => qos?.includes(job.spec.qos) ?? true)
    .filter((job) => names?.includes(job.standing.name) ?? true)
    .filter((job) => !given(options, 'start') || job.standing.state === 'PENDING');

  const order = (a: Job, b: Job): number =>
    compare(a.spec.partition, b.spec.partition) ||
    compare(a.standing.state, b.standing.state) ||
    b.standing.priority - a.standing.priority ||
    a.id - b.id;
  const rows = rowsOf([...chosen].sort(order), given(options, 'array'));

  const usual = given(options, 'long') ? LONG_FORMAT : given(options, 'start') ? START_FORMAT : FORMAT;
  const specs = parseColumns(lastOf(options, 'format') ?? call.environment['SQUEUE_FORMAT'] ?? usual);
  const known = queueColumns(site, call.environment['SLURM_TIME_FORMAT'], given(options, 'array'));
  const longFields = parseLongFields(lastOf(options, 'Format'));
  if (longFields !== null) {
    const unknown = longFields.find(({ name }) => LONG_NAMES[name] === undefined);
    if (unknown !== undefined) return complain(`squeue: error: Invalid job format specification: ${unknown.name}\n`);
    const printLong = (value: (column: Column) => string): string =>
      longFields
        .map((field) => {
          const column = known[LONG_NAMES[field.name] ?? ''];
          return column === undefined ? '' : printLongField(field, value(column));
        })
        .join('');
    const lines = rows.map((row) => printLong((column) => (row[0] === undefined ? '' : column.value(row, row[0]))));
    if (!given(options, 'noheader')) lines.unshift(printLong((column) => column.title));
    return { stdout: lines.map((line) => `${line}\n`).join(''), stderr: complaints, exitCode: 0 };
  }
  for (const { letter } of specs) {
    if (letter !== null && known[letter] === undefined)
      complaints += `squeue: error: Invalid job format specification: ${letter}\n`;
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
