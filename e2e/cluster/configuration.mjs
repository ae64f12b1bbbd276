/** The configuration files of the daemons, as text. Values that need an explanation have one. */
import os from 'node:os';
import { CLUSTER_NAME, GPU_COUNT, PARTITIONS, USERS } from './layout.mjs';

export function slurmConf(layout, ports) {
  const host = os.hostname();
  const node = (name, extra = '') =>
    `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${String(ports[name])} CPUs=16 RealMemory=64000 State=UNKNOWN${extra}`;
  return `ClusterName=${CLUSTER_NAME}
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
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${String(ports.slurmdbd)}
AccountingStoragePass=${layout.mungeSocket}
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu
DefMemPerCPU=1000
${node('cn1')}
${node('cn2')}
${node('gpu1', ` Gres=gpu:a100:${String(GPU_COUNT)} Feature=gpu_a100`)}
${PARTITIONS.map((p) => `PartitionName=${p.name} Nodes=${p.nodes} MaxTime=${p.maxTime} DefaultTime=00:10:00 Default=${p.isDefault ? 'YES' : 'NO'} State=UP`).join('\n')}
`;
}

export function gresConf(layout) {
  return `NodeName=gpu1 Name=gpu Type=a100 File=${layout.gpu(`[0-${String(GPU_COUNT - 1)}]`)}\n`;
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

export function sshdConf(layout, ports) {
  const byPassword = USERS.filter(({ login }) => login === 'password').map(({ name }) => name);
  return `ListenAddress 127.0.0.1
Port ${String(ports.sshd)}
HostKey ${layout.hostKey}
PidFile ${layout.run('sshd.pid')}
AuthorizedKeysFile ${layout.authorizedKeys}
AllowUsers ${USERS.map(({ name }) => name).join(' ')}
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
UseDNS no
# many tests connect at once
MaxStartups 100:30:200
SetEnv SLURM_CONF=${layout.slurmConf}
# a noisy .bashrc must not break SFTP here: sites where it does are tested with a server of their own
Subsystem sftp internal-sftp
Match User ${byPassword.join(',')}
  PasswordAuthentication yes
  PubkeyAuthentication no
`;
}

