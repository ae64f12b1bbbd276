import { z } from 'zod';
import { FormNumber } from '../bounds/schemas.ts';

export { EXAMPLE_RATES } from '../cluster/defaults.ts';

/** Prices of one hour, in the currency's major unit. A GB is Slurm's: 1024³ bytes. */
export const CostRates = z.object({
  currency: z.string().length(3),
  nodeHour: FormNumber.min(0),
  memoryGbHour: FormNumber.min(0),
  gpuHour: FormNumber.min(0),
  coreHour: FormNumber.min(0),
});
export type CostRates = z.infer<typeof CostRates>;

export const CostLine = z.object({
  kind: z.enum(['nodes', 'memory', 'gpus', 'cores']),
  /** Count of nodes, GiB, GPUs or cores over the whole job. */
  quantity: z.number(),
  hours: z.number(),
  rate: z.number(),
  amount: z.number(),
});
export type CostLine = z.infer<typeof CostLine>;

/** One resource's part of the cluster's own price: `quantity × weight` units an hour. Memory in GiB. */
export const BillingLine = z.object({
  tres: z.string(),
  quantity: z.number(),
  weight: z.number(),
  perHour: z.number(),
});
export type BillingLine = z.infer<typeof BillingLine>;

/** The cluster's own price, from its TRESBillingWeights and the QOS's UsageFactor: units an hour, and over the whole job. */
export const Billing = z.object({
  perHour: z.number(),
  total: z.number(),
  usageFactor: z.number(),
  /** MAX_TRES: only the largest line of a node counts, not their sum. */
  isLargest: z.boolean().default(false),
  lines: z.array(BillingLine).default([]),
});
export type Billing = z.infer<typeof Billing>;

/**
 * An upper estimate: the whole time limit is counted. Rounded to cents; the total is the sum of the rounded lines. `currency: null`:
 * the cluster has no rates, so that there is no price in money; its own units may be known all the same.
 */
export const CostEstimate = z.union([
  z.object({
    currency: z.string(),
    total: z.number(),
    lines: z.array(CostLine),
    billing: Billing.nullable().default(null),
  }),
  z.object({
    currency: z.null(),
    total: z.null(),
    lines: z.array(CostLine).max(0),
    billing: Billing.nullable().default(null),
  }),
]);
export type CostEstimate = z.infer<typeof CostEstimate>;
