import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finallyLines, signalLines } from './endOfJob.ts';
import { runProtocolLines } from './runProtocol.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-end-'));
  mkdirSync(path.join(folder, '.slipway'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Parts {
  head?: string;
  main: string;
  post?: string;
  last?: string;
  /** `--signal=B:…`, and what is done at it. */
  signal?: string;
  onSignal?: string;
}

/** A job's script as the script maker puts it together. */
function script({ head = '', main, post, last, signal, onSignal }: Parts): string {
  const { begin, end } = runProtocolLines();
  const heard = signal === undefined ? null : signalLines(signal, onSignal === undefined ? null : [onSignal]);
  return [
    '#!/bin/bash',
    `export SLIPWAY_RUN_DIR=${folder}`,
    ...begin,
    ...(last === undefined ? [] : finallyLines([last], ['echo after'])),
    ...(heard?.define ?? []),
    head,
    ...(heard === null ? [main, '', 'slipway_status=$?'] : [...heard.begin, main, ...heard.end]),
    ...(post === undefined ? [] : ['[ "$slipway_status" -eq 0 ] || exit "$slipway_status"', post, 'slipway_status=$?']),
    ...(last === undefined ? ['(exit "$slipway_status")', ...end] : ['slipway_finish "$slipway_status"']),
    'exit "$slipway_status"',
  ].join('\n');
}

interface Ended {
  code: number | null;
  lines: string[];
  stderr: string;
  /** What the job wrote down: its exit code. */
  exit: string | undefined;
}

/** Runs a job; at each line that it prints and `at` names, the script or (`all`) each of its processes is sent the signal. */
async function run(parts: Parts, at: Record<string, NodeJS.Signals | `all ${NodeJS.Signals}`> = {}): Promise<Ended> {
  const child = spawn('bash', ['-c', script(parts)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], SLURM_JOB_ID: '7' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const sent = new Set<string>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
    for (const line of stdout.split('\n').slice(0, -1)) {
      const signal = at[line];
      if (signal === undefined || sent.has(line)) continue;
      sent.add(line);
      if (signal.startsWith('all ')) process.kill(-child.pid!, signal.slice(4));
      else child.kill(signal as NodeJS.Signals);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const exit = /^(\d+) \d{10} 0\n$/.exec(readFileSync(path.join(folder, '.slipway/exit'), 'utf8'))?.[1];
  return { code, lines: stdout.split('\n').slice(0, -1), stderr, exit };
}

/** A program that listens for a signal, says so (past the buffer, which it may be writing out as it is interrupted), and ends with a code of its own; it gives up after a minute. */
const listens = (signal: string, code = 0, end = true): string =>
  `python3 -c 'import os, signal, sys, time
def heard(*_):
    os.write(1, b"heard\\n")
    if ${end ? 'True' : 'False'}: sys.exit(${String(code)})
signal.signal(signal.SIG${signal}, heard)
print("ready", flush=True)
time.sleep(60)'`;

/** One that listens for nothing; it says itself that it is there. */
const SLEEPS = `python3 -c 'import time; print("ready", flush=True); time.sleep(60)'`;
const LAST = 'echo "last $slipway_status"';
const STRICT = 'set -euo pipefail';

describe('a last part', () => {
  it.each([
    ['a success', { main: 'true' }, 0],
    ['a failure', { main: '(exit 3)' }, 3],
    ['an exit', { main: 'exit 4' }, 4],
    ['set -e', { head: STRICT, main: 'false; echo not here' }, 1],
    ['set -u', { head: STRICT, main: 'echo "$nowhere"' }, 1],
    ['an error before the main part', { head: 'set -e; false', main: 'echo not here' }, 1],
    ['a post part that fails', { main: 'true', post: '(exit 5)' }, 5],
    ['no post part after a failure', { main: '(exit 6)', post: 'echo not here' }, 6],
    ['a trap of the main part at the end', { main: "trap 'echo own' EXIT; true" }, 0],
  ])('runs after %s, once, and the exit code stays', async (_name, parts, code) => {
    const { lines, ...ended } = await run({ ...parts, last: LAST });
    expect(lines.filter((line) => line !== 'own')).toEqual([`last ${String(code)}`, 'after']);
    expect(ended).toMatchObject({ code, exit: String(code) });
  });

  it.each(['exit 9', 'false', 'set -eu; echo "$nowhere"', 'kill -9 $BASHPID', '# nothing but a comment'])(
    'does not change how the job ended: %s',
    async (last) => {
      expect(await run({ head: STRICT, main: 'true', last })).toMatchObject({ code: 0, exit: '0', lines: ['after'] });
      expect(await run({ head: STRICT, main: 'exit 2', last })).toMatchObject({ code: 2, exit: '2' });
    },
  );

  it('tries each of its lines, says in the output when it failed, and sees the variables of the others', async () => {
    const { lines, stderr } = await run({
      head: STRICT,
      main: 'result=here; exit 2',
      last: 'false; echo "$result"; (exit 8)',
    });
    expect(lines).toEqual(['here', 'after']);
    expect(stderr).toContain('finally_exec ended with 8; the exit code of the job stays 2.');
  });

  it.each([
    ['TERM', 143],
    ['INT', 130],
    ['HUP', 129],
    ['USR1', 138],
    ['USR2', 140],
    ['XCPU', 152],
  ])('runs when SIG%s comes to all processes of the job', async (signal, code) => {
    const ended = await run({ head: STRICT, main: SLEEPS, last: LAST }, { ready: `all SIG${signal}` as 'all SIGTERM' });
    expect(ended).toMatchObject({ code, exit: String(code), lines: ['ready', `last ${String(code)}`, 'after'] });
  });

  it('runs to its end when a signal comes meanwhile, and has the end written down before', async () => {
    const ended = await run(
      { main: 'exit 3', last: 'cat .slipway/exit | cut -d" " -f1; echo busy; sleep 1; echo done' },
      { busy: 'all SIGTERM' },
    );
    expect(ended).toMatchObject({ code: 3, exit: '3', lines: ['3', 'busy', 'done', 'after'] });
  });

  it('runs by hand too, and writes nothing there', () => {
    const { stdout, status } = spawnSync('bash', ['-c', script({ main: 'exit 3', last: LAST })], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    expect([stdout, status]).toEqual(['last 3\nafter\n', 3]);
  });
});

describe('a signal while the main part runs', () => {
  it('reaches the program that listens, at once, and the job goes on with what that came to', async () => {
    const ended = await run(
      { head: STRICT, signal: 'USR1', main: listens('USR1', 7), last: 'echo "last $slipway_status $slipway_signal"' },
      { ready: 'SIGUSR1' },
    );
    expect(ended).toMatchObject({ code: 7, exit: '7', lines: ['ready', 'heard', 'last 7 USR1', 'after'] });
    expect(ended.stderr).toMatch(/^slipway: USR1 came; passed on to \d+\.\n$/);
  });

  it.each([
    ['in a pipeline', (program: string) => `${program} | cat`],
    ['below a shell of its own', (program: string) => `cat >own.sh <<'OWN'\n${program}\ntrue\nOWN\nbash own.sh`],
    ['in a subshell with an EXIT trap', (program: string) => `( trap 'echo own' EXIT; ${program}; true )`],
    ['below what takes commas for blanks', (program: string) => `IFS=,; ${program}`],
  ])('reaches it %s', async (_name, within) => {
    const { code, lines, stderr } = await run(
      { head: STRICT, signal: 'USR2', main: within(listens('USR2')) },
      { ready: 'SIGUSR2' },
    );
    expect({ code, lines: lines.filter((line) => line !== 'own'), stderr }).toMatchObject({
      code: 0,
      lines: ['ready', 'heard'],
    });
  });

  it('that ends programs is the programs’ as it is anywhere: INT is not ignored, TERM ends what does not listen', async () => {
    expect(await run({ signal: 'INT', main: listens('INT', 5) }, { ready: 'SIGINT' })).toMatchObject({ code: 5 });
    expect(await run({ signal: 'TERM', main: `${SLEEPS}; echo not here` }, { ready: 'SIGTERM' })).toMatchObject({
      code: 143,
      exit: '143',
      lines: ['ready'],
    });
  });

  it('is lost on nobody where no program listens, and that is said', async () => {
    const ended = await run(
      { signal: 'USR1', main: 'echo ready; sleep 1; echo done', post: 'echo "post $slipway_signal"' },
      { ready: 'SIGUSR1' },
    );
    expect(ended).toMatchObject({ code: 0, lines: ['ready', 'done', 'post USR1'] });
    expect(ended.stderr).toBe('slipway: USR1 came; no program of this job listens for it.\n');
  });

  it('is answered by what the template says instead, which may pass on another one', async () => {
    const main = 'echo ready; until [ -e STOP ]; do sleep 0.1; done; echo stopped';
    expect(
      await run({ head: STRICT, signal: 'USR1', main, onSignal: 'touch STOP; false' }, { ready: 'SIGUSR1' }),
    ).toMatchObject({ code: 0, lines: ['ready', 'stopped'], stderr: '' });
    expect(
      await run({ signal: 'USR1', main: listens('TERM', 9), onSignal: 'slipway_pass_on TERM' }, { ready: 'SIGUSR1' }),
    ).toMatchObject({ code: 9, lines: ['ready', 'heard'] });
  });

  it('may come as often as it likes, until the main part has ended by itself', async () => {
    const ended = await run(
      {
        signal: 'USR1',
        main: `python3 -c 'import os, signal, time
count = 0
def heard(*_):
    global count
    count += 1
    os.write(1, b"heard %d\\n" % count)
signal.signal(signal.SIGUSR1, heard)
print("ready", flush=True)
while count < 3: time.sleep(0.05)
raise SystemExit(200)'`,
      },
      { ready: 'SIGUSR1', 'heard 1': 'SIGUSR1', 'heard 2': 'SIGUSR1' },
    );
    expect(ended).toMatchObject({ code: 200, exit: '200', lines: ['ready', 'heard 1', 'heard 2', 'heard 3'] });
  });

  it('of another kind lets the main part end first, and is then the end of the job', async () => {
    const ended = await run(
      { head: STRICT, signal: 'USR1', main: listens('TERM', 0), post: 'echo not here', last: LAST },
      { ready: 'all SIGTERM' },
    );
    expect(ended).toMatchObject({ code: 143, exit: '143', lines: ['ready', 'heard', 'last 143', 'after'] });
  });

  it('leaves the exit code and the input of the main part as they are', async () => {
    for (const main of ['(exit 3)', 'exit 3', 'set -e; (exit 3); true'])
      expect(await run({ signal: 'USR1', main, post: 'echo not here', last: LAST })).toMatchObject({
        code: 3,
        exit: '3',
        lines: ['last 3', 'after'],
      });
    expect(await run({ signal: 'USR1', head: 'exec <<<"some input"', main: 'cat' })).toMatchObject({
      code: 0,
      lines: ['some input'],
    });
    expect(await run({ signal: 'USR1', main: '# nothing but a comment' })).toMatchObject({ code: 0 });
  });
});

it('is clean for shellcheck', () => {
  const { stdout, error } = spawnSync('shellcheck', ['-S', 'warning', '-'], {
    input: script({ head: STRICT, main: 'sleep 1', last: LAST, signal: 'USR1' }),
    encoding: 'utf8',
  });
  if (error === undefined) expect(stdout).toBe('');
});
