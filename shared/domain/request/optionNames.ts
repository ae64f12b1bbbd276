/** What sbatch's options are called: apart from their grammars, so that the page loads no more than it needs. */

export type OptionValue = string | number | boolean;

const LABELS: Readonly<Record<string, string>> = {
  partition: 'Partition',
  account: 'Account',
  qos: 'QOS',
  reservation: 'Reservation',
  nodes: 'Nodes',
  ntasks: 'Tasks',
  ntasks_per_node: 'Tasks per node',
  cpus_per_task: 'CPUs per task',
  mem: 'Memory per node',
  mem_per_cpu: 'Memory per CPU',
  mem_per_gpu: 'Memory per GPU',
  time: 'Time limit',
  time_min: 'Least time limit',
  gres: 'Generic resources',
  gpus: 'GPUs',
  gpus_per_node: 'GPUs per node',
  gpus_per_socket: 'GPUs per socket',
  gpus_per_task: 'GPUs per task',
  cpus_per_gpu: 'CPUs per GPU',
  constraint: 'Constraint',
  prefer: 'Preferred features',
  nodelist: 'Node list',
  exclude: 'Excluded nodes',
  exclusive: 'Exclusive',
  oversubscribe: 'Oversubscribe',
  array: 'Array',
  dependency: 'Dependency',
  begin: 'Begin',
  deadline: 'Deadline',
  requeue: 'Requeue',
  no_kill: 'No kill',
  nice: 'Nice',
  tmp: 'Temporary space',
  mail_type: 'Mail on',
  mail_user: 'Mail to',
};

/** `cpus-per-task` and `cpus_per_task` are the same key. */
export function optionKey(key: string): string {
  return key.replaceAll('-', '_');
}

/** What a person calls the option: `CPUs per task`; an option without a name of its own is called as sbatch does. */
export function optionLabel(key: string): string {
  return (Object.hasOwn(LABELS, key) ? LABELS[key] : undefined) ?? `--${key.replaceAll('_', '-')}`;
}
