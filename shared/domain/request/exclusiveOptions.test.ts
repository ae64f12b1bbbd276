import { forPrograms } from '../../messages/forPrograms.ts';
import { describe, expect, it } from 'vitest';
import { clashesOf, losesOf, replacedOptions, withoutExcluded } from './exclusiveOptions.ts';
import type { SlurmRequest } from './schema.ts';

const replaced = (template: SlurmRequest, chosen: SlurmRequest): Record<string, string> =>
  Object.fromEntries([...replacedOptions(template, chosen)].map(([key, { left }]) => [key, left]));

describe('options that exclude each other', () => {
  it('take each other’s place when one is chosen over a template', () => {
    expect(replaced({ mem: '32G', time: '1:00' }, { mem_per_cpu: '4G' })).toEqual({ mem: '' });
    expect(replaced({ mem: '32G' }, { 'mem-per-gpu': '4G' })).toEqual({ mem: '' });
    expect(replaced({ mem_per_cpu: '4G' }, { mem: '32G' })).toEqual({ mem_per_cpu: '' });
    expect(replaced({ cpus_per_task: 4 }, { cpus_per_gpu: '8' })).toEqual({ cpus_per_task: '' });
    expect(replaced({ exclusive: true }, { oversubscribe: true })).toEqual({ exclusive: '' });
    expect(replaced({ ntasks_per_node: 4 }, { ntasks_per_gpu: '1' })).toEqual({ ntasks_per_node: '' });
  });

  it('leave each other alone where sbatch takes both, where nothing is chosen, and where both were chosen', () => {
    expect(replaced({ ntasks_per_node: 4, exclude: 'n1' }, { ntasks_per_core: '1', nodelist: 'n2' })).toEqual({});
    expect(replaced({ mem: '32G', exclusive: true }, { mem_per_cpu: '', oversubscribe: false })).toEqual({});
    expect(replaced({ mem: '32G' }, { mem: '16G', mem_per_cpu: '1G' })).toEqual({});
  });

  it('counts GPUs in one way only: the chosen one, and other resources stay', () => {
    expect(replaced({ gres: 'gpu:a100:2,tmp:5' }, { gpus: '4' })).toEqual({ gres: 'tmp:5' });
    expect(replaced({ gpus: 2 }, { gres: 'gpu:1' })).toEqual({ gpus: '' });
    expect(replaced({ gpus: 2 }, { gres: 'tmp:1' })).toEqual({});
    expect(replaced({ gres: 'tmp:5' }, { gpus: '4' })).toEqual({});
  });

  it('take each other out of what a person chose before', () => {
    expect(withoutExcluded({ mem: '1G', time: '5' }, 'mem_per_cpu')).toEqual({ time: '5' });
  });

  it('are named where a request has both', () => {
    expect(forPrograms(clashesOf({ mem: '1G', mem_per_cpu: '1G' }))).toEqual([
      {
        key: 'mem',
        other: 'mem_per_cpu',
        refused: true,
        message: '“Memory per node” and “Memory per CPU” exclude each other: sbatch refuses both together.',
      },
    ]);
    expect(clashesOf({ ntasks_per_core: 1, hint: 'nomultithread' })).toMatchObject([{ key: 'hint', refused: false }]);
    expect(losesOf('hint', 'ntasks_per_core')).toBe('hint');
    expect(clashesOf({ mem: '', mem_per_cpu: '1G', exclusive: false, oversubscribe: true })).toEqual([]);
  });

  it('are the GPUs of a job that are fewer than those of a node, or not those of its tasks', () => {
    expect(clashesOf({ gpus: 1, gres: 'gpu:2' })).toMatchObject([{ key: 'gres', other: 'gpus' }]);
    expect(clashesOf({ gpus: 2, gres: 'gpu:a100:1', gpus_per_node: 2 })).toEqual([]);
    expect(clashesOf({ gpus: 1, gpus_per_task: 1, ntasks: 2 })).toMatchObject([{ key: 'gpus' }]);
    expect(clashesOf({ gpus: 2, gpus_per_task: 1, ntasks: 2 })).toEqual([]);
  });
});
