import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-guard-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Host {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out: string;
  err: string;
}

/** Starts a host of Slipway with a few lines of our own loaded before it: where its errors come from. */
function start(program: string, args: readonly string[], faults: string): Host {
  const file = path.join(folder, 'faults.mjs');
  writeFileSync(file, faults);
  const child = spawn(process.execPath, ['--import', file, path.join(root, program), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const host: Host = {
    child,
    out: '',
    err: '',
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
  child.stdout.on('data', (data: Buffer) => (host.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (host.err += data.toString()));
  return host;
}

const data = (): string => path.join(folder, 'data');

interface LogLine {
  level: string;
  event: string;
  details: { error?: { message?: string; stack?: string } };
}

function logLines(): LogLine[] {
  const logs = path.join(data(), 'logs');
  if (!existsSync(logs)) return [];
  return readdirSync(logs).flatMap((name) =>
    readFileSync(path.join(logs, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine),
  );
}

/** The link and the token that the HTTP host prints when it is ready. */
async function ready(host: Host): Promise<{ url: string; token: string }> {
  for await (const line of createInterface({ input: host.child.stdout! }))
    return JSON.parse(line) as { url: string; token: string };
  throw new Error(`it ended before it was ready: ${host.err}`);
}

async function isAnswering({ url, token }: { url: string; token: string }): Promise<boolean> {
  const response = await fetch(new URL('/api/app.info', url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{}',
  });
  return ((await response.json()) as { ok: boolean }).ok;
}

async function eventually(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 15_000; !holds();) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an error that nobody handles', () => {
  it('is in the log with its stack and without secrets, and the HTTP host goes on', async () => {
    const host = start(
      'main/hosts/http/main.ts',
      ['--port', '0', '--data', data()],
      `process.on('SIGUSR2', () => {
         void Promise.reject(new TypeError('lost promise, Authorization: Bearer hunter2.secret'));
         setTimeout(() => { throw new RangeError('thrown in a timer'); });
         void Promise.reject(null);
       });`,
    );
    const access = await ready(host);
    host.child.kill('SIGUSR2');
    await eventually(() => logLines().filter(({ event }) => /^un(caught|handled)/.test(event)).length === 3);
    const errors = logLines().filter(({ event }) => /^un(caught|handled)/.test(event));
    const rejected = errors.find(({ details }) => details.error?.message?.includes('lost promise') === true);
    expect(rejected).toMatchObject({ level: 'error', event: 'unhandledRejection' });
    expect(rejected?.details.error?.stack).toMatch(/TypeError: lost promise[^]*faults\.mjs:2/);
    expect(errors.find(({ details }) => details.error?.message === 'thrown in a timer')).toMatchObject({
      event: 'uncaughtException',
    });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    expect(await isAnswering(access)).toBe(true);
    expect(host.child.exitCode).toBeNull();
  }, 60_000);

  it('that comes again and again ends the HTTP host with a line that says so', async () => {
    const host = start(
      'main/hosts/http/main.ts',
      ['--port', '0', '--data', data()],
      `process.on('SIGUSR2', () => setInterval(() => { throw new Error('once more'); }, 1));`,
    );
    await ready(host);
    host.child.kill('SIGUSR2');
    expect(await host.ended).toBe(70);
    expect(host.err).toMatch(
      /more than 20 errors within 10 s that nobody handled, the last one “once more”\. Slipway ends/,
    );
    expect(logLines().filter(({ event }) => event === 'uncaughtException')).toHaveLength(21);
    expect(logLines().at(-1)).toMatchObject({ event: 'error_loop' });
  }, 60_000);

  it('does not come from a terminal that was closed', async () => {
    const host = start(
      'main/hosts/http/main.ts',
      ['--port', '0', '--data', data()],
      `process.on('SIGUSR2', () => { for (let n = 0; n < 50; n += 1) { console.error('word'); console.log('word'); } });`,
    );
    const access = await ready(host);
    host.child.stdout?.destroy();
    host.child.stderr?.destroy();
    host.child.kill('SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await isAnswering(access)).toBe(true);
    expect(logLines().filter(({ level }) => level === 'error')).toEqual([]);
  }, 60_000);

  it.each([
    ['before the program has started', `setTimeout(() => { throw new Error('early fault'); }, 0);`],
    [
      'while it works',
      `setInterval(() => { if (process.getActiveResourcesInfo().length > 0) void Promise.reject(new Error('early fault')); }, 300);`,
    ],
  ])(
    'ends a command with a sentence, its code and a failure, %s',
    async (_, faults) => {
      const command = start('main/hosts/cli/main.ts', ['--data', data(), 'call', 'app.info'], faults);
      expect(await command.ended).toBe(1);
      expect(command.err).toMatch(/slipway: Something went wrong inside Slipway\.[^]*error 9999[^]*early fault/);
    },
    60_000,
  );

  it('is not needed for a command to end without a word: one that waits for nothing any more says so', async () => {
    const command = start(
      'main/hosts/cli/main.ts',
      ['--data', data(), 'status'],
      `import { registerHooks } from 'node:module';
       registerHooks({ load: (url, context, next) => url.endsWith('/cli/client.ts')
         ? { format: 'module', shortCircuit: true, source: 'export const openCliClient = () => new Promise(() => undefined);' }
         : next(url, context) });`,
    );
    expect(await command.ended).toBe(1);
    expect(command.err).toContain('the command stopped in the middle');
  }, 60_000);
});
