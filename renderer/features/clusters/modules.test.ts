import { describe, expect, it } from 'vitest';
import { findModules } from './modules.ts';

describe('the list of modules', () => {
  const module = (name: string, ...versions: string[]) => ({ name, versions, defaultVersion: null });
  const modules = [
    module('apptainer', '1.3'),
    module('CUDA', '11.8', '12.4'),
    module('gromacs-cuda', '2024'),
    module('openmpi/gcc', '4.1'),
  ];
  const names = (query: string): string[] => findModules(modules, query).map(({ name }) => name);

  it('is searched by name and version, whatever the case, names that begin with it first', () => {
    expect(names('cuda')).toEqual(['CUDA', 'gromacs-cuda']);
    expect(names('cuda/12')).toEqual(['CUDA']);
    expect(names('openmpi 4')).toEqual(['openmpi/gcc']);
    expect(names('namd')).toEqual([]);
    expect(names(' ')).toHaveLength(4);
  });
});
