import { describe, expect, it } from 'vitest';
import { effectiveRequest } from '../request/effectiveRequest.ts';
import type { ParameterValues, SlurmRule } from './schema.ts';
import { withSlurmRules } from './slurmRules.ts';
import { parameter } from './testing/parameter.ts';

const mode = (value: string): SlurmRule['when'] => [{ field: 'mode', is: value }];
const template = {
  slurm: { nodes: '{{nodes}}', mem: '8G' },
  parameters: [
    parameter('mode', 'select', { default: 'mpi' }),
    parameter('nodes', 'integer', { default: 4 }),
    parameter('extra', 'text', { visibleWhen: mode('mpi'), default: 'yes' }),
  ],
  slurmRules: [
    { option: 'nodes', when: mode('smp'), value: 1 },
    { option: 'mem', when: mode('mpi'), value: null },
    { option: 'mem_per_cpu', when: mode('mpi'), value: '2G' },
    { option: 'mem_per_cpu', when: [{ field: 'nodes', is: 8 }, ...mode('mpi')], value: '{{nodes}}G' },
    { option: 'qos', when: [{ field: 'extra', is: 'yes' }], value: 'wide' },
  ],
};
const asked = (values: ParameterValues, resources = {}): unknown =>
  effectiveRequest(template, resources, { mode: 'mpi', nodes: 4, extra: 'yes', ...values });

describe('a value of slurm: with rules', () => {
  it('is that of the last rule that holds, else its own; null asks for nothing', () => {
    expect(asked({})).toEqual({ nodes: '4', mem_per_cpu: '2G', qos: 'wide' });
    expect(asked({ nodes: 8 })).toEqual({ nodes: '8', mem_per_cpu: '8G', qos: 'wide' });
  });

  it('does not follow a field that is hidden', () => {
    expect(asked({ mode: 'smp' })).toEqual({ nodes: 1, mem: '8G' });
  });

  it('gives way to what the person chose, with what that excludes', () => {
    expect(asked({}, { mem: '100G', qos: '' })).toEqual({ nodes: '4', mem: '100G' });
    expect(asked({ mode: 'smp' }, { nodes: 2 })).toMatchObject({ nodes: 2 });
  });

  it('is settled once, and a template without rules is itself', () => {
    const settled = withSlurmRules(template, { mode: 'smp' });
    expect(settled.slurm).toEqual({ nodes: 1, mem: '8G' });
    expect(withSlurmRules(settled, { mode: 'mpi' })).toBe(settled);
  });
});
