import { message } from '../../../shared/messages/message.ts';
import type { ClusterFacts, ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { CostEstimate } from '../../../shared/domain/cost/schema.ts';
import { billingOf } from '../../../shared/domain/cost/billing.ts';
import { billingContextOf } from '../../../shared/domain/cost/billingContext.ts';
import { estimateCost } from '../../../shared/domain/cost/estimate.ts';
import { requestedPartitions } from '../../../shared/domain/limits/check.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { requestSize } from '../../../shared/domain/request/size.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';

/**
 * What a request costs at most, in money and in the cluster's own units, over all tasks of an array. A request without a time limit is counted with its partition's, and
 * `--mem=0` with its nodes' memory, as far as the cluster is known. Without any limit there is no price, which is said.
 */
export function priceOf(
  request: SlurmRequest,
  profile: Pick<ClusterProfile, 'rates'>,
  facts: ClusterFacts | null,
): { cost: CostEstimate | null; problems: Problem[] } {
  const size = requestSize(request);
  const partition = facts === null ? undefined : requestedPartitions(request, facts)[0];
  const seconds = size.seconds ?? partition?.defaultTime ?? partition?.maxTime ?? Infinity;
  if (seconds === Infinity) {
    const unknown = problem({
      rule: 'cost-unknown',
      code: ERRORS.REQUEST_INVALID.code,
      severity: 'info',
      message: message('scripts.noPrice'),
      hint: message('scripts.askForTime'),
      field: 'resources.time',
    });
    return { cost: null, problems: [unknown] };
  }
  const tasks = size.array?.tasks ?? 1;
  const memory =
    request.mem !== undefined && size.memoryOfRequest === 0
      ? (partition?.memoryPerNode ?? 0)
      : (size.memoryOfRequest ?? 0);
  const gpus = [...size.gpus.values()].reduce((sum, count) => sum + count, 0);
  const quantities = {
    nodes: size.maxNodes * tasks,
    memoryBytesTotal: memory * tasks,
    gpus: gpus * tasks,
    cores: size.cpus * tasks,
    seconds,
  };
  const isExclusive = request['exclusive'] !== undefined && request['exclusive'] !== false;
  const billing =
    facts === null || partition === undefined
      ? null
      : billingOf(
          { size, seconds, tasks, isExclusive },
          partition,
          billingContextOf(request, facts, partition),
          facts.billingIsLargest,
        );
  return { cost: estimateCost(quantities, profile.rates, billing), problems: [] };
}
