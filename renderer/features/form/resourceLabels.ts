import { sayText } from '../../i18n/problem.ts';
import { optionName } from '../../../shared/domain/request/optionNames.ts';
import { t, type TextKey } from '../../i18n/index.ts';

const LABELS: Readonly<Record<string, TextKey>> = {
  partition: 'launch.resources.partition',
  nodes: 'launch.resources.nodes',
  ntasks: 'launch.resources.ntasks',
  cpus_per_task: 'launch.resources.cpusPerTask',
  mem: 'launch.resources.mem',
  mem_per_cpu: 'launch.resources.memPerCpu',
  mem_per_gpu: 'launch.resources.memPerGpu',
  time: 'launch.resources.time',
  gres: 'launch.resources.gres',
  account: 'launch.resources.account',
  qos: 'launch.resources.qos',
  constraint: 'launch.resources.constraint',
  reservation: 'launch.resources.reservation',
  array: 'launch.resources.array',
  dependency: 'launch.resources.dependency',
};

/** What the form calls an option; one without a field of its own is called as sbatch does. */
export function labelOf(key: string): string {
  const text = LABELS[key];
  return text === undefined ? sayText(optionName(key)) : t(text);
}

/** Whether the form has words of its own for it. */
export function isLabelled(key: string): boolean {
  return key in LABELS;
}
