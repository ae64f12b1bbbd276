import { mkdirSync, writeFileSync } from 'node:fs';
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
    const [done, busy, silent, task] = ["it's done", 'busy $(x)', 'silent', 'task'].map((name) => slurm.runFolder(name)) as [string, string, string, string];
    write(done, { exit: '3 1795220827\n', progress: '100 all done\n' });
    write(busy, { progress: '5 start\n41 epoch 4 @slipway exit 0 0 1\n' });
    write(task, { exit: '1 5\n', 'exit-7': '0 6\n' });
    const runs = [{ runFolder: done, jobId: '1' }, { runFolder: busy, jobId: '2' }, { runFolder: silent, jobId: '3' }, { runFolder: task, jobId: '4_7' }];
    const { stdout } = await slurm.send(watchScript({ user: 'ada', runs }));
    expect(parseWatch(stdout, 4)).toEqual({
      queue: [],
      exitCode: 0,
      runs: [
        { progress: { percent: 100, text: 'all done' }, exit: { code: 3, at: 1_795_220_827 } },
        { progress: { percent: 41, text: 'epoch 4 @slipway exit 0 0 1' }, exit: null },
        { progress: null, exit: null },
        { progress: null, exit: { code: 0, at: 6 } },
      ],
    });
  });

  it('does not say that nothing runs when squeue fails', async () => {
    slurm.breakQueue();
    const { stdout, stderr } = await slurm.send(watchScript({ user: 'ada', runs: [] }));
    expect(parseWatch(stdout, 0)).toEqual({ queue: null, exitCode: 1, runs: [] });
    expect(stderr).toContain('Unable to contact slurm controller');
  });

  it('does not say that nothing runs when its answer is cut', () => {
    const row = Array.from({ length: 13 }, () => '1').join('\x1f');
    const whole = `@slipway queue\n${row}\n\n@slipway end 0\n`;
    expect(parseWatch(whole, 0).queue).toHaveLength(1);
    for (let at = 0; at < whole.length - 1; at += 1) expect(parseWatch(whole.slice(0, at), 0).queue, whole.slice(0, at)).toBeNull();
  });

  it('never throws on what comes back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void parseWatch(garbage, 3)));
  });
});
