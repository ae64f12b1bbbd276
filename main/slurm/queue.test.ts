import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueue, wasRefused } from './queue.ts';
import { recorded, recordedJob } from './testing/recorded.ts';

const rowsIn = (text: string) => readQueue(text).rows;
const rows = rowsIn(recorded('squeue').stdout);
const job = (name: string) => rows.find(({ arrayJobId }) => arrayJobId === recordedJob(name));

describe('the queue of a real cluster', () => {
  it('tells what runs, where, and until when', () => {
    const running = job('running')!;
    expect(running).toMatchObject({
      state: 'RUNNING',
      reason: null,
      timeLimit: 300,
      nodes: 'cn1',
      workDir: '/home/slipuser',
      partition: 'normal',
      name: 'running',
      arrayTask: null,
    });
    expect(running.end! - running.expectedStart!).toBe(300);
  });

  it('tells why a job waits', () => {
    expect(job('held')).toMatchObject({ state: 'PENDING', reason: 'JobHeldUser', nodes: null, expectedStart: null });
    expect(job('timelimit')).toMatchObject({ state: 'PENDING', reason: 'PartitionTimeLimit', timeLimit: 10_800 });
    expect(job('resources')).toMatchObject({ state: 'PENDING', reason: 'Resources' });
  });

  it('still shows jobs that have just ended', () => {
    expect(job('ok')).toMatchObject({ state: 'COMPLETED' });
    expect(job('failed')).toMatchObject({ state: 'FAILED', reason: 'NonZeroExitCode' });
    expect(job('cancelled')).toMatchObject({ state: 'CANCELLED' });
  });

  it('knows the tasks of an array and the ones that wait together', () => {
    const array = rows.filter(({ arrayJobId }) => arrayJobId === recordedJob('array'));
    expect(array.map(({ arrayTask }) => arrayTask).sort()).toEqual(['1', '4', expect.stringMatching(/^\d+-40:3%2$/)]);
    expect(array.map(({ jobId }) => jobId)).toContain(`${recordedJob('array')}_1`);
  });

  it('keeps a job name with separators, quotes, Unicode and ends of lines', () => {
    expect(job('hostile')?.name).toContain('a|b\x1fc "d" $(e) 한글 \' xxx');
    expect(job('newline')?.name).toBe('first\nsecond');
    expect(rows).toHaveLength(new Set(rows.map(({ jobId }) => jobId)).size);
  });
});

describe('a queue answer', () => {
  const line = (cells: Partial<Record<number, string>>): string =>
    `${[...Array.from({ length: 14 }, (_, i) => cells[i] ?? 'N/A'), cells[0] ?? 'N/A'].join('\x1f')}\n`;

  it('with states and times that nobody knows is kept as it is (written by hand)', () => {
    expect(
      rowsIn(
        line({ 0: '7', 1: '7', 3: 'WARP_SPEED', 4: 'Because', 6: 'UNLIMITED', 5: 'INVALID', 7: 'later', 13: 'x' }),
      ),
    ).toMatchObject([
      { jobId: '7', state: 'WARP_SPEED', reason: 'Because', timeLimit: null, elapsed: null, expectedStart: null },
    ]);
  });

  it('of several clusters has lines that are no rows (written by hand, SLURM_CLUSTERS set)', () => {
    expect(rowsIn(`CLUSTER: alpha\n${line({ 0: '7', 1: '7' })}\nCLUSTER: beta\n`)).toHaveLength(1);
  });

  it('that is cut, empty or garbage never throws', () => {
    const text = recorded('squeue').stdout;
    for (let at = 0; at < text.length; at += 37)
      expect(rowsIn(text.slice(0, at)).length).toBeLessThanOrEqual(rows.length);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void rowsIn(garbage)));
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 14, maxLength: 15 }),
        (cells) => void rowsIn(`1\x1f${cells.join('\x1f')}`),
      ),
    );
  });

  it('gives back the rows it was made of', () => {
    const cell = fc.string().map((text) => text.replaceAll(/[\n\x1f]/g, '').trim());
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            id: fc.nat(),
            dir: cell,
            name: fc.oneof(
              fc.string({ unit: fc.constantFrom('a', '\n', '한', ' ', '|') }),
              fc.string({ unit: fc.constantFrom('a', '\x1f', '7') }),
            ),
          }),
        ),
        (jobs) => {
          const text = jobs
            .map(({ id, dir, name }) => line({ 0: String(id), 1: String(id), 11: dir, 13: name }))
            .join('');
          expect(readQueue(text).whole).toBe(true);
          expect(rowsIn(text).map(({ jobId, workDir, name }) => ({ id: Number(jobId), dir: workDir, name }))).toEqual(
            jobs,
          );
        },
      ),
    );
  });
});

describe('what a queue answer says of a job that is not in it', () => {
  const rowsOf = (...ids: number[]): string =>
    ids.map((id) => `${[id, id, ...Array.from({ length: 12 }, () => 'x'), id].join('\x1f')}\n`).join('');

  it('is nothing as soon as the answer is cut anywhere but between two rows; what stands in whole rows is true all the same', () => {
    const text = recorded('squeue').stdout;
    const boundaries = new Set([
      0,
      ...Array.from(text.matchAll(/\n(?=\d+(?:_\S*)?\x1f)|\n$/g), ({ index }) => index + 1),
    ]);
    for (let at = 0; at <= text.length; at += 1) {
      const cut = readQueue(text.slice(0, at));
      if (cut.whole !== boundaries.has(at)) expect([at, text.slice(Math.max(0, at - 40), at)]).toBe(cut.whole);
      expect(rows).toEqual(expect.arrayContaining(cut.rows));
    }
  });

  it.each([
    ['with the beginning of a row missing', `x\x1f9\n${rowsOf(7)}`],
    ['with too few columns in a row', `${rowsOf(7)}8\x1f8\x1fx\x1f8\n`],
    ['with half an id', `${rowsOf(7)}8\n`],
    ['whose last row has no end of line', `${rowsOf(7)}${rowsOf(8)}`.slice(0, -1)],
    ['with a row that ends as another one', rowsOf(7, 8).replace(/8\n/, '9\n')],
    ['that another one was mixed into', `${rowsOf(7).slice(0, 12)}${rowsOf(8)}${rowsOf(7).slice(12)}`],
  ])('is nothing in an answer %s', (_, text) => {
    expect(readQueue(text).whole).toBe(false);
    for (const { jobId, name } of readQueue(text).rows)
      expect(['7', '8', 'x']).toEqual(expect.arrayContaining([jobId, name]));
  });

  it.each([
    ['a message of the day', `Welcome to alpha.\n\n${rowsOf(7)}Maintenance on Monday!\n`],
    ['a warning between two rows', `${rowsOf(7)}squeue: warning: slow\n${rowsOf(8)}`],
    [
      'a heterogeneous job (written by hand)',
      `${rowsOf(12).replaceAll('12', '12+0')}${rowsOf(12).replaceAll('12', '12+1')}${rowsOf(7)}`,
    ],
  ])('is that it is not there, in a whole one with %s', (_, text) => {
    expect(readQueue(text)).toMatchObject({
      whole: true,
      rows: expect.arrayContaining([expect.objectContaining({ jobId: '7' })]) as unknown,
    });
  });
});

describe('a request that Slurm refused after giving it a number', () => {
  it('is told from a job that failed: it never had a node', () => {
    expect(wasRefused({ state: 'FAILED', nodes: null })).toBe(true);
    expect(wasRefused({ state: 'FAILED', nodes: 'cn1' })).toBe(false);
    expect(wasRefused({ state: 'PENDING', nodes: null })).toBe(false);
  });
});
