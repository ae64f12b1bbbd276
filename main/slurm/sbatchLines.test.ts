import { describe, expect, it } from 'vitest';
import { readDirectives, readSbatchLines } from './sbatchLines.ts';

const read = (...lines: string[]): string[] =>
  readDirectives(['#!/bin/bash', ...lines].join('\n')).map(({ key, value }) =>
    value === true ? key : `${key}=${value}`,
  );
const faults = (...lines: string[]): string[] =>
  readSbatchLines(['#!/bin/bash', ...lines]).faults.map(({ what }) => what);

describe('the lines of a script that sbatch obeys', () => {
  it('are read in every way of writing them', () => {
    expect(
      read(
        '#SBATCH --time=1:00',
        '#SBATCH --mem 4G',
        '#SBATCH -p gpu',
        '#SBATCH -n4',
        '#SBATCH --cpus-per-task=2 -t 5 --exclusive # for the night',
        '#SBATCH --comment="two words"',
      ),
    ).toEqual([
      'time=1:00',
      'mem=4G',
      'partition=gpu',
      'ntasks=4',
      'cpus_per_task=2',
      'time=5',
      'exclusive',
      'comment=two words',
    ]);
    expect(
      read('#SBATCH --outp=a', '#SBATCH -Ho/tmp/e.out', '#SLURM --cluster other', '#SBATCH--hold', '#SBATCH\t-J\tx'),
    ).toEqual(['output=a', 'hold', 'output=/tmp/e.out', 'clusters=other', 'hold', 'job_name=x']);
  });

  it('are one command line: a value may stand on the next of them', () => {
    expect(read('#SBATCH --output', '# a remark', '#SBATCH mine.out --hold')).toEqual(['output=mine.out', 'hold']);
    expect(read('#SBATCH --mem', '#SBATCH --time=5')).toEqual(['mem=--time=5']);
  });

  it('are nothing to sbatch after the first command', () => {
    const { components, unread } = readSbatchLines(
      '#!/bin/bash\n\n  # a remark\n#SBATCH --mem=1G\necho hi\n#SBATCH --mem=9G\n #SBATCH -n 2\n#SLURM -n 3\n'.split(
        '\n',
      ),
    );
    expect(components.flat().map(({ line, key, value }) => [line, key, value])).toEqual([[4, 'mem', '1G']]);
    expect(unread.map(({ line }) => line)).toEqual([6, 7]);
  });

  it('keep what is not understood, as it stands, and say why sbatch will refuse it', () => {
    expect(read('#SBATCH --mystery=1', '#SBATCH --riddle 2')).toEqual(['mystery=1', 'riddle=2']);
    expect(faults('#SBATCH --mem')).toEqual(['--mem']);
    expect(
      faults(
        '#SBATCH --o=x',
        '#SBATCH word --hold',
        '#SBATCH -Y',
        '#SBATCH --hold=yes',
        '#SBATCH "open',
        '#SBATCH : -n2',
      ),
    ).toEqual(['--o=x', 'word --hold', '-Y', '--hold=yes', '#SBATCH "open', '#SBATCH : -n2']);
    expect(readSbatchLines(['#!/bin/sh', '#SBATCH -n1', '#SBATCH hetjob -n2', '#SBATCH -n3'])).toMatchObject({
      separators: [3],
      components: [[{ value: '1' }], [{ value: '3' }]],
    });
  });

  it('are read in a time that grows with the script only', () => {
    const took = (size: number): number => {
      const text = `#!/bin/sh\n${'#SBATCH --comment="a b" -n1 --outp=x\n'.repeat(size)}#SBATCH ${'\\ '.repeat(size)}"${'x'.repeat(size)}\n`;
      const begun = performance.now();
      readSbatchLines(text.split('\n'));
      return performance.now() - begun;
    };
    const least = (size: number): number => Math.min(...Array.from({ length: 5 }, () => took(size)));
    least(1000);
    // four times as much: four times as long, and sixteen times where it were quadratic
    expect(least(16_000)).toBeLessThan(Math.max(100, 12 * least(4000)));
  });
});
