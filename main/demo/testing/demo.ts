/** The demo for tests: its own folder, real commands through bash, and nothing left running afterwards. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDemoSlurm, type DemoSlurm } from '../slurm/index.ts';
import { systemPath } from '../systemPath.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** Runs a bash script with the demo's commands first on PATH and a small environment. */
export function runBash(binFolder: string, home: string, script: string, options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], {
      cwd: options.folder ?? home,
      env: {
        HOME: home,
        PATH: [binFolder, ...systemPath()].join(':'),
        SLURM_TIME_FORMAT: '%s',
        ...options.environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, exitCode: code ?? -1 }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** Looks again and again until it is so. The test's own time limit ends a wait that is in vain. */
export async function until<T>(
  look: () => Promise<T | false | null | undefined> | T | false | null | undefined,
): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) return seen;
    await pause(25);
  }
}

export class DemoForTest {
  readonly root: string;
  readonly home: string;
  readonly #clockScale: number | undefined;
  #slurm: DemoSlurm | null = null;

  private constructor(clockScale: number | undefined) {
    this.root = mkdtempSync(path.join(tmpdir(), 'slipway-demo-'));
    this.home = path.join(this.root, 'home');
    this.#clockScale = clockScale;
    mkdirSync(this.home);
  }

  static async start(options: { clockScale?: number } = {}): Promise<DemoForTest> {
    const demo = new DemoForTest(options.clockScale);
    await demo.restart();
    return demo;
  }

  get folder(): string {
    return path.join(this.root, 'slurm');
  }

  get binFolder(): string {
    return path.join(this.folder, 'bin');
  }

  /** Ends the controller, as when the app is closed, and starts it anew on the same folder. */
  async restart(): Promise<void> {
    await this.#slurm?.dispose();
    this.#slurm = await startDemoSlurm({ folder: this.folder, clockScale: this.#clockScale });
  }

  async close(): Promise<void> {
    await this.#slurm?.dispose();
    this.#slurm = null;
  }

  run(script: string, options: RunOptions = {}): Promise<Ran> {
    return runBash(this.binFolder, this.home, script, options);
  }

  /** The job's id; fails when sbatch refuses. */
  async submit(options: string, script: string): Promise<string> {
    const ran = await this.run(`sbatch --parsable ${options}`, { stdin: `#!/bin/bash\n${script}\n` });
    if (ran.exitCode !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim();
  }

  /** One field of a job, as sacct has it. */
  async accounted(id: string, field: string): Promise<string> {
    return (await this.run(`sacct -X -n -P -j ${id} -o ${field}`)).stdout.trim();
  }

  /** Waits until the job is in one of the states. */
  state(id: string, ...states: string[]): Promise<string> {
    return until(async () => {
      const state = await this.accounted(id, 'State');
      return states.some((each) => state.startsWith(each)) && state;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('scancel --me');
    await until(async () => (await this.run('squeue -h -t PENDING,RUNNING,COMPLETING -o %i')).stdout === '');
    await this.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
