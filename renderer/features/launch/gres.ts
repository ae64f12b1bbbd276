/** GPUs of a request, as a form can build them. Source: sbatch(1), --gres. */
export type GpuRequest =
  | { kind: 'none' }
  /** `type` is empty for any GPU. `count` is for each node. */
  | { kind: 'gpus'; type: string; count: number }
  /** Other resources, lists, placeholders: left to the person as text. */
  | { kind: 'text'; text: string };

/** Reads `gpu`, `gpu:2`, `gpu:a100`, `gpu:a100:2`; a lower-case `gres:` or `gres/` in front is Slurm's older spelling. */
export function readGres(text: string): GpuRequest {
  const value = text.trim();
  if (value === '') return { kind: 'none' };
  const match = /^(?:gres[:/])?gpu(?:[:=]([A-Za-z][A-Za-z0-9_.+-]*))?(?:[:=](\d+))?$/.exec(value);
  if (!match) return { kind: 'text', text: value };
  const count = match[2] === undefined ? 1 : Number(match[2]);
  return count === 0 ? { kind: 'none' } : { kind: 'gpus', type: match[1] ?? '', count };
}

/** No GPU is no request at all. */
export function writeGres(type: string, count: number): string {
  if (count < 1) return '';
  return type === '' ? `gpu:${String(count)}` : `gpu:${type}:${String(count)}`;
}
