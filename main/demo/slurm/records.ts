/** scontrol's records of jobs, nodes and partitions: `Key=Value` in the lines and the order of 22.05.8. */
import { hostname, release, type } from 'node:os';
import { shellPath } from '../paths.ts';
import type { Site } from './command.ts';
import { hostList, isoTime, longDuration, memory, moment } from './formats.ts';
import { cpusOf, elapsed, shownState, type Job } from './job.ts';
import { tres } from './jobEnvironment.ts';
import { taskList, waitsInArray } from './jobIds.ts';
import { amountOf } from './limits.ts';
import { maintenanceAhead } from './maintenance.ts';
import { cpuLoad, type NodeLoad } from './nodeLoad.ts';
import {
  billingOf,
  gresOf,
  NODES,
  nodesOf,
  partitionNamed,
  PARTITIONS,
  SLURM_VERSION,
  type DemoPartition,
} from './site.ts';
import { dependencyText } from './waiting.ts';

/** Lines of a record; joined by `\n   `, or by a space with -o. */
export type RecordLines = readonly string[];

export const printRecord = (lines: RecordLines, oneLine: boolean): string =>
  oneLine ? `${lines.join(' ')}\n` : `${lines.join('\n   ')}\n\n`;

export function jobRecord(row: readonly Job[], job: Job, site: Site): RecordLines {
  const { spec, standing } = job;
  const { demand } = spec;
  const { controller } = site;
  const time = (epoch: number | null): string => (epoch === null ? 'Unknown' : isoTime(epoch));
  const start = standing.start ?? job.expectedStart;
  const end = standing.end ?? (start === null || standing.timeLimit === null ? null : start + standing.timeLimit);
  const eligible = standing.held === null ? (standing.begin ?? standing.submittedAt) : null;
  const nodes = hostList(standing.shares.map((share) => share.node));
  const limit = spec.array?.limit ?? null;
  const array =
    job.arrayTask === null
      ? ''
      : `ArrayJobId=${spec.id} ArrayTaskId=${waitsInArray(job) ? taskList(row) : job.arrayTask} ${
          limit === null ? '' : `ArrayTaskThrottle=${limit} `
        }`;
  const cpus = cpusOf(standing.shares) || demand.tasks * demand.cpusPerTask;
  const requested = requestedTres(job);
  // the waiting tasks of an array are one record, with no task's number in the names of its files
  const whole = waitsInArray(job) ? { ...job, id: spec.id, arrayTask: null } : job;
  return [
    `JobId=${waitsInArray(job) ? spec.id : job.id} ${array}JobName=${standing.name}`,
    `UserId=${spec.user}(${spec.uid}) GroupId=${spec.group}(${spec.gid}) MCS_label=N/A`,
    `Priority=${standing.priority} Nice=${spec.nice} Account=${spec.account} QOS=${spec.qos}`,
    `JobState=${shownState(job)} Reason=${standing.reason} Dependency=${dependencyText(job, controller.table) || '(null)'}`,
    `Requeue=${spec.requeue ? 1 : 0} Restarts=${standing.attempt} BatchFlag=1 Reboot=0 ExitCode=${standing.exitCode}:${standing.signal}`,
    `RunTime=${longDuration(elapsed(job, controller.now()))} TimeLimit=${longDuration(standing.timeLimit)} TimeMin=N/A`,
    `SubmitTime=${time(standing.submittedAt)} EligibleTime=${time(eligible)}`,
    `AccrueTime=${time(eligible)}`,
    `StartTime=${time(start)} EndTime=${time(end)} Deadline=N/A`,
    `SuspendTime=None SecsPreSuspend=0 LastSchedEval=${time(standing.start ?? standing.submittedAt)} Scheduler=Main`,
    `Partition=${spec.partition} AllocNode:Sid=localhost:${process.pid}`,
    `ReqNodeList=${hostList(demand.nodeList) || '(null)'} ExcNodeList=${hostList(demand.exclude) || '(null)'}`,
    `NodeList=${nodes}`,
    ...(standing.shares[0] === undefined ? [] : [`BatchHost=${standing.shares[0].node}`]),
    `NumNodes=${standing.shares.length || (demand.minNodes ?? 1)} NumCPUs=${cpus} NumTasks=${demand.tasks} CPUs/Task=${demand.cpusPerTask} ReqB:S:C:T=0:0:*:*`,
    `TRES=${tres(job, 'controller') || requested}`,
    `Socks/Node=* NtasksPerN:B:S:C=${demand.tasksPerNode ?? 0}:0:*:* CoreSpec=*`,
    `MinCPUsNode=${(demand.tasksPerNode ?? 1) * demand.cpusPerTask} MinMemory${demand.memory.per === 'cpu' ? 'CPU' : 'Node'}=${memory(demand.memory.size)} MinTmpDiskNode=0`,
    `Features=${spec.features ?? '(null)'} DelayBoot=00:00:00`,
    `OverSubscribe=${demand.exclusive ? 'NO' : 'OK'} Contiguous=0 Licenses=(null) Network=(null)`,
    `Command=${spec.command ?? '(null)'}`,
    `WorkDir=${shellPath(spec.workDir)}`,
    ...(spec.comment === null ? [] : [`Comment=${spec.comment} `]),
    `StdErr=${shellPath(controller.outputFile(whole, 'stderr'))}`,
    `StdIn=${spec.stdin ?? '/dev/null'}`,
    `StdOut=${shellPath(controller.outputFile(whole, 'stdout'))}`,
    'Power=',
    ...(spec.tresPerNode === null ? [] : [`TresPerNode=${spec.tresPerNode}`]),
  ];
}

/** What a job that has nothing yet asks for. */
export function requestedTres({ spec }: Job): string {
  const { demand } = spec;
  const { cpu, gpu } = amountOf(demand);
  const mebibytes =
    demand.memory.per === 'cpu' ? demand.memory.size * cpu : demand.memory.size * (demand.minNodes ?? 1);
  const billing = billingOf(partitionNamed(spec.partition), cpu, mebibytes, gpu);
  return `cpu=${cpu},mem=${memory(mebibytes)},node=${demand.minNodes ?? 1},billing=${billing}${gpu > 0 ? `,gres/gpu=${gpu}` : ''}`;
}

/** Sizes as scontrol's TRES lists have them. */
const tresOf = (cpus: number, mebibytes: number, nodes: number | null, billing: number): string =>
  `cpu=${cpus},mem=${memory(mebibytes)},${nodes === null ? '' : `node=${nodes},`}billing=${billing}`;

export function partitionRecord(partition: DemoPartition): RecordLines {
  const nodes = nodesOf(partition);
  const cpus = nodes.reduce((sum, node) => sum + node.cpus, 0);
  const mebibytes = nodes.reduce((sum, node) => sum + node.memory, 0);
  const gpus = nodes.reduce((sum, node) => sum + node.gpus, 0);
  return [
    `PartitionName=${partition.name}`,
    `AllowGroups=ALL ${partition.denyAccounts.length === 0 ? 'AllowAccounts=ALL' : `DenyAccounts=${partition.denyAccounts.join(',')}`} AllowQos=${partition.allowQos?.join(',') ?? 'ALL'}`,
    `AllocNodes=ALL Default=${partition.isDefault ? 'YES' : 'NO'} QoS=${partition.qos ?? 'N/A'}`,
    `DefaultTime=${longDuration(partition.defaultTime)} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO`,
    `MaxNodes=UNLIMITED MaxTime=${longDuration(partition.maxTime)} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED`,
    `Nodes=${hostList(nodes.map((node) => node.name))}`,
    'PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO',
    'OverTimeLimit=NONE PreemptMode=OFF',
    `State=UP TotalCPUs=${cpus} TotalNodes=${nodes.length} SelectTypeParameters=NONE`,
    'JobDefaults=(null)',
    `DefMemPerNode=UNLIMITED MaxMemPerNode=${partition.maxMemoryPerNode ?? 'UNLIMITED'}`,
    `TRES=${tresOf(cpus, mebibytes, nodes.length, billingOf(partition, cpus, mebibytes, gpus))}${gpus > 0 ? `,gres/gpu=${gpus}` : ''}`,
    ...(partition.weights === null ? [] : [`TRESBillingWeights=${weightsOf(partition.weights)}`]),
  ];
}

const weightsOf = ({ cpu, gib, gpu }: NonNullable<DemoPartition['weights']>): string =>
  `CPU=${cpu.toFixed(1)},Mem=${gib}G${gpu > 0 ? `,GRES/gpu=${gpu.toFixed(1)}` : ''}`;

export function nodeRecord({ node, cpus, memory: used, gpus, state }: NodeLoad, site: Site): RecordLines {
  const since = isoTime(site.controller.startedAt);
  const nodeState = {
    idle: 'IDLE',
    mixed: 'MIXED',
    allocated: 'ALLOCATED',
    drained: 'IDLE+DRAIN',
    draining: 'MIXED+DRAIN',
  }[state];
  const partitions = PARTITIONS.filter((partition) => partition.nodes.includes(node.name)).map(
    (partition) => partition.name,
  );
  return [
    // of the site, as its sizes are, and of its images; what this computer has does not count where no container is started
    `NodeName=${node.name} Arch=x86_64 CoresPerSocket=1 `,
    `CPUAlloc=${cpus} CPUEfctv=${node.cpus} CPUTot=${node.cpus} CPULoad=${cpuLoad()}`,
    `AvailableFeatures=${node.features.join(',')}`,
    `ActiveFeatures=${node.features.join(',')}`,
    `Gres=${gresOf(node)}`,
    `NodeAddr=127.0.0.1 NodeHostName=${hostname()} Version=${SLURM_VERSION}`,
    `OS=${type()} ${release()} `,
    `RealMemory=${node.memory} AllocMem=${used} FreeMem=${node.memory - used} Sockets=${node.cpus} Boards=1`,
    `State=${nodeState} ThreadsPerCore=1 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A`,
    `Partitions=${partitions.join(',')} `,
    `BootTime=${since} SlurmdStartTime=${since}`,
    `LastBusyTime=${since}`,
    `CfgTRES=${tresOf(node.cpus, node.memory, null, node.cpus)}${node.gpus > 0 ? `,gres/gpu=${node.gpus}` : ''}`,
    `AllocTRES=${cpus === 0 ? '' : `cpu=${cpus},mem=${memory(used)}${gpus > 0 ? `,gres/gpu=${gpus}` : ''}`}`,
    'CapWatts=n/a',
    'CurrentWatts=0 AveWatts=0',
    'ExtSensorsJoules=n/s ExtSensorsWatts=0 ExtSensorsTemp=n/s',
    ...(node.drained === null ? [] : [`Reason=${node.drained} [root@${since}]`]),
  ];
}

/** The one reservation that the demo has: maintenance of all nodes. */
export function reservationRecord(now: number, timeFormat: string | undefined): { name: string; lines: RecordLines } {
  const { name, start, end } = maintenanceAhead(now);
  const cpus = NODES.reduce((sum, node) => sum + node.cpus, 0);
  return {
    name,
    lines: [
      `ReservationName=${name} StartTime=${moment(start, timeFormat, '')} EndTime=${moment(end, timeFormat, '')} Duration=${longDuration(end - start)}`,
      `Nodes=${hostList(NODES.map((node) => node.name))} NodeCnt=${NODES.length} CoreCnt=${cpus} Features=(null) PartitionName=(null) Flags=MAINT,IGNORE_JOBS,SPEC_NODES,ALL_NODES`,
      `TRES=cpu=${cpus}`,
      'Users=root Groups=(null) Accounts=(null) Licenses=(null) State=INACTIVE BurstBuffer=(null) Watts=n/a',
      'MaxStartDelay=(null)',
    ],
  };
}
