import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountingCommand, accountingUnavailable, parseAccounting } from './accounting.ts';
import { recorded, recordedJob } from './testing/recorded.ts';

const rows = parseAccounting(recorded('sacct').stdout);
const job = (name: string) => rows.find(({ jobId }) => jobId === recordedJob(name));

describe('the accounting of a real cluster', () => {
  it('tells how jobs ended', () => {
    expect(job('ok')).toMatchObject({ state: 'COMPLETED', exitCode: 0, signal: 0, timeLimit: 600, nodes: 'cn1', workDir: '/home/slipuser', partition: 'normal', name: 'ok' });
    expect(job('failed')).toMatchObject({ state: 'FAILED', exitCode: 3 });
    expect(job('signal')).toMatchObject({ state: 'FAILED', exitCode: 0, signal: 9 });
    expect(job('cancelled')).toMatchObject({ state: 'CANCELLED', stateDetail: expect.stringMatching(/^by \d+$/) as string });
  });

  it('has no end, no start and no node for what has not got there', () => {
    expect(job('running')).toMatchObject({ state: 'RUNNING', end: null });
    expect(job('held')).toMatchObject({ state: 'PENDING', start: null, end: null, nodes: null, allocatedTres: null });
  });

  it('counts the GPUs of a job and the tasks of an array', () => {
    expect(job('gpu')?.allocatedTres).toContain('gres/gpu=2');
    const array = recordedJob('array');
    expect(rows.map(({ jobId }) => jobId)).toEqual(expect.arrayContaining([`${array}_1`, `${array}_4`, expect.stringMatching(/^\d+_\[\d+-40:3%2\]$/)]));
  });
});

describe('accounting', () => {
  it('asks for job ids and nothing else', () => {
    expect(accountingCommand(['12', '13_4', '$(touch x)', '-a'])).toContain(' -j 12,13_4 ');
  });

  it('that a cluster does not keep is told from a mistake of ours', () => {
    expect(accountingUnavailable('Slurm accounting storage is disabled')).toBe(true);
    expect(accountingUnavailable('sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused')).toBe(true);
    expect(accountingUnavailable(recorded('sacct-unknown-field').stderr)).toBe(false);
  });

  it('of older releases reads too: memory per node, plus signs, minutes as text (written by hand, 20.02)', () => {
    const cells = ['9', '9', 'CANCELLED+', '0:15', '1700000000', '1700000001', '1700000002', '1', 'Partition_Limit', '4Gn', '', 'n1', '/w', 'long', 'x'];
    expect(parseAccounting(cells.join('\x1f'))).toMatchObject([{ state: 'CANCELLED', signal: 15, requestedMemory: '4Gn', timeLimit: null, allocatedTres: null }]);
  });

  it('that is cut or garbage never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void parseAccounting(garbage)));
    fc.assert(fc.property(fc.array(fc.string(), { minLength: 15 }), (cells) => void parseAccounting(`1\x1f${cells.join('\x1f')}`)));
  });
});
