import { describe, expect, it } from 'vitest';
import { billingOf } from './billing.ts';
import type { BillingContext } from './billingContext.ts';
import { Partition, Qos } from '../cluster/facts.ts';
import { requestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;

const gpu = Partition.parse({
  name: 'gpu',
  isDefault: true,
  state: 'UP',
  maxTime: null,
  defaultTime: null,
  maxNodes: null,
  totalNodes: 4,
  cpusPerNode: 32,
  memoryPerNode: 128 * GIB,
  cpus: { allocated: 0, idle: 0, other: 0, total: 0 },
  nodesByState: {},
  gpus: [],
  features: [],
  allowAccounts: null,
  allowQos: null,
  billingWeights: { cpu: 1, mem: 0.25 / GIB, 'gres/gpu': 10 },
});
const billing = (usageFactor: number): BillingContext => ({
  account: null,
  association: null,
  qos: 'high',
  qosRules: Qos.parse({ name: 'high', priority: 0, flags: [], usageFactor, limits: {} }),
  partitionQos: null,
});

const price = (
  request: SlurmRequest,
  { partition = gpu, factor = 1, largest = false, seconds = 7200, tasks = 1, isExclusive = false } = {},
) => billingOf({ size: requestSize(request), seconds, tasks, isExclusive }, partition, billing(factor), largest);

describe('the cluster’s own price', () => {
  it('is the weighted sum of what the job takes, an hour and altogether', () => {
    expect(price({ cpus_per_task: 8, mem: '32G', gres: 'gpu:1' })).toMatchObject({
      perHour: 26,
      total: 52,
      usageFactor: 1,
      lines: [
        { tres: 'cpu', quantity: 8, weight: 1, perHour: 8 },
        { tres: 'mem', quantity: 32, weight: 0.25, perHour: 8 },
        { tres: 'gres/gpu', quantity: 1, perHour: 10 },
      ],
    });
  });

  it('counts memory and GPUs of every node, and every task of an array', () => {
    expect(price({ nodes: 2, mem: '32G', gres: 'gpu:2' })).toMatchObject({ perHour: 2 + 16 + 40 });
    expect(price({ cpus_per_task: 2, mem: '4G' }, { tasks: 10 })).toMatchObject({ perHour: 30, total: 60 });
  });

  it('is only the largest part where the site says so', () => {
    expect(price({ cpus_per_task: 8, mem: '64G' }, { largest: true })).toMatchObject({ perHour: 16, isLargest: true });
  });

  it('is multiplied by the usage factor of the QOS', () => {
    expect(price({ cpus_per_task: 8, mem: '32G' }, { factor: 2.5 })).toMatchObject({
      perHour: 40,
      total: 80,
      usageFactor: 2.5,
    });
  });

  it('counts a whole node where the request leaves it to the cluster or takes it all', () => {
    expect(price({ mem: 0 })).toMatchObject({ perHour: 33 });
    expect(price({})).toMatchObject({ perHour: 33 });
    expect(price({ mem: '4G' }, { isExclusive: true })).toMatchObject({ perHour: 33 });
  });

  it('takes the dearest type for a GPU of any type', () => {
    const typed = { ...gpu, billingWeights: { 'gres/gpu:a100': 10, 'gres/gpu:t4': 2 } };
    expect(price({ gres: 'gpu:1', mem: '1G' }, { partition: typed })).toMatchObject({ perHour: 10 });
    expect(price({ gres: 'gpu:t4:1', mem: '1G' }, { partition: typed })).toMatchObject({ perHour: 2 });
  });

  it('is not known where the partition has no weights', () => {
    expect(price({ mem: '1G' }, { partition: { ...gpu, billingWeights: null } })).toBeNull();
  });
});
