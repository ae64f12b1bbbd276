import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlFile } from './controlAddress.ts';

const root = path.resolve(import.meta.dirname, '../..');

let folder: string;
const running: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-owner-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Contender {
  readonly child: ChildProcess;
  readonly said: () => Promise<string>;
}

async function startContender(environment: NodeJS.ProcessEnv = {}): Promise<Contender> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testing/contender.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  running.push(child);
  const lines: Interface = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code, signal]) => `ended with ${String(code ?? signal)}`);
  const said = (): Promise<string> => Promise.race([once(lines, 'line').then(([line]) => String(line)), ended]);
  expect(await said()).toBe('ready');
  return { child, said };
}

/** All of them try at the same moment; what each says. */
function contend(all: readonly Contender[]): Promise<string[]> {
  const answers = all.map(({ said }) => said());
  for (const { child } of all) child.stdin?.write('go\n');
  return Promise.all(answers);
}

describe('many programs that start at once on one data folder', () => {
  it('are one owner and callers that reach it, round after round, each after the owner was killed', async () => {
    let all = await Promise.all(Array.from({ length: 6 }, () => startContender()));
    for (let round = 0; round < 20; round += 1) {
      const answers = await contend(all);
      expect({ round, answers: answers.sort() }).toEqual({
        round,
        answers: ['owner', ...Array.from({ length: 5 }, () => 'reached')],
      });
      const { pid } = ControlFile.parse(JSON.parse(await readFile(path.join(folder, 'control.json'), 'utf8')));
      const owner = all.find(({ child }) => child.pid === pid)!;
      const ended = once(owner.child, 'exit');
      owner.child.kill('SIGKILL');
      await ended;
      expect(existsSync(path.join(folder, 'control.sock'))).toBe(true);
      all = [...all.filter((each) => each !== owner), await startContender()];
    }
  }, 120_000);

  it('are one owner on a socket that was left without a control file', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => startContender()));
    const orphan = createServer();
    await new Promise<void>((resolve) => orphan.listen(path.join(folder, 'control.sock'), resolve));
    await new Promise<void>((resolve) => orphan.close(() => resolve()));
    await writeFile(path.join(folder, 'control.sock'), '');
    expect((await contend(all)).sort()).toEqual(['owner', ...Array.from({ length: 7 }, () => 'reached')]);
  }, 60_000);

  it('do their work as commands, or say that the one that did it for them has ended', async () => {
    const ask = async (): Promise<string> => {
      const command = [path.join(root, 'main/hosts/cli/main.ts'), '--data', folder, 'call', 'app.info'];
      const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root }).catch(
        (error: unknown) => error as { stdout: string },
      );
      const answer = JSON.parse(stdout) as { ok: boolean; error?: { message: string } };
      return answer.ok ? 'done' : (answer.error?.message ?? '');
    };
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    expect(answers).toContain('done');
    for (const answer of answers) expect(answer).toMatch(/^done$|the running Slipway went away/);
  }, 60_000);
});

const canCompile = process.platform === 'linux' && spawnable('cc');

function spawnable(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a data folder on a file system without locks', () => {
  it.runIf(canCompile)('is refused with the reason and the way out, not taken for owned by another', async () => {
    // NFS without its lock service: every lock ends with ENOLCK
    const source = path.join(folder, 'nolocks.c');
    const library = path.join(folder, 'nolocks.so');
    await writeFile(
      source,
      `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int pass(const char *name, int fd, int cmd, void *arg) {
  if (cmd == F_SETLK || cmd == F_SETLKW || cmd == F_OFD_SETLK) { errno = ENOLCK; return -1; }
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name);
  return real(fd, cmd, arg);
}
int fcntl(int fd, int cmd, ...) { va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list); return pass("fcntl", fd, cmd, arg); }
int fcntl64(int fd, int cmd, ...) { va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list); return pass("fcntl64", fd, cmd, arg); }
`,
    );
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
    const [answer] = await contend([await startContender({ LD_PRELOAD: library })]);
    expect(answer).toContain('its file system keeps no locks');
    expect((await readdir(folder)).filter((name) => name.startsWith('owner.lock.'))).toEqual([]);
  });
});
