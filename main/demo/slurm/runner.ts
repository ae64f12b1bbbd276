/**
 * Runs one attempt of a job as processes that outlive this program. In the attempt's folder:
 *
 *     slurm_script   the job's script
 *     runner         process id of the runner: whoever creates this file runs the attempt, so that it never runs twice
 *     job            process group of the job
 *     exit           exit code, 1 when a signal ended the script, epoch seconds of the end
 *
 * Every file is one short line in one write; one without its line end is not there yet.
 */
import { spawn, execFile } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const RUNNER = `# Part of Slipway's demo cluster. Runs one attempt of a job: runner FOLDER SCRIPT [ARGUMENT…]
attempt() {
  folder=$1; shift
  set -C
  { printf '%s\\n' "$$" > "$folder/runner"; } 2>/dev/null || exit 0
  set +C
  # under job control the script gets a process group of its own, which signals can reach without reaching this runner
  set -m
  # bash speaks up here when a signal, and not an exit code, ended the script; that may be before it is waited for
  exec 9>&2 2> "$folder/notice"
  "$@" 2>&9 9>&- &
  job=$!
  set +m
  printf '%s\\n' "$job" > "$folder/job"
  wait "$job"
  code=$?
  signalled=0
  [ -s "$folder/notice" ] && signalled=1
  kill -KILL -- "-$job" 2>/dev/null
  printf '%s %s %s\\n' "$code" "$signalled" "$(/bin/date +%s)" > "$folder/exit"
  exit
}
# A window's files, locks and sockets come along open; a job that outlives the window must not hold them. One of them may be
# this script, so nothing more is read of it from here on.
{
  for descriptor in /dev/fd/*; do
    descriptor=\${descriptor##*/}
    case $descriptor in [012] | *[!0-9]*) ;; *) eval "exec $descriptor>&-" ;; esac
  done
  attempt "$@"
}
`;

export interface Launch {
  readonly bash: string;
  /** The script RUNNER, installed. */
  readonly runner: string;
  readonly folder: string;
  readonly script: string;
  readonly arguments: readonly string[];
  readonly workDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Null: nothing to read. */
  readonly stdin: string | null;
  readonly stdout: string;
  /** Null: where stdout goes. */
  readonly stderr: string | null;
  readonly append: boolean;
}

export interface AttemptEnd {
  readonly exitCode: number;
  readonly signal: number;
  /** Epoch seconds. */
  readonly at: number;
}

/** What the folder of an attempt says. */
export type AttemptStatus =
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'claimed'; readonly runner: number | null; readonly group: number | null }
  | { readonly kind: 'ended'; readonly end: AttemptEnd };

function line(folder: string, name: string): string | null {
  try {
    const text = readFileSync(path.join(folder, name), 'utf8');
    return text.endsWith('\n') ? text.trim() : '';
  } catch {
    return null;
  }
}

const processId = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

export function attemptStatus(folder: string): AttemptStatus {
  const exit = line(folder, 'exit');
  const end = exit === null ? null : /^(\d+) ([01]) (\d+)$/.exec(exit);
  if (end) {
    const code = Number(end[1]);
    const signalled = end[2] === '1' && code > 128;
    return {
      kind: 'ended',
      end: { exitCode: signalled ? 0 : code, signal: signalled ? code - 128 : 0, at: Number(end[3]) },
    };
  }
  const runner = line(folder, 'runner');
  if (runner === null) return { kind: 'unclaimed' };
  return { kind: 'claimed', runner: processId(runner), group: processId(line(folder, 'job')) };
}

/**
 * Starts the attempt, detached. May be called again for an attempt that did not get as far as claiming its folder.
 * `onExit` is called when the runner has gone; nothing keeps this process alive for it.
 * Throws what the file system says when the output cannot be opened.
 */
export function launch(attempt: Launch, onExit: () => void): void {
  mkdirSync(attempt.folder, { recursive: true, mode: 0o700 });
  const script = path.join(attempt.folder, 'slurm_script');
  // synchronous on purpose: a process forked elsewhere while this file is open for writing would make it "busy" for exec
  writeFileSync(script, attempt.script, { mode: 0o700 });
  const opened: number[] = [];
  // always at the end: stdout and stderr may name one file, and the controller adds its own line when it ends a job
  const writing =
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (attempt.append ? 0 : constants.O_TRUNC);
  const use = (file: string, flags: number): number => {
    const descriptor = openSync(path.resolve(attempt.workDir, file), flags, 0o644);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const stdin = attempt.stdin === null ? 'ignore' : use(attempt.stdin, constants.O_RDONLY);
    const stdout = use(attempt.stdout, writing);
    const stderr = attempt.stderr === null ? stdout : use(attempt.stderr, writing);
    const child = spawn(attempt.bash, ['-p', attempt.runner, attempt.folder, script, ...attempt.arguments], {
      cwd: attempt.workDir,
      env: attempt.environment,
      stdio: [stdin, stdout, stderr],
      detached: true,
      windowsHide: true,
    });
    child.once('error', onExit);
    child.once('exit', onExit);
    child.unref();
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** Whether the runner of this attempt still lives; its number alone could belong to another process after a reboot. */
export function runnerLives(runner: number, folder: string): Promise<boolean> {
  try {
    process.kill(runner, 0);
  } catch {
    return Promise.resolve(false);
  }
  if (process.platform === 'win32') return Promise.resolve(true);
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'args=', '-p', String(runner)], { maxBuffer: 1 << 20 }, (error, stdout) => {
      resolve(error === null ? stdout.includes(folder) : error.code !== 1);
    });
  });
}

/** Claims an attempt that nobody has begun, so that nobody will. False when a runner was quicker. */
export function forestall(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(folder, 'runner'), '\n', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

/** Sends a signal to the whole job, or to its batch script alone. A job that has gone already is fine. */
export function signalJob(bash: string, group: number, signal: NodeJS.Signals, batchOnly: boolean): void {
  if (process.platform === 'win32') {
    // the numbers are those of the MSYS world, which only its own kill knows
    execFile(
      bash,
      ['-c', 'kill -s "$1" -- "$2"', 'kill', signal.replace('SIG', ''), batchOnly ? String(group) : `-${group}`],
      () => undefined,
    );
    return;
  }
  try {
    process.kill(batchOnly ? group : -group, signal);
  } catch {
    // gone
  }
}
