import { describe, expect, it } from 'vitest';
import { parseTestOnly } from './testOnly.ts';
import { recorded } from './testing/recorded.ts';

const answer = (stderr: string) => parseTestOnly({ exitCode: 0, stdout: '', stderr });

describe('a test of fit', () => {
  it('tells when and where the job could start', () => {
    expect(parseTestOnly(recorded('test-only'))).toEqual({ kind: 'fits', start: expect.any(Number) as number, processors: 1, nodes: 'gpu1', partition: 'gpu' });
  });

  it('tells why it would be refused', () => {
    const refused = parseTestOnly(recorded('test-only-refused'));
    expect(refused).toMatchObject({ kind: 'refused', error: { name: 'SUBMISSION_FAILED', details: { rule: 'partition-unknown' } } });
  });

  it('reads the wording of other releases (written by hand)', () => {
    expect(answer('sbatch: Job 9 to start at 1795220827 using 1 processors on nodes cn[1-2] in partition normal\n')).toMatchObject({ kind: 'fits', start: 1_795_220_827, nodes: 'cn[1-2]' });
    expect(answer('sbatch: Job 9 to start at 1795220827 a using 16 processors on cn1 in partition long on cluster alpha')).toMatchObject({ kind: 'fits' });
    expect(answer('sbatch: Job 9 to start at 2026-11-21T10:00:00 using 2 processors on nodes cn1 in partition p')).toMatchObject({ kind: 'fits', start: null, processors: 2 });
  });

  it('is no promise when the answer is empty', () => {
    expect(answer('').kind).toBe('refused');
  });
});
