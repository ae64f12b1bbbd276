import { expect, it } from 'vitest';
import { moduleChoices } from './moduleChoices.ts';

const modules = [
  { name: 'gcc', versions: ['11.4', '12.2'], defaultVersion: '12.2' },
  { name: 'namd', versions: ['3.0'], defaultVersion: null },
  { name: 'libgcc', versions: [], defaultVersion: null },
];
const names = (typed: string): string[] => moduleChoices(modules, typed).map(({ id }) => id);

it('offers modules with their versions, those that begin as typed first', () => {
  expect(names('gc')).toEqual(['gcc', 'gcc/11.4', 'gcc/12.2', 'libgcc']);
  expect(names('3.0')).toEqual(['namd/3.0']);
});

it('completes the last of several', () => {
  expect(names('gcc/12.2 na')).toEqual(['gcc/12.2 namd', 'gcc/12.2 namd/3.0']);
});

it('shows all beside one that is chosen already, and no more than a list can hold', () => {
  expect(names('namd')).toContain('gcc/12.2');
  expect(
    moduleChoices(
      Array.from({ length: 5000 }, (_, i) => ({ name: `m${String(i)}`, versions: [], defaultVersion: null })),
      'm',
    ),
  ).toHaveLength(100);
});
