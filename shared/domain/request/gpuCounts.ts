/** How many GPUs the values of `--gpus…` and `--gres` say, by type; an empty type is any. */
import type { OptionValue } from './optionNames.ts';

/** `a100:2,h100:1` or `2`. */
export function typedCounts(value: OptionValue | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of String(value ?? '').split(',')) {
    const [, type = '', number] = /^(?:([A-Za-z][\w.+-]*)[:=])?(\d+)$/.exec(item) ?? [];
    if (number !== undefined) counts.set(type, (counts.get(type) ?? 0) + Number(number));
  }
  return counts;
}

/** The GPUs of `gpu:a100:2,tmp:5`. `gpu` and `gpu:a100` are one. */
export function gresGpus(value: OptionValue | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of String(value ?? '').split(',')) {
    const found = /^(?:gres[:/])?gpu(?:[:=]([A-Za-z][\w.+-]*))?(?:[:=](\d+))?$/.exec(item);
    if (found) counts.set(found[1] ?? '', (counts.get(found[1] ?? '') ?? 0) + Number(found[2] ?? 1));
  }
  return counts;
}
