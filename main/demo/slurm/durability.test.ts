import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import { DemoForTest, runBash, until } from '../testing/demo.ts';
import { lockFolder } from './lock.ts';
import { serveCommands } from './wire.ts';
import { startDemoSlurm } from './index.ts';

const HOST = path.join(import.meta.dirname, '..', 'testing', 'host.ts');

describe('the demo’s controller', () => {
  let root: string;
  let home: string;
  let folder: string;
  const hosts = new Set<ChildProcess>();

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'slipway-demo-'));
    home = path.join(root, 'home');
    folder = path.join(root, 'slurm');
    mkdirSync(home);
  });
  afterEach(async () => {
    for (const host of hosts) await kill(host);
    rmSync(root, { recursive: true, force: true });
  });

  /** A process that hosts the controller, as the app does. */
  async function host(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [HOST, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    hosts.add(child);
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error('the host ended before it was ready')));
    });
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    hosts.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  const run = (script: string): ReturnType<typeof runBash> => runBash(path.join(folder, 'bin'), home, script);

  it('loses no job and runs none twice, however often the app is killed', async () => {
    const accepted: string[] = [];
    const complaints: string[] = [];
    let current = await host();
    const enough = new AbortController();
    const submitter = (async () => {
      while (!enough.signal.aborted) {
        const ran = await run(
          `sbatch --parsable -o out-%j --wrap 'echo ran >> runs-$SLURM_JOB_ID; sleep 0.$((RANDOM % 4))'`,
        );
        if (ran.exitCode === 0) accepted.push(ran.stdout.trim());
        else complaints.push(ran.stderr);
      }
    })();
    for (let round = 0; round < 8; round += 1) {
      await pause(Math.random() * 300);
      await kill(current);
      current = await host();
    }
    await until(() => accepted.length >= 8);
    enough.abort();
    await submitter;
    await until(async () => (await run('squeue -h')).stdout === '');

    for (const complaint of complaints)
      expect(complaint).toMatch(
        /^sbatch: error: Batch job submission failed: (Unable to contact slurm controller|Socket timed out)/,
      );
    expect(new Set(accepted).size).toBe(accepted.length);
    const { stdout } = await run(`sacct -X -n -P -j ${accepted.join(',')} -o JobIDRaw,State,ExitCode`);
    expect(stdout.trim().split('\n')).toEqual(
      [...accepted].sort((a, b) => Number(a) - Number(b)).map((id) => `${id}|COMPLETED|0:0`),
    );
    // those that were accepted while their answer was cut off ran as well, and once
    for (const file of readdirSync(home).filter((name) => name.startsWith('runs-')))
      expect(readFileSync(path.join(home, file), 'utf8')).toBe('ran\n');
    for (const id of accepted) expect(existsSync(path.join(home, `runs-${id}`))).toBe(true);
  }, 90_000);

  it('finds running jobs running, ended ones with their true end, and starts those that waited', async () => {
    const first = await host();
    const submit = async (options: string, script: string): Promise<string> =>
      (await run(`sbatch --parsable ${options} --wrap '${script}'`)).stdout.trim();
    const long = await submit('-n 8', 'touch long-runs; while [ ! -e go ]; do sleep 0.05; done');
    const short = await submit('-n 8', 'touch short-runs; while [ ! -e end ]; do sleep 0.05; done; exit 5');
    const waiting = await submit('-n 16', 'true');
    const held = await submit('--hold', 'true');
    await until(() => existsSync(path.join(home, 'long-runs')) && existsSync(path.join(home, 'short-runs')));
    await kill(first);
    expect((await run('squeue')).stderr).toBe(
      'slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n',
    );
    await run('touch end');
    await until(() => existsSync(path.join(folder, 'jobs', short, short, 'attempt-0', 'exit')));

    await host();
    const states = async (): Promise<string> =>
      (await run(`sacct -X -n -P -j ${long},${short},${waiting},${held} -o State,ExitCode`)).stdout;
    expect(await states()).toBe('RUNNING|0:0\nFAILED|5:0\nPENDING|0:0\nPENDING|0:0\n');
    await run(`touch go; scontrol release ${held}`);
    await until(async () => (await states()) === 'COMPLETED|0:0\nFAILED|5:0\nCOMPLETED|0:0\nCOMPLETED|0:0\n');
    expect(Number(await submit('--hold', 'true'))).toBeGreaterThan(Number(held));
  });

  it('says that a node failed when a job vanished with the computer', async () => {
    const first = await host();
    const id = (await run(`sbatch --parsable --wrap 'echo $PPID > runner; touch runs; sleep 1000'`)).stdout.trim();
    await until(() => existsSync(path.join(home, 'runs')));
    await kill(first);
    // as a power cut does it: nobody is left to write how the job ended
    await run(`kill -KILL $(cat runner); kill -KILL -- -$(cat ${folder}/jobs/${id}/${id}/attempt-0/job)`);
    await host();
    await until(async () => (await run(`sacct -X -n -P -j ${id} -o State`)).stdout === 'NODE_FAIL\n');
  });

  it('belongs to one process at a time', async () => {
    const first = await host();
    const second = startDemoSlurm({ folder });
    await expect(second).rejects.toSatisfy(
      (error) => AppError.is(error, 'DEMO_UNAVAILABLE') && error.message.includes(String(first.pid)),
    );
    expect((await run('squeue -h')).exitCode).toBe(0);
    await kill(first);
    await using demo = await DemoForTest.start();
    expect(demo.binFolder).toContain(demo.root);
    await (await startDemoSlurm({ folder })).dispose();
  });

  it('is taken over by exactly one of many that want it', async () => {
    const servers = await Promise.all(
      Array.from({ length: 12 }, () =>
        serveCommands(path.join(folder, 'calls'), 'token', () => ({ stdout: '', stderr: '', exitCode: 0 })),
      ),
    );
    const outcomes = await Promise.allSettled(servers.map((server) => lockFolder(folder, server.port)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const server of servers) await server.dispose();
  });
});
