import type { Billing, CostEstimate, CostLine, CostRates } from './schema.ts';

/** What a job takes over its whole time. */
export interface CostQuantities {
  readonly nodes: number;
  /**
   * Memory of the request as it stands, in bytes. Slurm's `--mem` counts per node, but the price counts the number of the request
   * once: 2 nodes with `--mem=16G` for 4 h cost 2 × 4 × 0.50 + 16 × 4 × 0.01 = 4.64 (spec, section 4).
   */
  readonly memoryBytesTotal: number;
  readonly gpus: number;
  readonly cores: number;
  readonly seconds: number;
}

/** Half up to cents; the nudge is for 1.005 and its like, which floating point holds as a little less. */
const cents = (amount: number): number => Math.round((amount + Number.EPSILON * amount) * 100) / 100;

/**
 * The price of a job that runs for its whole time limit. Every line is rounded to cents and the total is their sum, so that the
 * breakdown adds up. GPUs and cores have a line only where there are some and they have a price. Without rates there is no price.
 */
export function estimateCost(
  job: CostQuantities,
  rates: CostRates | null,
  billing: Billing | null = null,
): CostEstimate {
  if (rates === null) return { currency: null, total: null, lines: [], billing };
  const hours = job.seconds / 3600;
  const line = (kind: CostLine['kind'], quantity: number, rate: number): CostLine => ({
    kind,
    quantity,
    hours,
    rate,
    amount: cents(quantity * hours * rate),
  });
  const lines = [
    line('nodes', job.nodes, rates.nodeHour),
    line('memory', job.memoryBytesTotal / 1024 ** 3, rates.memoryGbHour),
    line('gpus', job.gpus, rates.gpuHour),
    line('cores', job.cores, rates.coreHour),
  ].filter(({ kind, quantity, rate }) => kind === 'nodes' || kind === 'memory' || quantity * rate > 0);
  return { currency: rates.currency, total: cents(lines.reduce((sum, { amount }) => sum + amount, 0)), lines, billing };
}
