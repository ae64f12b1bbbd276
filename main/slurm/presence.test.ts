import { describe, expect, it } from 'vitest';
import { MARK } from './record.ts';
import { parsePresence } from './presence.ts';

describe('the first look at Slurm', () => {
  it('finds the version in both forms, and each partition once', () => {
    const partitions = `${MARK} partition normal\n${MARK} partition gpu\n${MARK} partition normal\n`;
    expect(parsePresence(`${MARK} version slurm 23.02.7\n${partitions}`)).toEqual({
      version: '23.02.7',
      partitions: ['normal', 'gpu'],
    });
    expect(parsePresence(`${MARK} version slurm-wlm 22.05.8\n`)).toEqual({ version: '22.05.8', partitions: [] });
  });

  it('does without what is not told', () => {
    expect(parsePresence('')).toEqual({ version: '', partitions: [] });
    expect(parsePresence(`${MARK} version \nsinfo: error\n`)).toEqual({ version: '', partitions: [] });
  });
});
