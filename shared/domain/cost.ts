import { z } from 'zod';

export { DEFAULT_RATES } from './clusterDefaults.ts';

/** Prices of one hour, in the currency's major unit. */
export const CostRates = z.object({
  currency: z.string().length(3),
  nodeHour: z.number().min(0),
  memoryGbHour: z.number().min(0),
  gpuHour: z.number().min(0),
  coreHour: z.number().min(0),
});
export type CostRates = z.infer<typeof CostRates>;

export const CostLine = z.object({
  kind: z.enum(['nodes', 'memory', 'gpus', 'cores']),
  /** Count of nodes, GB, GPUs or cores over the whole job. */
  quantity: z.number(),
  hours: z.number(),
  rate: z.number(),
  amount: z.number(),
});
export type CostLine = z.infer<typeof CostLine>;

/** An upper estimate: the whole time limit is counted. Rounded to cents; the total is the sum of the rounded lines. */
export const CostEstimate = z.object({
  currency: z.string(),
  total: z.number(),
  lines: z.array(CostLine),
  /** The cluster's own price, from its TRESBillingWeights and the QOS's UsageFactor: units an hour, and over the whole job. */
  billing: z.object({ perHour: z.number(), total: z.number(), usageFactor: z.number() }).nullable().default(null),
});
export type CostEstimate = z.infer<typeof CostEstimate>;
