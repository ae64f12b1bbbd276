/** The configuration files of Slurm's daemons, as text. Values that need an explanation have one. */
import os from 'node:os';
import { GPU_COUNT, liveNodes } from './site.mjs';

function nodeLine(node, port) {
  const gres = node.gres === undefined ? '' : ` Gres=${node.gres}`;
  const state = node.state === undefined ? 'State=UNKNOWN' : `State=${node.state} Reason=${node.reason}`;
  return `NodeName=${node.name} NodeHostname=${os.hostname()} NodeAddr=127.0.0.1 Port=${String(port)} CPUs=${String(node.cpus)} RealMemory=${String(node.memory)} Feature=${node.feature}${gres} ${state}`;
}

const partitionLine = ({ name, nodes, maxTime, isDefault = false, state = 'UP', extra = '' }) =>
  `PartitionName=${name} Nodes=${nodes} MaxTime=${maxTime} DefaultTime=00:10:00 Default=${isDefault ? 'YES' : 'NO'} State=${state} ${extra}`.trimEnd();

function accountingLines(layout, ports) {
  if (!layout.site.accounting) return 'AccountingStorageType=accounting_storage/none\nPriorityType=priority/basic';
  return `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${String(ports.slurmdbd)}
AccountingStoragePass=${layout.mungeSocket}
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu,gres/gpu:a100
PriorityType=priority/multifactor
PriorityWeightFairshare=10000
PriorityWeightQOS=5000
PriorityWeightAge=1000
PriorityCalcPeriod=1`;
}

export function slurmConf(layout, ports) {
  const host = os.hostname();
  const { site } = layout;
  return `ClusterName=${site.clusterName}
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${String(ports.slurmctld)}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${layout.mungeSocket}
CredType=cred/munge
StateSaveLocation=${layout.spool('ctld')}
SlurmdSpoolDir=${layout.spool('%n')}
SlurmctldPidFile=${layout.run('slurmctld.pid')}
SlurmdPidFile=${layout.run('slurmd-%n.pid')}
# no cgroups in a container
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# this computer may be smaller than its nodes claim
SlurmdParameters=config_overrides
ReturnToService=2
GresTypes=gpu
SchedulerParameters=sched_interval=2,bf_interval=5
SlurmctldTimeout=60
SlurmdTimeout=60
KillWait=5
MinJobAge=60
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
DefMemPerCPU=1000
${accountingLines(layout, ports)}
${site.nodes.map((node) => nodeLine(node, ports[node.name] ?? 1)).join('\n')}
${site.partitions.map(partitionLine).join('\n')}
`;
}

/** Device files for the GPUs of nodes that run; the others are only known by number. */
export function gresConf(layout) {
  const live = liveNodes(layout.site);
  return layout.site.nodes
    .filter(({ gres }) => gres !== undefined)
    .map((node) => {
      const [, type, count] = node.gres.split(':');
      const devices = live.includes(node) ? `File=${layout.gpu(`[0-${String(GPU_COUNT - 1)}]`)}` : `Count=${count}`;
      return `NodeName=${node.name} Name=gpu Type=${type} ${devices}\n`;
    })
    .join('');
}

export function slurmdbdConf(layout, ports, password) {
  return `DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${String(ports.slurmdbd)}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${layout.mungeSocket}
PidFile=${layout.run('slurmdbd.pid')}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${String(ports.mysql)}
StorageUser=slurm
StoragePass=${password}
StorageLoc=slurm_acct_db
`;
}
