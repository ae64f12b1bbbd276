import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileHandleId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { ResourceScope } from '../../shared/lib/disposable.ts';
import { claimDataFolder } from './control.ts';
import { findRunningProgram } from './controlClient.ts';
import type { Dispatch } from './dispatch.ts';

let folder: string;
let opened: ResourceScope;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-control-'));
  opened = new ResourceScope();
});
afterEach(async () => {
  await opened.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A dispatch that repeats what it was asked, and waits to be given up on when asked to wait. */
const echo: Dispatch = (name, input, options) =>
  name === 'wait'
    ? new Promise((resolve) => {
        const givenUp = (): void => resolve({ ok: true, value: 'given up', requestId: 'q1' });
        if (options?.signal?.aborted === true) givenUp();
        else options?.signal?.addEventListener('abort', givenUp);
      })
    : Promise.resolve({ ok: true, value: { name, input }, requestId: options?.requestId ?? 'q0' });

const served = {
  dispatch: echo,
  grant: (file: string) =>
    Promise.resolve({
      handle: FileHandleId.parse('f0000000000000000'),
      name: path.basename(file),
      size: 3,
      modifiedAt: 4,
    }),
  allow: (_: string, place: string) => place,
};

describe('the control socket of a data folder', () => {
  it('belongs to one program: a second one is told so', async () => {
    opened.use(await claimDataFolder(folder));
    await expect(claimDataFolder(folder)).rejects.toMatchObject({
      name: 'DATA_FOLDER_TAKEN',
      message: expect.stringContaining(`process ${String(process.pid)}`) as string,
    });
  });

  it('is free again after its owner has ended', async () => {
    await (await claimDataFolder(folder)).dispose();
    opened.use(await claimDataFolder(folder));
  });

  it('is taken over when its owner was killed and left the socket file', async () => {
    const { createServer } = await import('node:net');
    const orphan = createServer();
    await new Promise<void>((resolve) => orphan.listen(path.join(folder, 'control.sock'), resolve));
    // a killed process leaves the file: put one back after closing
    await new Promise<void>((resolve) => orphan.close(() => resolve()));
    await writeFile(path.join(folder, 'control.sock'), '');
    opened.use(await claimDataFolder(folder));
  });

  it('lets a command line call the running program, hand over a file and give up', async () => {
    opened.use(await claimDataFolder(folder)).serve(served);
    const client = opened.use((await findRunningProgram(folder))!);
    expect(await client.call('jobs.list', { limit: 3 })).toMatchObject({
      ok: true,
      value: { name: 'jobs.list', input: { limit: 3 } },
    });
    expect(await client.grant('/tmp/x.py')).toMatchObject({ name: 'x.py', size: 3 });
    const patience = new AbortController();
    const waiting = client.call('wait', {}, patience.signal);
    patience.abort();
    expect(await waiting).toMatchObject({ value: 'given up' });
  });

  it('keeps callers waiting until the program has started', async () => {
    const control = opened.use(await claimDataFolder(folder));
    const client = opened.use((await findRunningProgram(folder))!);
    const early = client.call('app.info', {});
    control.serve(served);
    expect(await early).toMatchObject({ ok: true });
  });

  it('says what went wrong with a file in the caller’s process too', async () => {
    opened
      .use(await claimDataFolder(folder))
      .serve({ ...served, grant: () => Promise.reject(new AppError('FILE_NOT_FOUND', { details: { name: 'x' } })) });
    const client = opened.use((await findRunningProgram(folder))!);
    await expect(client.grant('/x')).rejects.toMatchObject({ name: 'FILE_NOT_FOUND', code: 2001 });
  });

  it('hangs up on who does not know the token, and keeps the token to its owner', async () => {
    opened.use(await claimDataFolder(folder)).serve(served);
    expect((await stat(path.join(folder, 'control.json'))).mode & 0o777).toBe(0o600);
    const { address } = JSON.parse(await readFile(path.join(folder, 'control.json'), 'utf8')) as { address: string };
    for (const line of [
      '{"do":"hello","token":"wrong"}',
      '{"do":"call","id":1,"name":"jobs.list","input":{}}',
      'garbage',
    ]) {
      const socket = createConnection(address);
      const heard: Buffer[] = [];
      socket.on('data', (data: Buffer) => heard.push(data));
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.write(`${line}\n{"do":"call","id":1,"name":"jobs.list","input":{}}\n`);
      await closed;
      expect(Buffer.concat(heard).toString()).toBe('');
    }
  });

  it('is told nothing by a caller when another program listens in its place, and the caller takes it for nobody', async () => {
    await (await claimDataFolder(folder)).dispose();
    const heard: Buffer[] = [];
    const address = path.join(folder, 'control.sock');
    const impostor = createServer((socket) => {
      socket.on('data', (data: Buffer) => {
        heard.push(data);
        socket.write(`${JSON.stringify({ proof: 'f'.repeat(64), nonce: 'n' })}\n`);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => impostor.listen(address, resolve));
    opened.defer(() => new Promise<void>((resolve) => impostor.close(() => resolve())));
    const token = 'the-token-of-the-folder';
    await writeFile(
      path.join(folder, 'control.json'),
      JSON.stringify({ address, token, pid: process.pid, host: 'here' }),
      { mode: 0o600 },
    );
    expect(await findRunningProgram(folder)).toBeNull();
    expect(Buffer.concat(heard).toString()).toMatch(/^\{"do":"hello","nonce":"[0-9a-f]{64}"\}\n$/);
    expect(Buffer.concat(heard).toString()).not.toContain(token);
  });

  it('outlives callers that go without hearing the answer, in the middle of a line, or send without end before they are known', async () => {
    opened.use(await claimDataFolder(folder)).serve(served);
    const address = path.join(folder, 'control.sock');
    for (let n = 0; n < 50; n += 1) {
      // what it has not read resets the connection
      const socket = createConnection(address);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write('{"do":"hello","nonce":"x"}\n{"do":');
      socket.destroy();
    }
    const endless = createConnection(address);
    endless.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => endless.on('close', () => resolve()));
    endless.write('x'.repeat(1_000_000));
    await closed;
    const client = opened.use((await findRunningProgram(folder))!);
    expect(await client.call('jobs.list', {})).toMatchObject({ ok: true });
  });

  it('finds nobody where nobody runs', async () => {
    expect(await findRunningProgram(folder)).toBeNull();
  });
});

describe.runIf(process.platform !== 'win32')('a socket that does not fit into the data folder', () => {
  let long: string;
  beforeEach(async () => {
    long = path.join(folder, 'x'.repeat(60), 'y'.repeat(60));
    await mkdir(long, { recursive: true, mode: 0o700 });
    vi.stubEnv('XDG_RUNTIME_DIR', '');
    vi.stubEnv('TMPDIR', folder);
  });

  const addressOf = async (): Promise<string> =>
    (JSON.parse(await readFile(path.join(long, 'control.json'), 'utf8')) as { address: string }).address;

  it('lies in a folder of mode 0700 with a name that differs each time, and goes with its owner', async () => {
    const first = await claimDataFolder(long);
    const address = await addressOf();
    expect((await stat(path.dirname(address))).mode & 0o777).toBe(0o700);
    first.serve(served);
    const client = (await findRunningProgram(long))!;
    expect(await client.call('jobs.list', {})).toMatchObject({ ok: true });
    await client.dispose();
    await first.dispose();
    expect((await readdir(folder)).filter((name) => name.startsWith('slipway-'))).toEqual([]);
    opened.use(await claimDataFolder(long));
    expect(await addressOf()).not.toBe(address);
  });

  it('lies in XDG_RUNTIME_DIR where that is the user’s alone, and not where others may look', async () => {
    const runtime = path.join(folder, 'run');
    await mkdir(runtime, { mode: 0o700 });
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    await (await claimDataFolder(long)).dispose();
    const first = await claimDataFolder(long);
    expect(path.dirname(path.dirname(await addressOf()))).toBe(runtime);
    await first.dispose();
    await chmod(runtime, 0o755);
    opened.use(await claimDataFolder(long));
    expect(path.dirname(path.dirname(await addressOf()))).toBe(folder);
  });

  it.runIf(process.geteuid?.() === 0)(
    'is not talked to when it, or its folder, belongs to somebody else or is open to others',
    async () => {
      opened.use(await claimDataFolder(long)).serve(served);
      const address = await addressOf();
      const nobody = 65_534;
      for (const spoil of [
        () => chown(address, nobody, nobody),
        () => chown(path.dirname(address), nobody, nobody),
        () => chmod(path.dirname(address), 0o777),
        () => chmod(long, 0o750),
      ]) {
        await spoil();
        await expect(findRunningProgram(long)).rejects.toMatchObject({ name: 'DATA_FOLDER_UNSAFE' });
        await chown(address, 0, 0);
        await chown(path.dirname(address), 0, 0);
        await chmod(path.dirname(address), 0o700);
        await chmod(long, 0o700);
      }
      await (await findRunningProgram(long))!.dispose();
    },
  );
});
