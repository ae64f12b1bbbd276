import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSlurm } from './testing/fakeSlurm.ts';
import { parseWatch, watchScript } from './watch.ts';

let slurm: FakeSlurm;
beforeEach(() => {
  slurm = new FakeSlurm();
});
afterEach(() => {
  slurm.dispose();
});

const write = (folder: string, files: Record<string, string>): void => {
  mkdirSync(path.join(folder, '.slipway'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, '.slipway', name), text);
};

describe('one look at a cluster', () => {
  it('brings the queue and what each run wrote about itself', async () => {
    const [done, busy, silent, array] = ["it's done", 'busy $(x)', 'silent', "it's an array"].map((name) =>
      slurm.runFolder(name),
    ) as [string, string, string, string];
    write(done, { exit: '3 1795220827\n', progress: '100 all done\n' });
    write(busy, { progress: '5 start\n41 epoch 4 @slipway exit 0 0 1\n' });
    write(array, {
      exit: '1 5\n',
      'exit-7': '0 6 2\n',
      'exit-17': '1 7\n',
      'exit-8': '3 8\n',
      'exit-9': '0 9',
      'exit-9.new': '0 9\n',
      'progress-9': '1 a\n50 half way\n',
      'progress-8': '20 known already\n',
      'progress-10': '60 last',
    });
    const runs = [
      { runFolder: done, tasks: null },
      { runFolder: busy, tasks: null },
      { runFolder: silent, tasks: null },
      { runFolder: array, tasks: '1-7,9-17' },
    ];
    const { stdout } = await slurm.send(watchScript({ user: 'ada', runs, clusters: [null] }));
    expect(parseWatch(stdout, { runs: 4, clusters: 1 })).toEqual({
      queues: [{ rows: [], whole: true, exitCode: 0 }],
      runs: [
        new Map([
          [
            null,
            { progress: { percent: 100, text: 'all done' }, exit: { code: 3, at: 1_795_220_827, restarts: null } },
          ],
        ]),
        new Map([[null, { progress: { percent: 41, text: 'epoch 4 @slipway exit 0 0 1' }, exit: null }]]),
        new Map(),
        new Map([
          [7, { progress: null, exit: { code: 0, at: 6, restarts: 2 } }],
          [17, { progress: null, exit: { code: 1, at: 7, restarts: null } }],
          [9, { progress: { percent: 50, text: 'half way' }, exit: null }],
          [10, { progress: { percent: 60, text: 'last' }, exit: null }],
        ]),
      ],
    });
  });

  it('does not say that nothing runs when squeue fails', async () => {
    slurm.breakQueue();
    const { stdout, stderr } = await slurm.send(watchScript({ user: 'ada', runs: [], clusters: [null] }));
    expect(parseWatch(stdout, { runs: 0, clusters: 1 })).toEqual({
      queues: [{ rows: [], whole: false, exitCode: 1 }],
      runs: [],
    });
    expect(stderr).toContain('Unable to contact slurm controller');
  });

  it('does not say that nothing runs when its answer is cut, whether squeue or the connection ended early', () => {
    const row = [...Array.from({ length: 14 }, () => '1'), '1'].join('\x1f');
    const whole = `@slipway queue 0\n${row}\n\n@slipway end 0\n`;
    const queueOf = (text: string) => parseWatch(text, { runs: 0, clusters: 1 }).queues[0];
    expect(queueOf(whole)).toMatchObject({ rows: [{ jobId: '1' }], whole: true, exitCode: 0 });
    for (let at = 0; at < whole.length - 1; at += 1)
      expect(queueOf(whole.slice(0, at))?.whole, whole.slice(0, at)).toBe(false);
    for (let at = 1; at < row.length; at += 1)
      expect(queueOf(`@slipway queue 0\n${row.slice(0, at)}\n@slipway end 0\n`)).toEqual({
        rows: [],
        whole: false,
        exitCode: 0,
      });
  });

  it('believes the rows that stand whole before a failure, and nothing about the others', () => {
    const row = [...Array.from({ length: 14 }, () => '1'), '1'].join('\x1f');
    expect(parseWatch(`@slipway queue 0\n${row}\n\n@slipway end 1\n`, { runs: 0, clusters: 1 }).queues).toMatchObject([
      { rows: [{ jobId: '1' }], whole: false, exitCode: 1 },
    ]);
  });

  it('asks each cluster of a federation for itself, and one that fails says nothing of the others', () => {
    const script = watchScript({ user: 'ada', runs: [], clusters: [null, 'other'] });
    expect(script).toContain(`slipway_limit 40 squeue -h -a -t all -u ada`);
    expect(script).toContain(`slipway_limit 40 squeue --clusters=other -h -a -t all -u ada`);
    const row = (id: string): string => [...Array.from({ length: 14 }, () => id), id].join('\x1f');
    const answer = parseWatch(
      `@slipway queue 0\n${row('7')}\n\n@slipway end 0\n@slipway queue 1\nCLUSTER: other\n${row('7_1')}\n\n@slipway end 1\n`,
      { runs: 0, clusters: 2 },
    );
    expect(answer.queues).toMatchObject([
      { rows: [{ jobId: '7' }], whole: true },
      { rows: [{ jobId: '7_1' }], whole: false, exitCode: 1 },
    ]);
  });

  /** What a job may have put in the place of its two files, by the path of one of them. */
  const IN_THE_WAY: Record<string, (file: string) => void> = {
    'a FIFO': (file) => void spawnSync('mkfifo', [file]),
    'a link to an endless device': (file) => symlinkSync('/dev/zero', file),
    'a link to itself': (file) => symlinkSync(file, file),
    'a folder': (file) => {
      mkdirSync(file);
    },
    'a line of 20 MB': (file) => writeFileSync(file, `50 ${'50 '.repeat(7_000_000)}\n`),
    '20 MB without an end of line': (file) => writeFileSync(file, '7'.repeat(20_000_000)),
    'a sparse file of a terabyte': (file) => {
      writeFileSync(file, '');
      truncateSync(file, 2 ** 40);
    },
    NULs: (file) => writeFileSync(file, '\0'.repeat(100_000)),
    'bytes of no text': (file) =>
      writeFileSync(file, Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 197) % 256))),
    'nothing but ends of lines': (file) => writeFileSync(file, '\n'.repeat(1_000_000)),
    'numbers beyond all bounds': (file) => writeFileSync(file, `${'9'.repeat(200)} ${'9'.repeat(200)}\n`),
    'an answer of ours': (file) => writeFileSync(file, '50 x\n@slipway queue\n\n@slipway end 0\n'),
  };

  it.each(Object.entries(IN_THE_WAY))(
    'is not held up, nor a neighbour’s word lost, by a job that leaves %s in the place of what it writes',
    async (_, put) => {
      const [odd, good, array] = [slurm.runFolder('odd'), slurm.runFolder('good'), slurm.runFolder('array')];
      write(odd, {});
      for (const name of ['progress', 'exit']) put(path.join(odd, '.slipway', name));
      write(good, { exit: '0 1795220827\n', progress: '41 fine\n' });
      write(array, { 'exit-3': '0 1795220827\n', 'progress-3': '41 fine\n' });
      for (const name of ['progress-1', 'exit-1', 'progress-4', 'exit-4']) put(path.join(array, '.slipway', name));
      const { stdout, stderr } = await slurm.send(
        watchScript({
          user: 'ada',
          runs: [
            { runFolder: odd, tasks: null },
            { runFolder: good, tasks: null },
            { runFolder: array, tasks: '1-4' },
          ],
          clusters: [null],
        }),
        { killAfterMs: 10_000 },
      );
      expect(stdout.length + stderr.length).toBeLessThan(5000);
      const fine = { progress: { percent: 41, text: 'fine' }, exit: { code: 0, at: 1_795_220_827, restarts: null } };
      expect(parseWatch(stdout, { runs: 3, clusters: 1 })).toEqual({
        queues: [{ rows: [], whole: true, exitCode: 0 }],
        runs: [new Map(), new Map([[null, fine]]), new Map([[3, fine]])],
      });
    },
  );

  it('shows of a long text its beginning, of an odd one what is text', async () => {
    const [long, odd, windows] = [slurm.runFolder('long'), slurm.runFolder('odd'), slurm.runFolder('windows')];
    write(long, { progress: `10 before\n20 ${'한'.repeat(300)}\n` });
    write(odd, { progress: '30 a\tb\u001b[31mc\u202ed\0\n' });
    write(windows, { progress: '40 ready\r\n' });
    const { stdout } = await slurm.send(
      watchScript({
        user: 'ada',
        runs: [long, odd, windows].map((runFolder) => ({ runFolder, tasks: null })),
        clusters: [null],
      }),
    );
    const [first, second, third] = parseWatch(stdout, { runs: 3, clusters: 1 }).runs.map(
      (tasks) => tasks.get(null)?.progress,
    );
    expect(first?.percent).toBe(20);
    expect(first?.text).toMatch(/^한{100,200}$/);
    expect(second).toEqual({ percent: 30, text: 'a b [31mc d' });
    expect(third).toEqual({ percent: 40, text: 'ready' });
  });

  it('brings the word of 2,000 tasks within its bounds, and opens no file of one whose end is known', async () => {
    const folder = slurm.runFolder('large');
    const files: Record<string, string> = {};
    for (let task = 1; task <= 2000; task += 1) {
      files[`exit-${task}`] = `${task % 7} 17952${String(task).padStart(5, '0')}\n`;
      files[`progress-${task}`] = `5 begun\n${task % 100} step ${task}\n`;
    }
    write(folder, files);
    const ask = async (tasks: string) =>
      parseWatch(
        (await slurm.send(watchScript({ user: 'ada', runs: [{ runFolder: folder, tasks }], clusters: [null] }))).stdout,
        {
          runs: 1,
          clusters: 1,
        },
      ).runs[0];
    const all = await ask('1-2000');
    expect(all?.size).toBe(2000);
    expect(all?.get(1234)).toEqual({
      progress: { percent: 34, text: 'step 1234' },
      exit: { code: 1234 % 7, at: 1_795_201_234, restarts: null },
    });
    const some = await ask('3,1999-2000');
    expect([...(some?.keys() ?? [])].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([3, 1999, 2000]);
    expect((await ask(''))?.size).toBe(0);
  });

  it('never throws on what comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (garbage) => void parseWatch(garbage, { runs: 3, clusters: 2 })),
    );
  });
});
