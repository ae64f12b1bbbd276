import type { Tres } from '../../shared/domain/cluster/profile.ts';

const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];
const MIB = 1024 ** 2;

/** `Name=number` pairs with a unit behind the number, names in lower case: `cpu`, `mem`, `gres/gpu:a100`. */
function pairs(text: string): { name: string; number: number; unit: string }[] {
  return text.split(',').flatMap((pair) => {
    const [, name = '', number = '', unit = ''] =
      /^([A-Za-z][^=\s]*)=(\d+(?:\.\d+)?(?:e[+-]?\d+)?)([KMGTP]?)[Bb]?$/i.exec(pair.trim()) ?? [];
    // "gres/gpu:A100" keeps the type as the site writes it
    const known = name.replace(/^[^/:]+(?:\/[^:]+)?/, (kind) => kind.toLowerCase());
    return name === '' || !Number.isFinite(Number(number))
      ? []
      : [{ name: known, number: Number(number), unit: unit.toUpperCase() }];
  });
}

/**
 * `cpu=24,gres/gpu=2,mem=100G,node=1`: a list of resources, memory in bytes (MiB where no unit stands). What cannot be read is left
 * out; -1, which takes a limit away, too. Never throws. Source: slurm_make_tres_string_from_simple in src/common/slurmdb_defs.c.
 */
export function tresOf(text: string | undefined): Tres {
  return Object.fromEntries(
    pairs(text ?? '').map(({ name, number, unit }) => [
      name,
      Math.round(number * 1024 ** UNITS.indexOf(unit) * (name === 'mem' && unit === '' ? MIB : 1)),
    ]),
  );
}

/**
 * TRESBillingWeights of a partition: `CPU=1.0,Mem=0.25G,GRES/gpu=2.0`. A weight with a unit is per so many of it, and memory without
 * one is per MiB. The result is per one of each, and per byte of `mem`; null when there is none. Source: slurm.conf(5), and
 * _tres_weight_item in src/common/slurm_protocol_api.c.
 */
export function billingWeightsOf(text: string | undefined): Tres | null {
  const weights = pairs(text ?? '').map(({ name, number, unit }): [string, number] => [
    name,
    number / (1024 ** UNITS.indexOf(unit) * (name === 'mem' && unit === '' ? MIB : 1)),
  ]);
  return weights.length === 0 ? null : Object.fromEntries(weights);
}
