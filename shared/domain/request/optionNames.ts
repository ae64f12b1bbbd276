/** What sbatch's options are called: apart from their grammars, so that the page loads no more than it needs. */

import { message, type Message, type MessageId } from '../../messages/message.ts';

export type OptionValue = string | number | boolean;

const NAMES = {
  partition: 'options.name.partition',
  account: 'options.name.account',
  qos: 'options.name.qos',
  reservation: 'options.name.reservation',
  nodes: 'options.name.nodes',
  ntasks: 'options.name.ntasks',
  ntasks_per_node: 'options.name.ntasks_per_node',
  cpus_per_task: 'options.name.cpus_per_task',
  mem: 'options.name.mem',
  mem_per_cpu: 'options.name.mem_per_cpu',
  mem_per_gpu: 'options.name.mem_per_gpu',
  time: 'options.name.time',
  time_min: 'options.name.time_min',
  gres: 'options.name.gres',
  gpus: 'options.name.gpus',
  gpus_per_node: 'options.name.gpus_per_node',
  gpus_per_socket: 'options.name.gpus_per_socket',
  gpus_per_task: 'options.name.gpus_per_task',
  cpus_per_gpu: 'options.name.cpus_per_gpu',
  constraint: 'options.name.constraint',
  prefer: 'options.name.prefer',
  nodelist: 'options.name.nodelist',
  exclude: 'options.name.exclude',
  exclusive: 'options.name.exclusive',
  oversubscribe: 'options.name.oversubscribe',
  array: 'options.name.array',
  dependency: 'options.name.dependency',
  begin: 'options.name.begin',
  deadline: 'options.name.deadline',
  requeue: 'options.name.requeue',
  no_kill: 'options.name.no_kill',
  nice: 'options.name.nice',
  tmp: 'options.name.tmp',
  mail_type: 'options.name.mail_type',
  mail_user: 'options.name.mail_user',
} as const satisfies Readonly<Record<string, MessageId>>;

const named = (key: string): (typeof NAMES)[keyof typeof NAMES] | undefined =>
  Object.hasOwn(NAMES, key) ? NAMES[key as keyof typeof NAMES] : undefined;

/** `cpus-per-task` and `cpus_per_task` are the same key. */
export function optionKey(key: string): string {
  return key.replaceAll('-', '_');
}

/** The option as sbatch spells it: `--cpus-per-task`. */
export function optionFlag(key: string): string {
  return `--${key.replaceAll('_', '-')}`;
}

/** What a person calls the option: `CPUs per task`; an option without a name of its own is called as sbatch does. */
export function optionName(key: string): string | Message {
  const id = named(key);
  return id === undefined ? optionFlag(key) : message(id);
}
