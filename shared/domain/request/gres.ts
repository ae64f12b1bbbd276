/**
 * What a GRES text means, wherever one stands: in a request (`--gres=gpu:a100:2,tmp:5`, `--gpus=a100:2`), in what a node has
 * (`gpu:a100:4(S:0-1),shard:8`) or has in use (`gpu:a100:2(IDX:0,2),gpu:(null):0(IDX:N/A)`), and as TRES (`gres/gpu:a100=2`). Types of MIG
 * slices begin with a digit (`1g.10gb`). Nothing here throws, whatever the text. Source: gres.conf(5), sbatch(1) --gres and --gpus,
 * and gres_node_state in Slurm's src/interfaces/gres.c.
 */
import type { OptionValue } from './optionNames.ts';

/** One resource of a list. */
export interface GresItem {
  /** `gpu`, `shard`, `tmp` … */
  readonly name: string;
  /** Empty: any type, or one that has none. */
  readonly type: string;
  /** 1 where none stands. */
  readonly count: number;
  readonly isCounted: boolean;
  /** It can stand in a request: without the sockets and indexes that Slurm adds when it tells of nodes, and without `{{placeholders}}`. */
  readonly isPlain: boolean;
}

const PLAIN = /^(?:gres[:/])?[A-Za-z_][\w.+-]*(?:[:=][\w.+-]+){0,2}$/;

/** All of a list, in its order. `gpu:a100` is one; `gpu:(null):0` has no type. */
export function gresItems(text: string): GresItem[] {
  // brackets hold commas
  const items = text.replaceAll(/\([^()]*\)/g, '()').split(',');
  return items.flatMap((item) => (item === '' ? [] : itemOf(item))).filter(({ name }) => name !== '');
}

function itemOf(item: string): GresItem {
  const [name = '', ...rest] = item
    .replaceAll('()', '')
    .trim()
    .replace(/^gres[:/]/, '')
    .split(/[:=]/);
  const parts = rest.filter((part) => part !== 'no_consume');
  const last = parts.at(-1) ?? '';
  const isCounted = /^\d{1,9}$/.test(last);
  return {
    name,
    type: (isCounted ? parts.slice(0, -1) : parts).join(':'),
    count: isCounted ? Number(last) : 1,
    isCounted,
    isPlain: PLAIN.test(item.trim()) && parts.length <= (isCounted ? 2 : 1),
  };
}

function summed(items: readonly GresItem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type, count } of items) counts.set(type, (counts.get(type) ?? 0) + count);
  return counts;
}

/** The GPUs of a node’s list by type; an empty type is one without a name. */
export function gpusOfNode(gres: string): Map<string, number> {
  return summed(gresItems(gres).filter(({ name }) => name === 'gpu'));
}

/** The options of sbatch that say how many GPUs. */
export type GpuOption = 'gres' | 'gpus' | 'gpus_per_node' | 'gpus_per_task' | 'gpus_per_socket';

/** The items of an option’s value that are GPUs: `--gpus` names no `gpu` and needs a number, `--gres` may name other resources beside them. */
function gpuItems(option: GpuOption, value: OptionValue | undefined): GresItem[] {
  const text = String(value ?? '');
  if (option === 'gres') return gresItems(text).filter(({ name, isPlain }) => name === 'gpu' && isPlain);
  return text
    .split(',')
    .flatMap((each) => gresItems(`gpu:${each}`))
    .filter(({ isCounted, isPlain }) => isCounted && isPlain);
}

/** How many GPUs the value of an option asks for, by type; an empty type is any. Empty for a value that names none. */
export function gpusAskedFor(option: GpuOption, value: OptionValue | undefined): Map<string, number> {
  return summed(gpuItems(option, value));
}

/** The GPUs of a value that asks for one kind of them and for nothing else; null for lists, other resources and what cannot be read. */
export function gpusAlone(
  option: GpuOption,
  value: OptionValue | undefined,
): { readonly type: string; readonly count: number } | null {
  const [only, ...others] = gpuItems(option, value);
  const isAll = !String(value ?? '').includes(',');
  return only === undefined || others.length > 0 || !isAll ? null : { type: only.type, count: only.count };
}

/** So many GPUs as the value of an option: `gpu:a100:2` of `--gres`, `a100:2` of the others. */
export function gpuValue(option: GpuOption, type: string, count: number): string {
  return [option === 'gres' ? 'gpu' : '', type, String(count)].filter((part) => part !== '').join(':');
}

/** The TRES that counts GPUs of a type, or of all types. */
export const gpuTres = (type: string): string => (type === '' ? 'gres/gpu' : `gres/gpu:${type}`);

/** The type of GPU that a TRES counts: `gres/gpu:a100` is `a100`, `gres/gpu` empty for all; null for any other TRES. */
export function gpuTypeOfTres(tres: string): string | null {
  const [, type = ''] = /^gres\/gpu(?:[:=](.+))?$/.exec(tres) ?? [null, null];
  return type;
}
