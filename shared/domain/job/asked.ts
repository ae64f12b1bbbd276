import { requestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';
import type { JobRecord } from './schema.ts';

/** What of a request runs are listed and filtered by. */
export function askedFor(request: SlurmRequest): Pick<JobRecord, 'array' | 'account' | 'qos' | 'gpus'> {
  const { array, account, qos } = request;
  return {
    array: array === undefined || array.trim() === '' ? null : array,
    account: account ?? null,
    qos: qos ?? null,
    gpus: [...requestSize(request).gpus.values()].reduce((sum, count) => sum + count, 0),
  };
}
