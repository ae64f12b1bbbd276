import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usageScript, parseUsage, tasksIn } from './clusterUsage.ts';
import { recorded } from './testing/recorded.ts';

const MIB = 1024 ** 2;
const usage = parseUsage(recorded('load').stdout)!;

describe('the usage of a real cluster', () => {
  it('tells what its partitions do now', () => {
    expect(usage.partitions.find(({ name }) => name === 'gpu')).toMatchObject({
      state: 'UP',
      gpus: [{ type: 'a100', perNode: 4, total: 4, free: 2 }],
      cpus: { allocated: 1, idle: 15 },
    });
  });

  it('tells the user’s own jobs, running and waiting, with what they have or ask for', () => {
    expect(usage.mine.find(({ state, partition }) => state === 'RUNNING' && partition === 'gpu')).toEqual({
      state: 'RUNNING',
      partition: 'gpu',
      account: 'slipway',
      qos: 'normal',
      jobs: 1,
      cpus: 1,
      nodes: 1,
      memory: 1000 * MIB,
      gpus: 2,
    });
    expect(usage.mine.some(({ state, account }) => state === 'PENDING' && account === 'slipthesis')).toBe(true);
  });

  it('counts the waiting jobs of all people by partition', () => {
    const waiting = usage.mine
      .filter(({ state, partition }) => state === 'PENDING' && partition === 'normal')
      .reduce((sum, { jobs }) => sum + jobs, 0);
    expect(usage.waiting!['normal']).toBe(waiting);
  });

  it('has a partition that is down, and GPUs that no job can have', () => {
    const without = parseUsage(recorded('without-accounting-load').stdout)!;
    expect(without.partitions.find(({ name }) => name === 'old')).toMatchObject({
      state: 'DOWN',
      nodesByState: { down: 1 },
    });
    expect(without.partitions.find(({ name }) => name === 'gpu')!.gpus[0]).toMatchObject({ type: 'v100', free: 0 });
    expect(without).toMatchObject({ mine: [], waiting: {} });
  });

  it('is no usage when squeue or sinfo failed, rather than an empty one', () => {
    const { stdout } = recorded('load');
    expect(parseUsage(stdout.replace('@slipway end jobs 0', '@slipway end jobs 1'))).toBeNull();
    expect(parseUsage(stdout.replace('@slipway end nodes 0', '@slipway end nodes 1'))).toBeNull();
    expect(parseUsage(stdout.replace('@slipway end waiting 0', '@slipway end waiting 3'))!.waiting).toBeNull();
    for (let at = 0; at < stdout.indexOf('@slipway done jobs'); at += 17)
      expect(parseUsage(stdout.slice(0, at))).toBeNull();
    fc.assert(
      fc.property(
        fc.nat(stdout.length),
        fc.string({ unit: 'binary' }),
        (at, noise) => void parseUsage(stdout.slice(0, at) + noise + stdout.slice(at)),
      ),
    );
  });
});

describe('the tasks of an array that wait', () => {
  it.each([
    ['N/A', 1],
    ['7', 1],
    ['1-10', 10],
    ['4-400:3%2', 133],
    ['1,5,9-10%4', 4],
    ['', 1],
    ['nonsense', 1],
  ])('%s', (list, tasks) => {
    expect(tasksIn(list)).toBe(tasks);
  });

  it('are counted on the login node as they are here', () => {
    const lists = fc.array(
      fc.oneof(
        fc.nat(9999).map(String),
        fc.tuple(fc.nat(999), fc.nat(999)).map(([from, more]) => `${from}-${from + more}`),
        fc
          .tuple(fc.nat(999), fc.nat(999), fc.integer({ min: 1, max: 9 }))
          .map(([from, more, step]) => `${from}-${from + more}:${step}`),
      ),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('cpu', 'gpu', 'cpu,long'),
            fc.oneof(
              fc.constant('N/A'),
              lists.map((list) => `${list.join(',')}%3`),
            ),
          ),
          { minLength: 1, maxLength: 6 },
        ),
        (jobs) => {
          const expected: Record<string, number> = {};
          for (const [names, list] of jobs)
            for (const name of names.split(',')) expected[name] = (expected[name] ?? 0) + tasksIn(list);
          expect(onLoginNode({ squeue: jobs.map((cells) => cells.join('|')).join('\n') }).waiting).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a site that hides other people’s jobs', () => {
  it('is not asked for them', () => {
    expect(
      onLoginNode({ squeue: 'cpu|N/A', config: 'PrivateData             = accounts,jobs,usage' }).waiting,
    ).toBeNull();
    expect(onLoginNode({ squeue: 'cpu|N/A', config: 'PrivateData             = accounts,usage' }).waiting).toEqual({
      cpu: 1,
    });
  });
});

/** Runs the script on a login node whose Slurm is small sh programs that print this. */
function onLoginNode(prints: { squeue: string; config?: string }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-load-'));
  const program = (name: string, body: string): void => {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(path.join(folder, name), 0o755);
  };
  try {
    writeFileSync(path.join(folder, 'queue'), `${prints.squeue}\n`);
    program('squeue', `case " $* " in *' PENDING '*) cat '${folder}/queue' ;; esac`);
    program(
      'sinfo',
      `printf 'cpu\\037up\\0371\\0378\\0371000\\037idle\\0370/8/0/8\\037(null)\\037gpu:0\\037(null)\\n'`,
    );
    program('scontrol', `echo '${prints.config ?? 'PrivateData             = none'}'`);
    const { stdout } = spawnSync('sh', ['-s'], {
      input: usageScript({ waiting: true }),
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    return parseUsage(stdout)!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
