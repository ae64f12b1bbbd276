import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let mounted: boolean;
const running: ChildProcess[] = [];

/** A disk of its own of this size for the test; needs root. */
function mountDisk(megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=700`, 'tmpfs', folder]);
  mounted = true;
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false;
  const probe = mkdtempSync(path.join(tmpdir(), 'slipway-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-disk-'));
  mounted = false;
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  if (mounted) execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const ballast = (): string => path.join(folder, 'ballast');

/** Fills the disk to its last byte. */
function fill(): void {
  const handle = openSync(ballast(), 'a');
  for (let size = 1024 ** 2; size >= 1;) {
    try {
      writeSync(handle, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  fsyncSync(handle);
  closeSync(handle);
  expect(statfsSync(folder).bavail).toBe(0);
}

interface Host {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  err: string;
}

function start(program: string, ...args: string[]): Host {
  const child = spawn(process.execPath, [path.join(root, program), '--data', path.join(folder, 'data'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const host: Host = { child, err: '', ended: new Promise((resolve) => child.once('close', (code) => resolve(code))) };
  child.stderr.on('data', (data: Buffer) => (host.err += data.toString()));
  return host;
}

const CLI = 'main/hosts/cli/main.ts';
const SERVER = 'main/hosts/http/main.ts';
const STACK = /^\s+at /m;

describe.runIf(canMount())('a full disk', () => {
  it('at the start is told by a sentence with a next step in both hosts, with a data folder and without', async () => {
    mountDisk(16);
    fill();
    for (const host of [start(CLI, 'clusters'), start(SERVER, '--port', '0')]) {
      expect(await host.ended).toBe(1);
      expect(host.err).toMatch(/the disk is full/);
      expect(host.err).toMatch(/free space[^]*50\d\d/);
      expect(host.err).not.toMatch(STACK);
    }
    rmSync(ballast());
    expect(await start(CLI, 'clusters').ended).toBe(0);
    fill();
    for (const host of [start(CLI, 'clusters'), start(SERVER, '--port', '0')]) {
      expect(await host.ended).toBe(1);
      expect(host.err).toMatch(/the disk is full|the disk reports an error/);
      expect(host.err).toMatch(/50\d\d/);
      expect(host.err).not.toMatch(STACK);
    }
  }, 120_000);

  it('while the program runs is an answer with a sentence; the program stays, and works when there is space again', async () => {
    mountDisk(16);
    const host = start(SERVER, '--port', '0');
    let access: { url: string; token: string } | undefined;
    for await (const line of createInterface({ input: host.child.stdout! })) {
      access = JSON.parse(line) as { url: string; token: string };
      break;
    }
    const call = async (
      name: string,
      input: unknown,
    ): Promise<{ ok: boolean; error?: { code: number; message: string; hint: string } }> => {
      const response = await fetch(new URL(`/api/${name}`, access?.url), {
        method: 'POST',
        headers: { Authorization: `Bearer ${access?.token ?? ''}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
      });
      return (await response.json()) as { ok: boolean };
    };
    const writeSetting = (n: number): ReturnType<typeof call> =>
      call('settings.update', { changes: { theme: n % 2 === 0 ? 'dark' : 'light' } });
    expect(await writeSetting(0)).toMatchObject({ ok: true });
    fill();
    // the log of changes has a few pages in hand
    let answer = await writeSetting(1);
    for (let n = 2; n < 3000 && answer.ok; n += 1) answer = await writeSetting(n);
    expect(answer.error).toMatchObject({
      code: 5002,
      message: expect.stringMatching(/disk is full|disk reports an error/) as string,
      hint: expect.stringContaining('free space') as string,
    });
    expect(await call('clusters.list', {})).toMatchObject({ ok: true });
    expect(host.child.exitCode).toBeNull();
    rmSync(ballast());
    expect(await writeSetting(1)).toMatchObject({ ok: true });
    expect(host.err).not.toMatch(STACK);
  }, 120_000);

  it('that cannot be written at all is told by a sentence', async () => {
    mountDisk(16);
    expect(await start(CLI, 'clusters').ended).toBe(0);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    for (const host of [start(CLI, 'clusters'), start(SERVER, '--port', '0')]) {
      expect(await host.ended).toBe(1);
      expect(host.err).toMatch(/cannot be (written|opened|used)/);
      expect(host.err).toMatch(/50\d\d/);
      expect(host.err).not.toMatch(STACK);
    }
  }, 120_000);
});

// root may write wherever the disk lets it: its case is the read-only disk above
if (process.platform !== 'win32' && process.geteuid?.() !== 0) {
  describe('a folder that cannot be written', () => {
    it('is told by a sentence', async () => {
      mkdirSync(path.join(folder, 'data'));
      chmodSync(path.join(folder, 'data'), 0o500);
      const host = start(CLI, 'clusters');
      expect(await host.ended).toBe(1);
      expect(host.err).toMatch(/50\d\d/);
      expect(host.err).not.toMatch(STACK);
    }, 60_000);
  });
}
