import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { SlurmRule } from '../../../shared/domain/template/schema.ts';
import { parameter } from '../../../shared/domain/template/testing/parameter.ts';
import { ruleInWords } from './ruleInWords.ts';

const template = (when: SlurmRule['when'], value: SlurmRule['value']) => ({
  slurm: { nodes: 4 },
  parameters: [
    parameter('mode', 'select', { label: 'Mode', default: 'smp', options: [{ value: 'smp', label: 'SMP' }] }),
    parameter('gpu', 'boolean', { label: 'GPU', default: true }),
  ],
  slurmRules: [{ option: 'nodes', when, value }],
});
const draft = (resources: Draft['resources'] = {}): Pick<Draft, 'resources' | 'parameters'> => ({
  resources,
  parameters: {},
});

describe('why a resource is what it is', () => {
  it.each([
    [[{ field: 'mode', is: 'smp' }], 1, 'while Mode is SMP'],
    [
      [
        { field: 'mode', in: ['smp', 'other'] },
        { field: 'gpu', is: true },
      ],
      1,
      'while Mode is one of SMP, other and GPU is on',
    ],
    [[{ field: 'mode', not: 'mpi' }], null, 'not asked for while Mode is not mpi'],
  ])('is said by the labels of the fields', (when, value, words) => {
    expect(ruleInWords(template(when, value), draft(), 'nodes')).toBe(words);
  });

  it('is not said of what no rule holds for, and of what the person chose', () => {
    expect(ruleInWords(template([{ field: 'mode', is: 'mpi' }], 1), draft(), 'nodes')).toBeNull();
    expect(ruleInWords(template([{ field: 'mode', is: 'smp' }], 1), draft({ nodes: 2 }), 'nodes')).toBeNull();
  });
});
