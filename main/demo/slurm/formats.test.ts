import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expandHostList,
  fileNamed,
  fit,
  hostList,
  longDuration,
  memory,
  parseColumns,
  parseRanges,
  perNode,
  ranges,
  shortDuration,
} from './formats.ts';
import type { Job } from './job.ts';

describe('Slurm’s notation', () => {
  it.each([
    [0, '0:00', '00:00:00'],
    [36, '0:36', '00:00:36'],
    [3600, '1:00:00', '01:00:00'],
    [86_400, '1-00:00:00', '1-00:00:00'],
    [2 * 86_400 + 3723, '2-01:02:03', '2-01:02:03'],
    [null, 'UNLIMITED', 'UNLIMITED'],
  ])('writes %s seconds as squeue and as sacct do', (seconds, short, long) => {
    expect([shortDuration(seconds), longDuration(seconds)]).toEqual([short, long]);
  });

  it.each([
    [2000, '2000M'],
    [1024, '1G'],
    [16_000, '16000M'],
    [64_000, '62.50G'],
    [20 * 1024, '20G'],
  ])('writes %i MiB with the unit that Slurm takes', (mebibytes, text) => {
    expect(memory(mebibytes)).toBe(text);
  });

  it('folds node names', () => {
    expect(hostList(['demo1', 'demo2', 'gpu1'])).toBe('demo[1-2],gpu1');
    expect(hostList([])).toBe('');
    expect(expandHostList('demo[1-2],gpu1')).toEqual(['demo1', 'demo2', 'gpu1']);
  });

  it('folds array tasks, with a step where there is one', () => {
    expect(ranges([4, 7, 10, 13])).toBe('4-13:3');
    expect(ranges([1, 2, 3, 7])).toBe('1-3,7');
    expect(parseRanges('4-400:3')).toHaveLength(133);
    for (const wrong of ['', 'x', '3-1', '1-2:0', '1,,2']) expect(parseRanges(wrong)).toBeNull();
  });

  it('loses no array task by folding', () => {
    const tasks = fc
      .uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 })
      .map((numbers) => numbers.sort((a, b) => a - b));
    fc.assert(
      fc.property(tasks, (numbers) => {
        expect(parseRanges(ranges(numbers))).toEqual(numbers);
      }),
    );
  });

  it('counts per node', () => {
    expect(perNode([2, 2])).toBe('2(x2)');
    expect(perNode([4, 1])).toBe('4,1');
  });

  it('reads column formats, and cuts to their widths', () => {
    expect(parseColumns('%.18i|%t end')).toEqual([
      { before: '', letter: 'i', width: 18, right: true },
      { before: '|', letter: 't', width: null, right: false },
      { before: ' end', letter: null, width: null, right: false },
    ]);
    expect(fit('partition', 4, false)).toBe('part');
    expect(fit('한', 3, true)).toBe('  한');
  });

  it('names output files by their patterns', () => {
    const job = (arrayTask: number | null): Job =>
      ({
        id: 47,
        arrayTask,
        spec: { id: 45, user: 'ada' },
        standing: { name: 'run', shares: [{ node: 'demo2' }] },
      }) as unknown as Job;
    expect(fileNamed('slurm-%A_%a.out', job(3))).toBe('slurm-45_3.out');
    expect(fileNamed('%j %4j %x %u %N %% %q', job(null))).toBe('47 0047 run ada demo2 % %q');
    expect(fileNamed('plain\\%j', job(null))).toBe('plain%j');
  });
});
