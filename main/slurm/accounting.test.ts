import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountingCommand, accountingScript, parseAccountingAnswer } from './accounting.ts';
import { answerOfSacct, recorded, recordedJob } from './testing/recorded.ts';

const rowsIn = (stdout: string) => parseAccountingAnswer(answerOfSacct(stdout), '').rows;
const rows = rowsIn(recorded('sacct').stdout);
const job = (name: string) => rows.find(({ jobId }) => jobId === recordedJob(name));

describe('the accounting of a real cluster', () => {
  it('tells how jobs ended', () => {
    expect(job('ok')).toMatchObject({
      state: 'COMPLETED',
      exitCode: 0,
      signal: 0,
      timeLimit: 600,
      nodes: 'cn1',
      workDir: '/home/slipuser',
      partition: 'normal',
      name: 'ok',
    });
    expect(job('failed')).toMatchObject({ state: 'FAILED', exitCode: 3 });
    expect(job('signal')).toMatchObject({ state: 'FAILED', exitCode: 0, signal: 9 });
    expect(job('cancelled')).toMatchObject({
      state: 'CANCELLED',
      cancelledBy: expect.stringMatching(/^\d+$/) as string,
      stateDetail: null,
    });
  });

  it('has no end, no start and no node for what has not got there', () => {
    expect(job('running')).toMatchObject({ state: 'RUNNING', end: null });
    expect(job('held')).toMatchObject({ state: 'PENDING', start: null, end: null, nodes: null, allocatedTres: null });
  });

  it('counts the GPUs of a job and the tasks of an array', () => {
    expect(job('gpu')?.allocatedTres).toContain('gres/gpu=2');
    const array = recordedJob('array');
    expect(rows.map(({ jobId }) => jobId)).toEqual(
      expect.arrayContaining([`${array}_1`, `${array}_4`, expect.stringMatching(/^\d+_\[\d+-40:3%2\]$/)]),
    );
  });
});

describe('an answer of sacct', () => {
  const row = (id: string, cells: number): string =>
    `${[id, ...Array.from({ length: cells - 1 }, () => '1'), id].join('\x1f')}\n`;
  const outcome = (stdout: string, stderr = '', code = 0) =>
    parseAccountingAnswer(answerOfSacct(stdout, code), stderr).outcome;

  it('is all that it knows of these jobs, and nothing where it knows none', () => {
    expect(parseAccountingAnswer(answerOfSacct(row('7', 15), 0), '')).toMatchObject({
      rows: [{ jobId: '7' }],
      outcome: { kind: 'whole' },
    });
    expect(parseAccountingAnswer(answerOfSacct('', 0), '')).toEqual({ rows: [], outcome: { kind: 'whole' } });
    expect(outcome(row('7', 15), 'sacct: error: Munge decode failed, trying again')).toEqual({ kind: 'whole' });
  });

  it('is that there is none, with its words, where the cluster keeps none or the login node has no sacct', () => {
    const plain = recorded('without-accounting-sacct');
    expect(outcome('', plain.stderr, plain.exitCode)).toMatchObject({
      kind: 'absent',
      said: expect.stringContaining('accounting storage is disabled') as string,
    });
    expect(outcome('', 'bash: sacct: command not found', 127)).toEqual({
      kind: 'absent',
      said: 'bash: sacct: command not found',
    });
  });

  it.each([
    [
      'a database that is down',
      'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused\nsacct: error: Sending PersistInit msg: Connection refused\nsacct: error: Problem talking to the database: Connection refused',
      1,
    ],
    [
      'munge',
      'sacct: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory\nsacct: error: Authentication: Munge',
      1,
    ],
    ['a job that it does not take for one', 'sacct: fatal: Bad job/step specified: 12', 1],
    [
      'a controller that is silent, with 0',
      'sacct: error: Failed to load running jobs from slurmctld: Unable to contact slurm controller (connect failure)',
      0,
    ],
    ['nothing at all', '', 3],
  ])('is silence, with its words, for %s', (_, stderr, code) => {
    const said = outcome('', stderr, code);
    expect(said.kind).toBe('silent');
    if (said.kind === 'silent') expect(stderr === '' ? 'sacct ended with code 3' : stderr).toContain(said.said);
  });

  it('is silence about the rest when it is cut, and true in its whole rows', () => {
    const text = answerOfSacct(row('7', 15) + row('8', 15), 0);
    for (let at = 0; at < text.length - 1; at += 1) {
      const { rows, outcome } = parseAccountingAnswer(text.slice(0, at), '');
      expect(outcome.kind, text.slice(0, at)).toBe('silent');
      for (const { jobId, name } of rows)
        expect([
          ['7', '1'],
          ['8', '1'],
        ]).toContainEqual([jobId, name]);
    }
    expect(outcome(row('7', 15).slice(0, 12)).kind).toBe('silent');
  });

  it('names a column that it does not know, and is read without it', () => {
    const { stderr, exitCode } = recorded('sacct-unknown-field');
    expect(outcome('', stderr, exitCode).kind).toBe('silent');
    expect(outcome('', 'sacct: error: Invalid field requested: "TimelimitRaw"', 1)).toEqual({
      kind: 'unknownField',
      field: 'TimelimitRaw',
    });
    const without = new Set(['TimelimitRaw', 'JobID']);
    expect(accountingCommand({ jobIds: ['7'], without })).toMatch(/ -o JobID,(?!.*TimelimitRaw).*,JobName,JobID$/);
    expect(parseAccountingAnswer(answerOfSacct(row('7', 14), 0), '', without)).toMatchObject({
      rows: [{ jobId: '7', timeLimit: null, name: '1' }],
      outcome: { kind: 'whole' },
    });
  });

  it('comes in a script that ends a sacct that hangs', () => {
    expect(accountingScript({ jobIds: ['7'] })).toMatch(/slipway_limit 15 sacct /);
  });
});

describe('accounting', () => {
  it('asks for job ids and nothing else', () => {
    expect(accountingCommand({ jobIds: ['12', '13_4', '$(touch x)', '-a'] })).toContain(' -j 12,13_4 ');
    expect(accountingCommand({ jobIds: ['12'] })).not.toContain('--clusters');
    expect(accountingCommand({ jobIds: ['12'], slurmCluster: "o'ther" })).toContain(` --clusters='o'\\''ther' `);
  });

  it('of older releases reads too: memory per node, plus signs, minutes as text (written by hand, 20.02)', () => {
    const cells = [
      '9',
      '9',
      'CANCELLED+',
      '0:15',
      '1700000000',
      '1700000001',
      '1700000002',
      '1',
      'Partition_Limit',
      '4Gn',
      '',
      'n1',
      '/w',
      'long',
      'x',
    ];
    expect(rowsIn(`${[...cells, '9'].join('\x1f')}\n`)).toMatchObject([
      { state: 'CANCELLED', signal: 15, requestedMemory: '4Gn', timeLimit: null, allocatedTres: null },
    ]);
  });

  it('that is cut or garbage never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void rowsIn(garbage)));
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 15 }), (cells) => void rowsIn(`1\x1f${cells.join('\x1f')}`)),
    );
  });
});
