import { describe, expect, it } from 'vitest';
import { readGres, writeGres } from './gres.ts';

describe('the GPUs of a request', () => {
  it.each([
    ['gpu', '', 1],
    ['gpu:2', '', 2],
    ['gpu:a100', 'a100', 1],
    ['gpu:a100:4', 'a100', 4],
    ['gres/gpu:2', '', 2],
    ['gpu:nvidia_a100_3g.20gb:1', 'nvidia_a100_3g.20gb', 1],
  ])('%s can be chosen in the form', (text, type, count) => {
    expect(readGres(text)).toEqual({ kind: 'gpus', type, count });
  });

  it.each(['gpu:1,nvme:1', 'fpga:1', '{{gpus}}', 'gpu:{{n}}', 'gpu:1(S:0)'])('%s stays a text', (text) => {
    expect(readGres(text)).toEqual({ kind: 'text', text });
  });

  it('none is no request', () => {
    expect(readGres('')).toEqual({ kind: 'none' });
    expect(readGres('gpu:0')).toEqual({ kind: 'none' });
    expect(writeGres('a100', 0)).toBe('');
  });

  it('what was chosen is written in Slurm’s way and read back', () => {
    expect(writeGres('', 2)).toBe('gpu:2');
    expect(readGres(writeGres('a100', 2))).toEqual({ kind: 'gpus', type: 'a100', count: 2 });
  });
});
