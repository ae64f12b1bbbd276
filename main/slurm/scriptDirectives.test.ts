import { describe, expect, it } from 'vitest';
import { readDirectives } from './scriptDirectives.ts';

const read = (...lines: string[]): unknown[] => readDirectives(['#!/bin/bash', ...lines].join('\n')).map(({ key, value }) => (value === true ? key : `${key}=${value}`));

describe('the #SBATCH lines of a script', () => {
  it('are read in every way of writing them', () => {
    expect(read('#SBATCH --time=1:00', '#SBATCH --mem 4G', '#SBATCH -p gpu', '#SBATCH -n4', '#SBATCH --cpus-per-task=2 -t 5 --exclusive # for the night', '#SBATCH --comment="two words"')).toEqual([
      'time=1:00', 'mem=4G', 'partition=gpu', 'ntasks=4', 'cpus_per_task=2', 'time=5', 'exclusive', 'comment=two words',
    ]);
  });

  it('are nothing to sbatch after the first command', () => {
    const found = readDirectives('#!/bin/bash\n\n  # a remark\n#SBATCH --mem=1G\necho hi\n#SBATCH --mem=9G\n');
    expect(found).toEqual([
      { line: 4, key: 'mem', value: '1G', isRead: true },
      { line: 6, key: 'mem', value: '9G', isRead: false },
    ]);
  });

  it('keep what is not understood, as it stands', () => {
    expect(read('#SBATCH hetjob', '#SBATCH --mystery=1', '#SBATCH --mem')).toEqual(['hetjob', 'mystery=1', 'mem=']);
  });
});
