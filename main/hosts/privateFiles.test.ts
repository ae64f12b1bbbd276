import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let host: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-private-'));
});
afterEach(async () => {
  if (host !== null && host.exitCode === null) {
    const ended = new Promise((resolve) => host?.once('exit', resolve));
    host.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Everything below a folder that others of this computer may do something with, with its mode. */
function openToOthers(below: string): string[] {
  return readdirSync(below, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    // the demo's calls come and go meanwhile
    const info = lstatSync(path.join(below, name), { throwIfNoEntry: false });
    return info !== undefined && !info.isSymbolicLink() && (info.mode & 0o077) !== 0
      ? [`${(info.mode & 0o777).toString(8)} ${name}`]
      : [];
  });
}

describe.runIf(process.platform !== 'win32')('everything in the data folder', () => {
  it('is its owner’s alone, whatever the umask, while what is published is for others', async () => {
    const data = path.join(folder, 'data');
    mkdirSync(data);
    chmodSync(data, 0o755);
    const shared = path.join(folder, 'shared');
    host = spawn(
      '/bin/sh',
      [
        '-c',
        'umask 0; exec "$@"',
        'sh',
        process.execPath,
        path.join(root, 'main/hosts/http/main.ts'),
        '--data',
        data,
        '--port',
        '0',
        '--allow-folder',
        shared,
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let access: { url: string; token: string } | undefined;
    for await (const line of createInterface({ input: host.stdout! })) {
      access = JSON.parse(line) as { url: string; token: string };
      break;
    }
    const headers = { Authorization: `Bearer ${access?.token ?? ''}`, 'Content-Type': 'application/json' };
    const call = async (name: string, input: unknown): Promise<void> => {
      const response = await fetch(new URL(`/api/${name}`, access?.url), {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      });
      expect(await response.json()).toMatchObject({ ok: true });
    };
    await call('clusters.connect', { clusterId: 'demo' });
    await call('templates.clone', { id: 'python', source: 'official', newId: 'mine' });
    const upload = await fetch(new URL('/files?name=input.txt', access?.url), {
      method: 'PUT',
      headers: { Authorization: headers.Authorization },
      body: 'x',
    });
    expect(await upload.json()).toMatchObject({ ok: true });
    await call('settings.update', { changes: { communityTemplates: shared } });
    await call('templates.publish', { id: 'mine', to: { kind: 'local' } });

    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const there of [
      'slipway.db-wal',
      'control.json',
      'control.sock',
      'owner.lock',
      'logs',
      'spool',
      'templates/private/mine.yaml',
    ])
      expect(existsSync(path.join(data, there)), there).toBe(true);
    expect(openToOthers(data)).toEqual([]);
    expect(statSync(path.join(shared, 'mine.yaml')).mode & 0o777).toBe(0o644);
    expect(statSync(shared).mode & 0o777).toBe(0o755);
  }, 60_000);
});
