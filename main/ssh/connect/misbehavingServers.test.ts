import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Session } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResourceScope } from '../../../shared/lib/disposable.ts';
import { message } from '../../../shared/messages/message.ts';
import type { ConnectionPrompter, RemoteConnection } from '../../core/ports.ts';
import { createConnector, type Timings } from '../index.ts';
import {
  runWithSh,
  startCable,
  startSshServer,
  startTcpServer,
  type TestSshServer,
} from '../testing/misbehavingServers.ts';
import { freePort, profileFor, type Auth } from '../testing/sshd.ts';

let opened: ResourceScope;

beforeEach(() => {
  opened = new ResourceScope();
});
afterEach(async () => {
  await opened.dispose();
});

interface Attempt {
  port: number;
  pin?: string | null;
  auth?: Auth[];
  asker?: Partial<ConnectionPrompter>;
  timings?: Partial<Timings>;
  signal?: AbortSignal;
}

async function connect({
  port,
  pin = null,
  auth = [{ kind: 'password' }],
  asker = {},
  timings = {},
  signal = new AbortController().signal,
}: Attempt): Promise<RemoteConnection> {
  const connector = opened.use(createConnector({ knownHostsFiles: [], timings }));
  const someone: ConnectionPrompter = { confirmHostKey: async () => true, answer: async () => null, ...asker };
  return connector.connect({ profile: profileFor(port, 'ada', auth), pinnedHostKey: pin }, someone, signal);
}

async function connectTo(server: TestSshServer, attempt: Omit<Attempt, 'port'> = {}): Promise<RemoteConnection> {
  return connect({ port: server.port, pin: server.hostKeyFingerprint, ...attempt });
}

describe('something that is not a good SSH server', () => {
  const soon = { connectMs: 300 };

  it('does not listen at all', async () => {
    await expect(connect({ port: await freePort() })).rejects.toMatchObject({
      name: 'CONNECT_FAILED',
      details: { reason: message('connection.ECONNREFUSED') },
    });
  });

  it('accepts and says nothing', async () => {
    const server = opened.use(await startTcpServer(() => undefined));
    await expect(connect({ port: server.port, timings: soon })).rejects.toMatchObject({ name: 'CONNECT_FAILED' });
  });

  it('closes at once', async () => {
    const server = opened.use(await startTcpServer((socket) => socket.end()));
    await expect(connect({ port: server.port })).rejects.toMatchObject({ name: 'CONNECT_FAILED' });
  });

  it('answers as a web server', async () => {
    const server = opened.use(
      await startTcpServer((socket) =>
        socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html></html>'),
      ),
    );
    await expect(connect({ port: server.port })).rejects.toMatchObject({
      name: 'REMOTE_GARBAGE',
      details: { said: expect.stringContaining('HTTP/1.1') as string },
    });
  });

  it.each([
    ['without line ends', 'x'.repeat(10_000)],
    ['as lines', 'Welcome to a very long greeting\r\n'.repeat(1000)],
    ['as noise', '\0\r\xff'.repeat(10_000)],
  ])('floods %s', async (_, text) => {
    const server = opened.use(
      await startTcpServer((socket) => {
        const pour = (): void => {
          while (socket.write(text, 'latin1'));
        };
        socket.on('drain', pour);
        pour();
      }),
    );
    await expect(connect({ port: server.port })).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
  });

  it('names itself and then says nothing', async () => {
    const server = opened.use(await startTcpServer((socket) => socket.write('SSH-2.0-Sleepy\r\n')));
    await expect(connect({ port: server.port, timings: soon })).rejects.toMatchObject({ name: 'CONNECT_FAILED' });
  });

  it('names itself and then sends noise', async () => {
    const server = opened.use(
      await startTcpServer((socket) =>
        socket.write(Buffer.concat([Buffer.from('SSH-2.0-Odd\r\n'), randomBytes(100_000)])),
      ),
    );
    await expect(connect({ port: server.port, timings: soon })).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
  });

  it('speaks an SSH of long ago', async () => {
    const server = opened.use(await startTcpServer((socket) => socket.write('SSH-1.5-OpenSSH_1.2\r\n')));
    await expect(connect({ port: server.port, timings: soon })).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
  });

  it('never answers the login', async () => {
    const server = opened.use(await startSshServer({ authenticate: () => undefined }));
    await expect(connectTo(server, { timings: { loginMs: 200 } })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
  });

  it('gives no channel', async () => {
    let asked = 0;
    const server = opened.use(
      await startSshServer({
        admit: () => {
          asked += 1;
          return false;
        },
      }),
    );
    await expect(connectTo(server, { timings: { refusalMs: 200 } })).rejects.toMatchObject({ name: 'CHANNEL_REFUSED' });
    expect(asked).toBeGreaterThan(3);
  });

  it('gives a channel at the third request', async () => {
    let asked = 0;
    const server = opened.use(await startSshServer({ admit: () => ++asked > 2 }));
    expect((await (await connectTo(server)).shell.run('echo in')).stdout).toBe('in\n');
  });

  it('allows no commands', async () => {
    const server = opened.use(
      await startSshServer({ session: (session) => session.on('exec', (_accept, reject) => reject()) }),
    );
    await expect(connectTo(server)).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
  });

  it('starts no shell but a menu', async () => {
    const server = opened.use(
      await startSshServer({
        session: (session) =>
          session.on('exec', (accept) => {
            const channel = accept();
            channel.end('This account is for file transfer only.\r\n');
          }),
      }),
    );
    await expect(connectTo(server)).rejects.toMatchObject({
      name: 'REMOTE_GARBAGE',
      details: { stdout: expect.stringContaining('file transfer only') as string },
    });
  });

  it('answers nothing on its shell', async () => {
    const server = opened.use(await startSshServer({ session: (session) => session.on('exec', (accept) => accept()) }));
    await expect(connectTo(server, { timings: { requestMs: 200 } })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
  });

  it('has no SFTP, and is still good for commands, and for files over the shell', async () => {
    const connection = await connectTo(opened.use(await startSshServer()));
    expect(await connection.files.stat('/')).toMatchObject({ kind: 'folder' });
    expect(connection.fileTransport).toBe('shell');
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });

  it('hangs over a file, and is still good for commands', async () => {
    const session = (each: Session): void => {
      runWithSh(each);
      each.on('sftp', (accept) => accept().on('STAT', () => undefined));
    };
    const connection = await connectTo(opened.use(await startSshServer({ session })), { timings: { requestMs: 500 } });
    await expect(connection.files.stat('/')).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });
});

describe('a connection that breaks', () => {
  it('is noticed by the silence', async () => {
    const server = opened.use(await startSshServer());
    const cable = opened.use(await startCable(server.port));
    const connection = await connect({
      port: cable.port,
      pin: server.hostKeyFingerprint,
      // long enough for a busy machine to answer as long as the cable is in
      timings: { keepaliveMs: 1000, keepaliveMisses: 2 },
    });
    const lost = new Promise<Error>((resolve) => connection.onLost(resolve));
    cable.pull();
    const running = connection.shell.run('true', { timeoutMs: 60_000 });
    await expect(running).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    expect(await lost).toMatchObject({ name: 'CONNECTION_LOST' });
    await expect(connection.files.stat('/')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
  });

  it('runs a script as a whole or not at all, wherever it breaks', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-cut-'));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const server = opened.use(await startSshServer());
    // more than one packet of SSH, which itself arrives as a whole or not at all
    const script = `echo one >> ${folder}/$RUN\n${'# a long comment\n'.repeat(6000)}echo two >> ${folder}/$RUN`;
    for (const [run, bytes] of [100, 33_000, 50_000, 70_000, 100_000, 1_000_000].entries()) {
      const cable = opened.use(await startCable(server.port));
      const connection = await connect({ port: cable.port, pin: server.hostKeyFingerprint });
      cable.cutAfter(bytes);
      await connection.shell.run(script.replaceAll('$RUN', String(run))).catch(() => undefined);
      await connection.dispose();
    }
    const connection = await connectTo(server);
    const { stdout } = await connection.shell.run(
      `cd ${folder}; for run in *; do [ -e "$run" ] && tr '\\n' ' ' < "$run"; done; true`,
    );
    expect(stdout).toMatch(/^(one two ){1,2}$/);
  });

  it('leaves nothing behind when it is disposed of in the middle of work', async () => {
    const connection = await connectTo(opened.use(await startSshServer()));
    const running = connection.shell.run('sleep 5');
    const lost: Error[] = [];
    connection.onLost((error) => lost.push(error));
    const ended = expect(running).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await connection.dispose();
    await ended;
    await expect(connection.shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    expect(lost).toEqual([]);
  });

  it('is closed with the connector', async () => {
    const server = opened.use(await startSshServer());
    const connector = createConnector({ knownHostsFiles: [] });
    const target = {
      profile: profileFor(server.port, 'ada', [{ kind: 'password' }]),
      pinnedHostKey: server.hostKeyFingerprint,
    };
    const asker = { confirmHostKey: async () => true, answer: async () => null };
    const connection = await connector.connect(target, asker, new AbortController().signal);
    await connector.dispose();
    await expect(connection.shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await expect(connector.connect(target, asker, new AbortController().signal)).rejects.toMatchObject({
      name: 'CANCELLED',
    });
  });
});
