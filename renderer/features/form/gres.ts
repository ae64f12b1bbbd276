import { gpusAlone, gpuValue } from '../../../shared/domain/request/gres.ts';

/** GPUs of a request, as a form can build them. Source: sbatch(1), --gres. */
export type GpuRequest =
  | { kind: 'none' }
  /** `type` is empty for any GPU. `count` is for each node. */
  | { kind: 'gpus'; type: string; count: number }
  /** Other resources, lists, placeholders: left to the person as text. */
  | { kind: 'text'; text: string };

/** What the form shows of a GRES text. */
export function readGres(text: string): GpuRequest {
  const value = text.trim();
  if (value === '') return { kind: 'none' };
  const gpus = gpusAlone('gres', value);
  if (gpus === null) return { kind: 'text', text: value };
  return gpus.count === 0 ? { kind: 'none' } : { kind: 'gpus', ...gpus };
}

/** No GPU is no request at all. */
export function writeGres(type: string, count: number): string {
  return count < 1 ? '' : gpuValue('gres', type, count);
}
