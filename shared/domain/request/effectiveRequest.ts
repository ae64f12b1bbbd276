import { replacedOptions } from './exclusiveOptions.ts';
import { parameterText, placeholderNames, resolvePlaceholders } from '../template/parameters.ts';
import { optionKey, type OptionValue } from './options.ts';
import type { SlurmRequest } from './schema.ts';
import { withSlurmRules } from '../template/slurmRules.ts';
import type { ParameterValues, Template } from '../template/schema.ts';

/**
 * What a run asks of Slurm: the template's `slurm:` as its rules make it, with its `{{parameter}}`s filled in, and over it what the person changed. An
 * empty string takes an option away, and so do fields that are all empty. `values` are those of `resolveParameters`. A placeholder without a value stays as written,
 * which no grammar accepts. What the person chose takes the template's
 * options away that it excludes. None of a GRES (`gpu:0`) is the same as not asking, and clusters without GPUs refuse the former.
 */
export function effectiveRequest(
  template: Pick<Template, 'slurm' | 'parameters' | 'slurmRules'>,
  resources: SlurmRequest,
  values: ParameterValues,
): SlurmRequest {
  const request = new Map<string, OptionValue>();
  const { slurm } = withSlurmRules(template, values);
  for (const [key, value] of Object.entries(slurm)) {
    if (value !== undefined) request.set(optionKey(key), typeof value === 'string' ? filledIn(value, values) : value);
  }
  for (const [key, { left }] of replacedOptions(Object.fromEntries(request), resources)) request.set(key, left);
  for (const [key, value] of Object.entries(resources)) {
    if (value !== undefined) request.set(optionKey(key), typeof value === 'string' ? value.trim() : value);
  }
  for (const key of COUNTED) if (request.has(key)) request.set(key, withoutNone(String(request.get(key))));
  return Object.fromEntries([...request].filter(([, value]) => value !== ''));
}

/** Empty where all fields that the value is made of are: `{{first}}-{{last}}` without numbers asks for nothing. */
function filledIn(written: string, values: ParameterValues): string {
  const names = placeholderNames(written);
  const isBlank =
    names.length > 0 &&
    names.every(
      (name) => Object.hasOwn(values, name) && values[name] !== undefined && parameterText(values[name]) === '',
    );
  return isBlank ? '' : resolvePlaceholders(written, values).text.trim();
}

/** Options whose items end in a count. Source: sbatch(1). */
const COUNTED = ['gres', 'gpus', 'gpus_per_node', 'gpus_per_task', 'gpus_per_socket'];

function withoutNone(value: string): string {
  return value
    .split(',')
    .filter((item) => !/(?:^|[:=])0+$/.test(item.trim()))
    .join(',');
}
