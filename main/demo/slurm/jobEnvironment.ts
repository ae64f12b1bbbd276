/** The variables that a job finds. Names and values as slurmd 22.05.8 sets them. */
import { hostname } from 'node:os';
import { hostList, memory, perNode } from './formats.ts';
import { cpusOf, type Job } from './job.ts';
import { billingOf, CLUSTER_NAME, partitionNamed } from './site.ts';

/** `base` is what --export let through; Slurm's own variables win. */
export function jobEnvironment(job: Job, base: Readonly<Record<string, string>>): Record<string, string> {
  const { spec, standing } = job;
  const { shares } = standing;
  const { demand } = spec;
  const first = shares[0];
  const nodes = hostList(shares.map((share) => share.node));
  const gpus = shares.flatMap((share) => share.gpus);
  const variables: Record<string, string | number | null> = {
    SLURMD_NODENAME: first?.node ?? '',
    SLURM_CLUSTER_NAME: CLUSTER_NAME,
    SLURM_CPUS_ON_NODE: first?.cpus ?? 1,
    SLURM_CPUS_PER_TASK: demand.cpusPerTaskGiven ? demand.cpusPerTask : null,
    SLURM_GTIDS: 0,
    SLURM_GPUS_ON_NODE: first !== undefined && first.gpus.length > 0 ? first.gpus.length : null,
    SLURM_JOBID: job.id,
    SLURM_JOB_ACCOUNT: spec.account,
    SLURM_JOB_CPUS_PER_NODE: perNode(shares.map((share) => share.cpus)),
    SLURM_JOB_GID: spec.gid,
    SLURM_JOB_GPUS: gpus.length > 0 ? (first?.gpus ?? []).join(',') : null,
    SLURM_JOB_ID: job.id,
    SLURM_JOB_NAME: standing.name,
    SLURM_JOB_NODELIST: nodes,
    SLURM_JOB_NUM_NODES: shares.length,
    SLURM_JOB_PARTITION: spec.partition,
    SLURM_JOB_QOS: spec.qos,
    SLURM_JOB_START_TIME: standing.start,
    SLURM_JOB_UID: spec.uid,
    SLURM_JOB_USER: spec.user,
    SLURM_LOCALID: 0,
    SLURM_MEM_PER_CPU: demand.memory.per === 'cpu' ? demand.memory.size : null,
    SLURM_MEM_PER_NODE: demand.memory.per === 'node' ? demand.memory.size : null,
    SLURM_NNODES: shares.length,
    SLURM_NODEID: 0,
    SLURM_NODELIST: nodes,
    SLURM_NPROCS: demand.tasksGiven || demand.tasksPerNode !== null ? demand.tasks : null,
    SLURM_NTASKS: demand.tasksGiven || demand.tasksPerNode !== null ? demand.tasks : null,
    SLURM_NTASKS_PER_NODE: demand.tasksPerNode,
    SLURM_PROCID: 0,
    SLURM_RESTART_COUNT: standing.attempt > 0 ? standing.attempt : null,
    SLURM_SUBMIT_DIR: spec.workDir,
    SLURM_SUBMIT_HOST: hostname(),
    SLURM_TASKS_PER_NODE: perNode(shares.map((share) => share.tasks)),
    CUDA_VISIBLE_DEVICES: first !== undefined && first.gpus.length > 0 ? first.gpus.join(',') : null,
  };
  if (spec.array !== null && job.arrayTask !== null) {
    const { tasks } = spec.array;
    Object.assign(variables, {
      SLURM_ARRAY_JOB_ID: spec.id,
      SLURM_ARRAY_TASK_ID: job.arrayTask,
      SLURM_ARRAY_TASK_COUNT: tasks.length,
      SLURM_ARRAY_TASK_MIN: tasks[0] ?? 0,
      SLURM_ARRAY_TASK_MAX: tasks.at(-1) ?? 0,
      SLURM_ARRAY_TASK_STEP: tasks.length > 1 ? (tasks[1] ?? 0) - (tasks[0] ?? 0) : 1,
    });
  }
  const environment: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(variables)) if (value !== null) environment[name] = String(value);
  return environment;
}

/** Nodes and CPUs for billing: what AllocTRES and scontrol's TRES say. */
export function tres(job: Job, order: 'accounting' | 'controller'): string {
  const { shares } = job.standing;
  if (shares.length === 0) return '';
  const cpus = cpusOf(shares);
  const mebibytes = shares.reduce((sum, share) => sum + share.memory, 0);
  const gpus = shares.reduce((sum, share) => sum + share.gpus.length, 0);
  const parts: Record<string, string> = {
    cpu: String(cpus),
    mem: memory(mebibytes),
    node: String(shares.length),
    billing: String(billingOf(partitionNamed(job.spec.partition), cpus, mebibytes, gpus)),
    ...(gpus > 0 ? { 'gres/gpu': String(gpus) } : {}),
  };
  const names = order === 'controller' ? Object.keys(parts) : Object.keys(parts).sort();
  return names.map((name) => `${name}=${parts[name] ?? ''}`).join(',');
}
