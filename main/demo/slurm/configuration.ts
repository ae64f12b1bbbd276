/** `scontrol show config` of the demo: the settings of 22.05.8 that say something about this site. */
import { hostname } from 'node:os';
import type { Site } from './command.ts';
import { isoTime } from './formats.ts';
import {
  CLUSTER_NAME,
  DEFAULT_MEMORY_PER_CPU,
  KILL_WAIT,
  MAX_ARRAY_SIZE,
  MIN_JOB_AGE,
  NODES,
  SLURM_VERSION,
} from './site.ts';

export function configuration(site: Site): string {
  const settings: Readonly<Record<string, string | number>> = {
    AccountingStorageEnforce: 'associations,limits,qos',
    AccountingStorageHost: 'localhost',
    AccountingStorageTRES: 'cpu,mem,energy,node,billing,fs/disk,vmem,pages,gres/gpu',
    AccountingStorageType: 'accounting_storage/slurmdbd',
    AuthType: 'auth/none',
    BatchStartTimeout: '10 sec',
    BOOT_TIME: isoTime(site.controller.startedAt),
    ClusterName: CLUSTER_NAME,
    CompleteWait: '0 sec',
    DefMemPerCPU: DEFAULT_MEMORY_PER_CPU,
    EnforcePartLimits: 'NO',
    Epilog: '(null)',
    FirstJobId: 1,
    GresTypes: 'gpu',
    InactiveLimit: '0 sec',
    JobAcctGatherType: 'jobacct_gather/none',
    JobRequeue: 1,
    JobSubmitPlugins: '(null)',
    KillWait: `${KILL_WAIT} sec`,
    MaxArraySize: MAX_ARRAY_SIZE,
    MaxJobCount: 10_000,
    MaxMemPerNode: 'UNLIMITED',
    MaxNodeCount: NODES.length,
    MessageTimeout: '10 sec',
    MinJobAge: `${MIN_JOB_AGE} sec`,
    NEXT_JOB_ID: site.controller.table.nextId,
    OverTimeLimit: '0 min',
    PreemptMode: 'OFF',
    PriorityFlags: '',
    PriorityType: 'priority/multifactor',
    PriorityWeightQOS: 100,
    PrivateData: 'none',
    ProctrackType: 'proctrack/pgid',
    Prolog: '(null)',
    SchedulerType: 'sched/backfill',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_CORE_MEMORY',
    'SlurmctldHost[0]': `${hostname()}(127.0.0.1)`,
    SLURM_VERSION,
    StateSaveLocation: site.folder,
    TaskPlugin: 'task/none',
    TmpFS: '/tmp',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name.padEnd(23)} = ${value}`);
  return `Configuration data as of ${isoTime(site.controller.now())}\n${lines.join('\n')}\n\nSlurmctld(primary) at ${hostname()} is UP\n`;
}
