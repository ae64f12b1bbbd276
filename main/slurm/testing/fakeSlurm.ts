import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseSubmitOutcome, type SubmitOutcome } from '../submit.ts';

/** What the fake sbatch does, as sh. `accept` puts the job into the queue and sets $id. */
export const SBATCH = {
  accepts: 'accept; echo "$id"',
  refusesOptions: 'echo "sbatch: error: Invalid --time specification" >&2; exit 255',
  refusesLikeSlurm:
    'accept; printf "%s|FAILED||%s\\n" "$id" "${2#--chdir=}" >"$FAKE/jobs/$id/row"; echo "sbatch: error: Batch job submission failed: Requested node configuration is not available" >&2; exit 1',
  warns: 'accept; echo "sbatch: warning: no more lunch" >&2; echo "Site banner 2026"; echo "$id;alpha"',
  refuses: 'echo "sbatch: error: Batch job submission failed: Invalid partition name specified" >&2; exit 1',
  isSlow: 'until [ -e "$FAKE/answer" ]; do sleep 0.05; done; accept; echo "$id"',
  neverAnswers:
    'accept; echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1',
  diesUnheard: 'accept; kill -9 $$',
  diesBefore: 'kill -9 $$',
  printsGarbage: 'accept; printf "\\001\\377 <html>busy</html> 12x\\n"',
} as const;

export type Shell = readonly [string, ...string[]];
export const SHELLS: readonly Shell[] = [['/bin/sh'], ['bash', '--posix']];

/** A folder with sbatch, squeue and sacct that are small real programs and keep their queue in a file. */
export class FakeSlurm {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-fake-slurm-'));
  readonly #bin = path.join(this.folder, 'bin');
  #runs = 0;

  constructor() {
    mkdirSync(this.#bin);
    mkdirSync(path.join(this.folder, 'jobs'));
    this.#program(
      'squeue',
      `[ ! -e "$FAKE/broken" ] || { echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1; }\ncat "$FAKE"/jobs/*/row 2>/dev/null; exit 0`,
    );
    this.#program('sacct', 'echo "Slurm accounting storage is disabled" >&2; exit 1');
    this.behave('accepts');
  }

  #program(name: string, body: string): void {
    const file = path.join(this.#bin, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  behave(how: keyof typeof SBATCH): void {
    this.sbatch(SBATCH[how]);
  }

  /** Makes sbatch a program of these lines of sh. */
  sbatch(body: string): void {
    const accept = `accept() { id=100; while ! mkdir "$FAKE/jobs/$id" 2>/dev/null; do id=$((id + 1)); done; printf '%s|RUNNING|cn1|%s\\n' "$id" "\${2#--chdir=}" >"$FAKE/jobs/$id/row"; cp "$3" "$FAKE/jobs/$id/script"; umask >"$FAKE/jobs/$id/umask"; }`;
    this.#program(
      'sbatch',
      `${accept}\n[ "$1 $SBATCH_IGNORE_PBS" = '--ignore-pbs 1' ] || exit 64\nset -- "$2" "$3" "$4"\n${body.replaceAll('accept;', 'accept "$@";')}`,
    );
  }

  /** Makes sacct answer with the queue's rows, as a Slurm with accounting does for a while. */
  keepAccounts(): void {
    this.#program('sacct', 'cat "$FAKE"/jobs/*/row 2>/dev/null; exit 0');
  }

  /** Cuts squeue's answers after so many bytes, with exit code 0. */
  cutQueue(bytes: number): void {
    this.#program('squeue', `cat "$FAKE"/jobs/*/row 2>/dev/null | head -c ${String(bytes)}; exit 0`);
  }

  /** Makes squeue fail like an unreachable controller. */
  breakQueue(): void {
    writeFileSync(path.join(this.folder, 'broken'), '');
  }

  /** Ids of all jobs that were ever accepted. */
  jobs(): string[] {
    return readdirSync(path.join(this.folder, 'jobs')).sort();
  }

  /** The script that Slurm got. */
  scriptOf(jobId: string): string {
    return readFileSync(path.join(this.folder, 'jobs', jobId, 'script'), 'utf8');
  }

  /** The umask that the job would have, as the shell prints it. */
  umaskOf(jobId: string): string {
    return readFileSync(path.join(this.folder, 'jobs', jobId, 'umask'), 'utf8').trim();
  }

  /** A fresh path for a run folder, not made yet. */
  runFolder(name = 'a run'): string {
    this.#runs += 1;
    return path.join(this.folder, `runs-${this.#runs}`, `${name}-r${this.#runs}`);
  }

  environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
    return { PATH: `${this.#bin}:${process.env['PATH'] ?? ''}`, FAKE: this.folder, HOME: this.folder, ...extra };
  }

  /** Sends the script as the ssh adapter does: as one compound command on the standard input of a shell. */
  async send(
    script: string,
    options: { shell?: Shell; before?: string; killAfterMs?: number; env?: Record<string, string> } = {},
  ): Promise<{ stdout: string; stderr: string; killed: boolean }> {
    const [command, ...args] = options.shell ?? ['/bin/sh'];
    const child = spawn(command, [...args, '-s'], { env: this.environment(options.env), cwd: this.folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${options.before ?? ''}(\n:\n${script}\n) </dev/null\n`);
    const timer =
      options.killAfterMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
    const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (_code, end) => resolve(end));
    });
    if (timer !== null) clearTimeout(timer);
    return { stdout, stderr, killed: signal !== null };
  }

  async outcome(script: string, shell?: Shell): Promise<SubmitOutcome> {
    return parseSubmitOutcome((await this.send(script, shell === undefined ? {} : { shell })).stdout);
  }

  /** Lets an sbatch that `isSlow` go on; until then it is at work. */
  letAnswer(): void {
    writeFileSync(path.join(this.folder, 'answer'), '');
  }

  /** Waits until no process of this fake is left, so that what happens afterwards is not its doing. */
  async settle(): Promise<void> {
    for (;;) {
      const alive = readdirSync('/proc').some((pid) => {
        if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`FAKE=${this.folder}\0`);
        } catch {
          return false;
        }
      });
      if (!alive) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Runs bash text with an environment; for job scripts. Without an input: of the socket that Node would give, bash thinks that it
 * comes from a login server and reads the start-up files.
 */
export function bash(
  text: string,
  env: Record<string, string>,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', text], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
}
