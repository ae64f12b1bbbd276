import { shellPath } from '../paths.ts';
import { complain, given, lastOf, say, type SlurmCommand } from './command.ts';
import { fit, hostList, longDuration, memory, moment } from './formats.ts';
import { cpusOf, displayId, elapsed, type Job } from './job.ts';
import { tres } from './jobEnvironment.ts';
import { lookUp, rowsOf, taskList, waitsInArray } from './jobIds.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { requestedTres } from './records.ts';
import { CLUSTER_NAME, SLURM_VERSION } from './site.ts';
import { accountedState, stateNamed } from './states.ts';

const TABLE = optionTable(`
  accounts,A allclusters,L:none allocations,X:none allusers,a:none array:none brief,b:none clusters,M completion,c:none constraints,C
  delimiter duplicates,D:none endtime,E federation:none file,f flags,F format,o fields gid,g group help,h:none helpformat,e:none
  jobs,j local:none long,l:none name ncpus,I nnodes,i nodelist,N noheader,n:none noconvert:none parsable,p:none parsable2,P:none
  partition,r qos,q reason,R starttime,S state,s steps submit-line timelimit-max,K timelimit-min,k truncate,T:none uid,u units usage,U:none
  user users-of verbose,v:none version,V:none wckeys,W whole-hetjob:optional x-ascii,x
`);

const FIELDS = 'JobID,JobName,Partition,Account,AllocCPUS,State,ExitCode';
const BRIEF_FIELDS = 'JobID,State,ExitCode';

/** All names that sacct 22.05.8 knows. Those without a value here are empty for every job, as where nothing gathers usage. */
const NAMES =
  `Account AdminComment AllocCPUS AllocNodes AllocTRES AssocID AveCPU AveCPUFreq AveDiskRead AveDiskWrite AvePages AveRSS AveVMSize
  BlockID Cluster Comment Constraints ConsumedEnergy ConsumedEnergyRaw Container CPUTime CPUTimeRAW DBIndex DerivedExitCode Elapsed ElapsedRaw
  Eligible End ExitCode Flags GID Group JobID JobIDRaw JobName Layout MaxDiskRead MaxDiskReadNode MaxDiskReadTask MaxDiskWrite MaxDiskWriteNode
  MaxDiskWriteTask MaxPages MaxPagesNode MaxPagesTask MaxRSS MaxRSSNode MaxRSSTask MaxVMSize MaxVMSizeNode MaxVMSizeTask McsLabel MinCPU
  MinCPUNode MinCPUTask NCPUS NNodes NodeList NTasks Partition Planned PlannedCPU PlannedCPURAW Priority QOS QOSRAW Reason ReqCPUFreq ReqCPUFreqGov
  ReqCPUFreqMax ReqCPUFreqMin ReqCPUS ReqMem ReqNodes ReqTRES Reservation ReservationId Reserved ResvCPU ResvCPURAW Start State Submit SubmitLine
  Suspended SystemComment SystemCPU Timelimit TimelimitRaw TotalCPU TRESUsageInAve TRESUsageInMax TRESUsageInMaxNode TRESUsageInMaxTask
  TRESUsageInMin TRESUsageInMinNode TRESUsageInMinTask TRESUsageInTot TRESUsageOutAve TRESUsageOutMax TRESUsageOutMaxNode TRESUsageOutMaxTask
  TRESUsageOutMin TRESUsageOutMinNode TRESUsageOutMinTask TRESUsageOutTot UID User UserCPU WCKey WCKeyID WorkDir`.split(
    /\s+/,
  );

/** One line of sacct: a job (or the tasks of an array that wait together), or the batch step of a job. */
interface Line {
  readonly row: readonly Job[];
  readonly job: Job;
  readonly batchStep: boolean;
}

const WIDTHS: Readonly<Record<string, number>> = {
  JobID: 12,
  NodeList: 15,
  Start: 19,
  End: 19,
  Submit: 19,
  Eligible: 19,
  Timelimit: 10,
  WorkDir: 20,
};

function valueOf(name: string, line: Line, now: number, timeFormat: string | undefined): string {
  const { job, row, batchStep } = line;
  const { spec, standing } = job;
  const time = (epoch: number | null): string => moment(epoch, timeFormat, 'Unknown');
  const together = waitsInArray(job);
  const suffix = batchStep ? '.batch' : '';
  const ran = elapsed(job, now);
  const cpus = cpusOf(standing.shares);
  const requestedCpus = spec.demand.tasks * spec.demand.cpusPerTask;
  switch (name) {
    case 'Account':
      return spec.account;
    case 'AllocCPUS':
    case 'NCPUS':
      return String(cpus || (standing.state === 'PENDING' ? requestedCpus : 0));
    case 'AllocNodes':
    case 'NNodes':
      return String(standing.shares.length || (standing.state === 'PENDING' ? (spec.demand.minNodes ?? 1) : 0));
    case 'AllocTRES':
      return batchStep ? tres(job, 'accounting').replace(/billing=\d+,/, '') : tres(job, 'accounting');
    case 'ReqTRES':
      return batchStep ? '' : requestedTres(job).split(',').sort().join(',');
    case 'Cluster':
      return CLUSTER_NAME;
    case 'Comment':
      return batchStep ? '' : (spec.comment ?? '');
    case 'CPUTime':
      return longDuration(ran * cpus);
    case 'CPUTimeRAW':
      return String(ran * cpus);
    case 'DerivedExitCode':
      return batchStep ? '' : '0:0';
    case 'Elapsed':
      return longDuration(ran);
    case 'ElapsedRaw':
      return String(ran);
    case 'Eligible':
      return time(standing.held === null ? (standing.begin ?? standing.submittedAt) : null);
    case 'End':
      return time(standing.end);
    case 'ExitCode':
      return batchStep && standing.state === 'TIMEOUT' ? '0:15' : `${standing.exitCode}:${standing.signal}`;
    case 'GID':
      return batchStep ? '' : String(spec.gid);
    case 'Group':
      return batchStep ? '' : spec.group;
    case 'JobID':
      return together ? `${spec.id}_[${taskList(row)}]` : `${displayId(job)}${suffix}`;
    case 'JobIDRaw':
      return `${together ? spec.id : job.id}${suffix}`;
    case 'JobName':
      return batchStep ? 'batch' : standing.name;
    case 'NodeList':
      return standing.shares.length === 0 ? 'None assigned' : hostList(standing.shares.map((share) => share.node));
    case 'NTasks':
      return batchStep ? '1' : '';
    case 'Partition':
      return batchStep ? '' : spec.partition;
    case 'Priority':
      return batchStep ? '' : String(standing.priority);
    case 'QOS':
      return batchStep ? '' : spec.qos;
    case 'Planned':
    case 'Reserved':
      return batchStep || standing.start === null
        ? ''
        : longDuration(Math.max(0, standing.start - standing.submittedAt));
    case 'Reason':
      return batchStep ? '' : standing.reason;
    case 'ReqCPUS':
      return String(requestedCpus);
    case 'ReqMem':
      return batchStep ? '' : requestedMemory(job);
    case 'ReqNodes':
      return batchStep ? '' : String(spec.demand.minNodes ?? 1);
    case 'Start':
      return time(standing.start);
    case 'State':
      return batchStep ? stepState(job) : accountedState(job);
    case 'Submit':
      return time(batchStep ? standing.start : standing.submittedAt);
    case 'SubmitLine':
      return batchStep ? '' : spec.submitLine;
    case 'Suspended':
    case 'SystemCPU':
    case 'TotalCPU':
    case 'UserCPU':
      return '00:00:00';
    case 'Timelimit':
      return batchStep ? '' : longDuration(standing.timeLimit);
    case 'TimelimitRaw':
      return batchStep ? '' : standing.timeLimit === null ? 'UNLIMITED' : String(Math.ceil(standing.timeLimit / 60));
    case 'UID':
      return batchStep ? '' : String(spec.uid);
    case 'User':
      return batchStep ? '' : spec.user;
    case 'WorkDir':
      return batchStep ? '' : shellPath(spec.workDir);
    default:
      return '';
  }
}

/** A job total, as from 21.08 on. */
function requestedMemory(job: Job): string {
  const { memory: asked, tasks, cpusPerTask, minNodes } = job.spec.demand;
  return memory(asked.per === 'cpu' ? asked.size * tasks * cpusPerTask : asked.size * (minNodes ?? 1));
}

const stepState = (job: Job): string => (job.standing.state === 'TIMEOUT' ? 'CANCELLED' : job.standing.state);

/** `JobID`, `jobname%30`: the field of that name, in any case. */
function field(text: string): { name: string; width: number } | null {
  const [wanted = '', width] = text.split('%');
  const name = NAMES.find((each) => each.toLowerCase() === wanted.toLowerCase());
  return name === undefined ? null : { name, width: width === undefined ? (WIDTHS[name] ?? 10) : Number(width) };
}

function helpFormat(): string {
  const lines: string[] = [];
  for (let at = 0; at < NAMES.length; at += 4)
    lines.push(
      NAMES.slice(at, at + 4)
        .map((name) => name.padEnd(19))
        .join(' '),
    );
  return `${lines.join('\n')}\n`;
}

/** An -S or -E time: epoch seconds, or null for one that is not understood. */
function timeGiven(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const ago = /^now-(\d+)(second|minute|hour|day|week)s?$/.exec(text);
  if (ago)
    return (
      now -
      Number(ago[1]) * ({ second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 }[ago[2] ?? 'second'] ?? 1)
    );
  if (text === 'now') return now;
  const date = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  return Number.isNaN(date) ? null : Math.floor(date / 1000);
}

/** sacct: every job that the demo still has on disk, also long after squeue has dropped it. */
export const sacct: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('sacct', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(options, 'help') || given(options, 'usage')) return say('sacct [<OPTION>]\n');
  if (given(options, 'helpformat')) return say(helpFormat());
  const usual = given(options, 'brief') ? BRIEF_FIELDS : (call.environment['SACCT_FORMAT'] ?? FIELDS);
  const names = (lastOf(options, 'format') ?? lastOf(options, 'fields') ?? usual)
    .split(',')
    .filter((name) => name !== '');
  const fields: { name: string; width: number }[] = [];
  for (const name of names) {
    const found = field(name);
    if (found === null) return complain(`sacct: error: Invalid field requested: "${name.split('%')[0] ?? ''}"\n`);
    fields.push(found);
  }

  const now = site.controller.now();
  const ids = lastOf(options, 'jobs')?.split(',');
  let jobs: readonly Job[];
  if (ids === undefined) {
    const midnight = Math.floor(new Date(now * 1000).setHours(0, 0, 0, 0) / 1000);
    const since = timeGiven(lastOf(options, 'starttime'), now) ?? midnight;
    const until = timeGiven(lastOf(options, 'endtime'), now) ?? now;
    jobs = site.controller.table
      .all()
      .filter((job) => (job.standing.end ?? now) >= since && job.standing.submittedAt <= until);
  } else {
    const found: Job[] = [];
    for (const id of ids) {
      const lookup = lookUp(site.controller.table, id);
      if (lookup.kind === 'malformed') return complain(`sacct: fatal: Bad job/step specified: ${id}\n`);
      found.push(...lookup.jobs);
    }
    jobs = [...new Set(found)];
  }
  const states = lastOf(options, 'state')
    ?.split(',')
    .map((name) => stateNamed(name) ?? name);
  const users = (lastOf(options, 'uid') ?? lastOf(options, 'user'))?.split(',');
  const isMine = users?.some((user) => user === site.user.name || user === String(site.user.uid)) ?? true;
  const chosen = jobs
    .filter((job) => isMine && (states?.includes(job.standing.state) ?? true))
    .filter((job) => lastOf(options, 'name')?.split(',').includes(job.standing.name) ?? true)
    .filter((job) => lastOf(options, 'partition')?.split(',').includes(job.spec.partition) ?? true);

  const lines = rowsOf(
    [...chosen].sort((a, b) => a.id - b.id),
    given(options, 'array'),
  ).flatMap((row): Line[] => {
    const [job] = row;
    if (job === undefined) return [];
    const stepped = !given(options, 'allocations') && job.standing.shares.length > 0 && job.standing.start !== null;
    return [{ row, job, batchStep: false }, ...(stepped ? [{ row, job, batchStep: true }] : [])];
  });

  const trailing = given(options, 'parsable');
  const parsable = trailing || given(options, 'parsable2');
  const separator = lastOf(options, 'delimiter') ?? '|';
  const print = (values: readonly string[]): string => {
    if (parsable) return values.join(separator) + (trailing ? separator : '');
    return values.map((value, index) => `${cut(value, fields[index]?.width ?? 10)} `).join('');
  };
  const timeFormat = call.environment['SLURM_TIME_FORMAT'];
  const text = lines.map((line) => print(fields.map(({ name }) => valueOf(name, line, now, timeFormat))));
  if (!given(options, 'noheader')) {
    text.unshift(print(fields.map(({ name }) => name)));
    if (!parsable) text.splice(1, 0, fields.map(({ width }) => `${'-'.repeat(Math.abs(width))} `).join(''));
  }
  return say(text.map((line) => `${line}\n`).join(''));
};

/** A value in sacct's columns: right-justified, left for a negative width; a `+` ends what was cut. */
function cut(value: string, width: number): string {
  const size = Math.abs(width);
  if (value.length > size) return `${value.slice(0, size - 1)}+`;
  return width < 0 ? fit(value, size, false) : value.padStart(size);
}
