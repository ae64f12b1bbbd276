import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileHandleId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { DisposableStack } from '../../shared/lib/disposable.ts';
import { claimDataFolder, findRunningProgram } from './control.ts';
import type { Dispatch } from './dispatch.ts';

let folder: string;
let opened: DisposableStack;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-control-'));
  opened = new DisposableStack();
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
  grant: (file: string) => Promise.resolve({ handle: FileHandleId.parse('f0000000000000000'), name: path.basename(file), size: 3, modifiedAt: 4 }),
};

describe('the control socket of a data folder', () => {
  it('belongs to one program: a second one is told so', async () => {
    opened.use(await claimDataFolder(folder));
    await expect(claimDataFolder(folder)).rejects.toMatchObject({ name: 'STORE_UNAVAILABLE' });
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
    expect(await client.call('jobs.list', { limit: 3 })).toMatchObject({ ok: true, value: { name: 'jobs.list', input: { limit: 3 } } });
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
    opened.use(await claimDataFolder(folder)).serve({ ...served, grant: () => Promise.reject(new AppError('FILE_NOT_FOUND', { details: { name: 'x' } })) });
    const client = opened.use((await findRunningProgram(folder))!);
    await expect(client.grant('/x')).rejects.toMatchObject({ name: 'FILE_NOT_FOUND', code: 2001 });
  });

  it('hangs up on who does not know the token, and keeps the token to its owner', async () => {
    opened.use(await claimDataFolder(folder)).serve(served);
    expect((await stat(path.join(folder, 'control.json'))).mode & 0o777).toBe(0o600);
    const { address } = JSON.parse(await readFile(path.join(folder, 'control.json'), 'utf8')) as { address: string };
    for (const line of ['{"do":"hello","token":"wrong"}', '{"do":"call","id":1,"name":"jobs.list","input":{}}', 'garbage']) {
      const socket = createConnection(address);
      const heard: Buffer[] = [];
      socket.on('data', (data: Buffer) => heard.push(data));
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.write(`${line}\n{"do":"call","id":1,"name":"jobs.list","input":{}}\n`);
      await closed;
      expect(Buffer.concat(heard).toString()).toBe('');
    }
  });

  it('finds nobody where nobody runs', async () => {
    expect(await findRunningProgram(folder)).toBeNull();
  });
});
