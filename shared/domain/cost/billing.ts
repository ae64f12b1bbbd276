import { askedTres } from '../request/askedTres.ts';
import type { BillingContext } from './billingContext.ts';
import type { Partition, Tres } from '../cluster/facts.ts';
import type { Billing, BillingLine } from './schema.ts';
import { subjectOf } from '../limits/use.ts';
import { gpuTypeOfTres } from '../request/gres.ts';
import type { RequestSize } from '../request/size.ts';

const GIB = 1024 ** 3;

/** Six digits: a sum of weights that floating point holds as a little less. */
const rounded = (units: number): number => Number(units.toPrecision(6));

/** Resources that lie on nodes; with MAX_TRES the largest of them counts, and the others (licences) are added. Source: slurm.conf(5), PriorityFlags. */
const isOfNode = (tres: string): boolean =>
  tres === 'cpu' || tres === 'mem' || tres === 'node' || tres.startsWith('gres/');

/** The weight of a GPU whose type was not asked for, where only types have one: the dearest, since the estimate is an upper one. */
function untypedWeights(weights: Tres, asked: Tres): Tres {
  const isTyped = Object.keys(asked).some((tres) => (gpuTypeOfTres(tres) ?? '') !== '');
  if (asked['gres/gpu'] === undefined || isTyped || weights['gres/gpu'] !== undefined) return weights;
  const dearest = Object.entries(weights).reduce(
    (most, [tres, weight]) => (subjectOf(tres).what === 'gpus' ? Math.max(most, weight) : most),
    0,
  );
  return { ...weights, 'gres/gpu': dearest };
}

/**
 * What the cluster itself charges for a job that uses its whole time, in its own billing units; `null` where the partition has no
 * weights. What a request leaves to the cluster counts as its nodes have it. Source: slurm.conf(5), TRESBillingWeights; sacctmgr(1),
 * UsageFactor.
 */
export function billingOf(
  job: { readonly size: RequestSize; readonly seconds: number; readonly tasks: number; readonly isExclusive: boolean },
  partition: Partition | null,
  billing: BillingContext | null,
  isLargest: boolean,
): Billing | null {
  if (partition === null || partition.billingWeights === null) return null;
  const asked = { ...askedTres({ ...job.size, nodes: job.size.maxNodes }, partition, partition.memoryPerNode).perJob };
  if (job.isExclusive) asked['cpu'] = partition.cpusPerNode * job.size.maxNodes;
  const weights = untypedWeights(partition.billingWeights, asked);
  const lines = Object.entries(weights).flatMap(([tres, weight]): BillingLine[] => {
    const amount = Object.hasOwn(asked, tres) ? (asked[tres] ?? 0) * job.tasks : 0;
    if (amount <= 0 || weight === 0) return [];
    // memory is weighed by the byte, and shown by the GiB
    const isMemory = tres === 'mem';
    return [
      {
        tres,
        quantity: isMemory ? amount / GIB : amount,
        weight: isMemory ? weight * GIB : weight,
        perHour: rounded(amount * weight),
      },
    ];
  });
  const sum = (some: readonly BillingLine[]): number => some.reduce((all, { perHour }) => all + perHour, 0);
  const ofNodes = lines.filter(({ tres }) => isOfNode(tres));
  const units = isLargest
    ? ofNodes.reduce((most, { perHour }) => Math.max(most, perHour), 0) +
      sum(lines.filter(({ tres }) => !isOfNode(tres)))
    : sum(lines);
  const usageFactor = billing?.qosRules?.usageFactor ?? 1;
  const perHour = rounded(units * usageFactor);
  return { perHour, total: rounded((units * usageFactor * job.seconds) / 3600), usageFactor, isLargest, lines };
}
