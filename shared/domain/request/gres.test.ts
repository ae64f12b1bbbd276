import { describe, expect, it } from 'vitest';
import { gpusAlone, gpusAskedFor, gpusOfNode, gpuTres, gpuTypeOfTres, gpuValue, type GpuOption } from './gres.ts';

describe('the GPUs that an option asks for', () => {
  it.each<[GpuOption, string | number, Record<string, number>]>([
    ['gres', 'gpu', { '': 1 }],
    ['gres', 'gpu:2', { '': 2 }],
    ['gres', 'gpu:a100', { a100: 1 }],
    ['gres', 'gpu:a100:4,gpu:2,tmp:5', { a100: 4, '': 2 }],
    ['gres', 'gres/gpu:2', { '': 2 }],
    ['gres', 'gpu:1g.10gb:2', { '1g.10gb': 2 }],
    ['gres', 'nvme:1', {}],
    ['gres', 'gpu:{{gpus}}', {}],
    ['gpus', 3, { '': 3 }],
    ['gpus', 'a100:2,h100:1', { a100: 2, h100: 1 }],
    ['gpus', '1g.10gb:2', { '1g.10gb': 2 }],
    ['gpus', 'a100', {}],
    ['gpus_per_node', '', {}],
  ])('--%s=%s', (option, value, expected) => {
    expect(Object.fromEntries(gpusAskedFor(option, value))).toEqual(expected);
  });

  it('are alone where nothing else is asked for', () => {
    expect(gpusAlone('gres', 'gpu:a100:4')).toEqual({ type: 'a100', count: 4 });
    expect(gpusAlone('gpus', '8')).toEqual({ type: '', count: 8 });
    for (const text of ['gpu:1,nvme:1', 'fpga:1', '{{gpus}}', 'gpu:{{n}}', 'gpu:1(S:0)', 'gpu:a:b:1', ''])
      expect(gpusAlone('gres', text)).toBeNull();
  });

  it('are written as the option reads them', () => {
    expect(gpuValue('gres', 'a100', 2)).toBe('gpu:a100:2');
    expect(gpuValue('gres', '', 2)).toBe('gpu:2');
    expect(gpuValue('gpus', 'a100', 2)).toBe('a100:2');
    expect(gpuValue('gpus_per_node', '', 2)).toBe('2');
    expect(gpusAlone('gres', gpuValue('gres', '1g.10gb', 3))).toEqual({ type: '1g.10gb', count: 3 });
  });
});

describe('the GPUs of a node', () => {
  it.each([
    ['gpu:a100:4(S:0-1),gpu:2,shard:8', { a100: 4, '': 2 }],
    ['gpu:a100:2(IDX:0,2),gpu:v100:0(IDX:N/A)', { a100: 2, v100: 0 }],
    ['gpu:(null):0(IDX:N/A)', { '': 0 }],
    ['gpu:1g.10gb:4,gpu:3g.40gb:1,shard:(null):2(1/4,1/4)', { '1g.10gb': 4, '3g.40gb': 1 }],
    ['gpu:h100:no_consume:8', { h100: 8 }],
    ['gpu', { '': 1 }],
    ['gpu:a100', { a100: 1 }],
    ['gpu:0', { '': 0 }],
    ['nvme:1,tmpdisk:900G', {}],
    ['(null)', {}],
    ['', {}],
  ])('%s', (gres, expected) => {
    expect(Object.fromEntries(gpusOfNode(gres))).toEqual(expected);
  });
});

describe('GPUs as TRES', () => {
  it('have a type or count all', () => {
    expect([gpuTres(''), gpuTres('a100')]).toEqual(['gres/gpu', 'gres/gpu:a100']);
    expect(['gres/gpu', 'gres/gpu:a100', 'gres/gpu=h100', 'gres/gpu:', 'gres/gpux', 'cpu'].map(gpuTypeOfTres)).toEqual([
      '',
      'a100',
      'h100',
      null,
      null,
      null,
    ]);
  });
});
