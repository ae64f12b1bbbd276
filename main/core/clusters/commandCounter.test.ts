import { beforeEach, describe, expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteConnection } from '../ports.ts';
import { VirtualClock } from '../testing/virtualClock.ts';
import { CommandCounter } from './commandCounter.ts';

const CORI = ClusterId.parse('cori');
const MINUTE = 60_000;

describe('what was run on a cluster', () => {
  let clock: VirtualClock;
  let counter: CommandCounter;
  beforeEach(() => {
    clock = new VirtualClock();
    counter = new CommandCounter(clock);
  });

  it('is counted by program and purpose, the most frequent first', async () => {
    for (let poll = 0; poll < 3; poll += 1) {
      counter.add(CORI, ['squeue'], 'poll', clock.now() - 20);
      await clock.advance(30_000);
    }
    counter.add(CORI, ['squeue', 'sacct'], 'submit', clock.now() - 100);
    const { counts, latest } = counter.report(CORI);
    expect(counts.map(({ program, purpose, count, elapsed }) => [program, purpose, count, elapsed])).toEqual([
      ['squeue', 'poll', 3, 60],
      ['sacct', 'submit', 1, 50],
      ['squeue', 'submit', 1, 50],
    ]);
    expect(latest.map(({ program }) => program)).toEqual(['sacct', 'squeue', 'squeue', 'squeue', 'squeue']);
    expect(counter.report(ClusterId.parse('other'))).toMatchObject({ counts: [], latest: [] });
  });

  it('is told for the last hour only, since the start of the program when that was later', async () => {
    const start = clock.now();
    counter.add(CORI, ['sbatch'], 'submit', start);
    expect(counter.report(CORI).since).toBe(start);
    await clock.advance(58 * MINUTE);
    expect(counter.report(CORI).counts).toHaveLength(1);
    await clock.advance(3 * MINUTE);
    expect(counter.report(CORI)).toMatchObject({ counts: [], latest: [] });
    expect(counter.report(CORI).since).toBeGreaterThan(start);
  });

  it('takes no more room however much it is, and no count is lost', async () => {
    for (let i = 0; i < 20_000; i += 1) {
      counter.add(CORI, ['sftp'], 'log', clock.now());
      if (i % 400 === 0) await clock.advance(MINUTE);
    }
    const { counts, latest } = counter.report(CORI);
    expect(counts).toMatchObject([{ program: 'sftp', count: 20_000 }]);
    expect(latest.length).toBeLessThanOrEqual(200);
  });

  it('holds scripts by the programs in them, files as sftp or sh, and what failed too', async () => {
    let fileTransport: RemoteConnection['fileTransport'] = 'sftp';
    const connection: RemoteConnection = {
      shell: {
        run: (script) =>
          script.startsWith('squeue')
            ? Promise.resolve({ exitCode: 0, stdout: '', stderr: '', elapsedMs: 1 })
            : Promise.reject(new AppError('CONNECTION_LOST', { details: { host: 'login1' } })),
      },
      files: { stat: () => Promise.resolve(null) } as unknown as RemoteConnection['files'],
      get fileTransport() {
        return fileTransport;
      },
      roundTripMs: 1,
      onHealth: () => ({ dispose: () => undefined }),
      probe: () => Promise.resolve(1),
      onLost: () => ({ dispose: () => undefined }),
      dispose: () => undefined,
    };
    const counted = counter.counted(CORI, connection, 'log');
    await counted.shell.run("squeue -u ada; echo 'sinfo'", { purpose: 'poll', programs: ['squeue'] });
    await counted.shell.run('true', { purpose: 'test' }).catch(() => undefined);
    await counted.shell.run('setsid sh -c "$run"', { purpose: 'submit', programs: ['sbatch'] }).catch(() => undefined);
    await counted.files.stat('/x');
    fileTransport = 'shell';
    await counted.files.stat('/x');
    expect(
      counter
        .report(CORI)
        .counts.map(({ program, purpose }) => `${program} ${purpose}`)
        .sort(),
    ).toEqual(['sbatch submit', 'sftp log', 'sh log', 'sh test', 'squeue poll']);
  });
});
