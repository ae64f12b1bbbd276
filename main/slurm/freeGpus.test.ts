import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpusOfNode } from '../../shared/domain/request/gres.ts';
import { freeGpus } from './freeGpus.ts';
import { billingWeightsOf, tresOf } from './tres.ts';

const GIB = 1024 ** 3;

describe('GPUs of nodes', () => {
  it('are free when they are not in use, unless the lists speak of different types', () => {
    expect(freeGpus(gpusOfNode('gpu:a100:4'), gpusOfNode('gpu:a100:3(IDX:0-2)'))).toEqual(new Map([['a100', 1]]));
    expect(freeGpus(gpusOfNode('gpu:a100:4'), gpusOfNode('gpu:0'))).toEqual(new Map([['a100', 4]]));
    expect(freeGpus(gpusOfNode('gpu:a100:4'), gpusOfNode('gpu:3'))).toBeNull();
    expect(freeGpus(gpusOfNode('gpu:a100:4'), null)).toBeNull();
  });

  it('are never more than there are, whatever the list says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (total, used) => {
        const free = freeGpus(gpusOfNode(total), gpusOfNode(used));
        for (const [type, count] of free ?? []) expect(count).toBeLessThanOrEqual(gpusOfNode(total).get(type) ?? 0);
      }),
    );
  });
});

describe('resources as Slurm lists them', () => {
  it('have memory in bytes and every other number as it stands', () => {
    expect(tresOf('cpu=24,mem=100G,node=2,billing=30,gres/gpu=2,gres/gpu:A100=2')).toEqual({
      cpu: 24,
      mem: 100 * GIB,
      node: 2,
      billing: 30,
      'gres/gpu': 2,
      'gres/gpu:A100': 2,
    });
    expect(tresOf('mem=2000')).toEqual({ mem: 2000 * 1024 ** 2 });
    expect(tresOf('mem=1.50T')).toEqual({ mem: 1.5 * 1024 * GIB });
  });

  it('are left out where nobody can read them', () => {
    expect(tresOf('N/A')).toEqual({});
    expect(tresOf('cpu=-1,mem=,=3,fs/disk=12')).toEqual({ 'fs/disk': 12 });
    fc.assert(fc.property(fc.string(), (text) => void tresOf(text)));
  });

  it('have prices for one of each; a unit behind a weight is what it is the price of', () => {
    expect(billingWeightsOf('CPU=1.0,Mem=0.25G,GRES/gpu=2.0')).toEqual({ cpu: 1, mem: 0.25 / GIB, 'gres/gpu': 2 });
    expect(billingWeightsOf('Mem=1')).toEqual({ mem: 1 / 1024 ** 2 });
    expect(billingWeightsOf('GRES/gpu:a100=10,GRES/gpu:v100=4')).toEqual({ 'gres/gpu:a100': 10, 'gres/gpu:v100': 4 });
    expect(billingWeightsOf(undefined)).toBeNull();
  });
});
