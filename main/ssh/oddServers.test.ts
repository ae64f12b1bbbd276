import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ssh2, { type AuthContext, type AuthenticationType, type Session } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DisposableStack } from '../../shared/lib/disposable.ts';
import type { AuthQuestion, ConnectionAsker, RemoteConnection } from '../core/ports.ts';
import { createConnector, type Timings } from './index.ts';
import { runWithSh, startCable, startSshServer, startTcpServer, type OddSshServer } from './testing/oddServers.ts';
import { freePort, profileFor, type Auth } from './testing/sshd.ts';

let opened: DisposableStack;

beforeEach(() => {
  opened = new DisposableStack();
});
afterEach(async () => {
  await opened.dispose();
});

interface Attempt {
  port: number;
  pin?: string | null;
  auth?: Auth[];
  asker?: Partial<ConnectionAsker>;
  timings?: Partial<Timings>;
  signal?: AbortSignal;
}

async function connect({ port, pin = null, auth = [{ kind: 'password' }], asker = {}, timings = {}, signal = new AbortController().signal }: Attempt): Promise<RemoteConnection> {
  const connector = opened.use(createConnector({ knownHostsFiles: [], timings }));
  const someone: ConnectionAsker = { confirmHostKey: async () => true, answer: async () => null, ...asker };
  return connector.connect({ profile: profileFor(port, 'ada', auth), pinnedHostKey: pin }, someone, signal);
}

async function connectTo(server: OddSshServer, attempt: Omit<Attempt, 'port'> = {}): Promise<RemoteConnection> {
  return connect({ port: server.port, pin: server.hostKeyFingerprint, ...attempt });
}

describe('something that is not a good SSH server', () => {
  const soon = { connectMs: 300 };

  it('does not listen at all', async () => {
    await expect(connect({ port: await freePort() })).rejects.toMatchObject({ name: 'CONNECT_FAILED', details: { reason: 'nothing answers on that port' } });
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
    const server = opened.use(await startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html></html>')));
    await expect(connect({ port: server.port })).rejects.toMatchObject({ name: 'REMOTE_GARBAGE', details: { said: expect.stringContaining('HTTP/1.1') as string } });
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
    const server = opened.use(await startTcpServer((socket) => socket.write(Buffer.concat([Buffer.from('SSH-2.0-Odd\r\n'), randomBytes(100_000)]))));
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
    const server = opened.use(await startSshServer({ session: (session) => session.on('exec', (_accept, reject) => reject()) }));
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
    await expect(connectTo(server)).rejects.toMatchObject({ name: 'REMOTE_GARBAGE', details: { stdout: expect.stringContaining('file transfer only') as string } });
  });

  it('answers nothing on its shell', async () => {
    const server = opened.use(await startSshServer({ session: (session) => session.on('exec', (accept) => accept()) }));
    await expect(connectTo(server, { timings: { requestMs: 200 } })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
  });

  it('has no SFTP, and is still good for commands', async () => {
    const connection = await connectTo(opened.use(await startSshServer()));
    await expect(connection.files.stat('/')).rejects.toMatchObject({ name: 'SFTP_UNAVAILABLE' });
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

/** A server that wants these methods one after the other, each answered as it should be, and counts the attempts. */
function gate(steps: AuthenticationType[], secrets: { password?: string; codes?: string[] } = {}): { attempts: string[]; authenticate: (context: AuthContext) => void } {
  const left = [...steps];
  const attempts: string[] = [];
  return {
    attempts,
    authenticate: (context) => {
      const [wanted] = left;
      if (context.method !== 'none') attempts.push(context.method);
      const pass = (): void => {
        left.shift();
        if (left.length === 0) context.accept();
        else context.reject([left[0]!], true);
      };
      const refuse = (): void => {
        context.reject(wanted === undefined ? [] : [wanted]);
      };
      if (context.method !== wanted) refuse();
      else if (context.method === 'password') (context.password === secrets.password ? pass : refuse)();
      else if (context.method === 'keyboard-interactive') {
        context.prompt([{ prompt: 'Code: ', echo: false }], 'Second factor', 'From your \u001b[31mphone', ([code]) => {
          if (code !== secrets.codes?.[0]) refuse();
          else {
            context.prompt([{ prompt: 'Reason for the visit? ', echo: true }], ([reason]) => {
              (reason === secrets.codes?.[1] ? pass : refuse)();
            });
          }
        });
      } else refuse();
    },
  };
}

/** Someone who answers the questions in this order, and remembers them. */
function answering(...answers: string[]): { asked: AuthQuestion[]; answer: ConnectionAsker['answer'] } {
  const asked: AuthQuestion[] = [];
  return {
    asked,
    answer: async (question) => {
      asked.push(question);
      const answer = answers.shift();
      return answer === undefined ? null : [answer];
    },
  };
}

describe('logging in', () => {
  const secret = 'correct horse';

  it('asks for the password', async () => {
    const person = answering(secret);
    const server = opened.use(await startSshServer(gate(['password'], { password: secret })));
    await connectTo(server, { asker: person });
    expect(person.asked).toMatchObject([{ method: 'password', fields: [{ echo: false }] }]);
  });

  it('tries a refused password once, and tells no one what it was', async () => {
    const door = gate(['password'], { password: secret });
    const person = answering('battery staple', secret);
    const server = opened.use(await startSshServer(door));
    const auth: Auth[] = [{ kind: 'password' }, { kind: 'keyboard-interactive' }];
    const error: unknown = await connectTo(server, { auth, asker: person }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AUTH_FAILED', details: { tried: ['password'], offered: ['password'] } });
    expect(door.attempts).toEqual(['password']);
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('battery');
  });

  it('gives the password in the way the server asks for it', async () => {
    const person = answering(secret, 'work');
    const server = opened.use(await startSshServer(gate(['keyboard-interactive'], { codes: [secret, 'work'] })));
    await connectTo(server, { asker: person });
    expect(person.asked).toHaveLength(2);
  });

  it('goes on with a second factor in several rounds, in the server’s words', async () => {
    const person = answering(secret, '123456', 'work');
    const door = gate(['password', 'keyboard-interactive'], { password: secret, codes: ['123456', 'work'] });
    await connectTo(opened.use(await startSshServer(door)), { asker: person });
    expect(person.asked.slice(1)).toEqual([
      { asker: 'ada@127.0.0.1', method: 'keyboard-interactive', title: 'Second factor', instructions: 'From your  [31mphone', fields: [{ label: 'Code: ', echo: false }] },
      { asker: 'ada@127.0.0.1', method: 'keyboard-interactive', title: 'Login of ada on 127.0.0.1', instructions: '', fields: [{ label: 'Reason for the visit? ', echo: true }] },
    ]);
    expect(door.attempts).toEqual(['password', 'keyboard-interactive']);
  });

  it('ends after a wrong code', async () => {
    const door = gate(['password', 'keyboard-interactive'], { password: secret, codes: ['123456', 'work'] });
    await expect(connectTo(opened.use(await startSshServer(door)), { asker: answering(secret, '000000') })).rejects.toMatchObject({ name: 'AUTH_FAILED' });
    expect(door.attempts).toEqual(['password', 'keyboard-interactive']);
  });

  it('ends as cancelled when the person gives no answer', async () => {
    const door = gate(['password'], { password: secret });
    await expect(connectTo(opened.use(await startSshServer(door)), { asker: answering() })).rejects.toMatchObject({ name: 'CANCELLED' });
    expect(door.attempts).toEqual([]);
  });

  it('waits for a person longer than for a server', async () => {
    const server = opened.use(await startSshServer(gate(['password'], { password: secret })));
    const answer = async (): Promise<string[]> => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return [secret];
    };
    const connection = await connectTo(server, { pin: null, asker: { answer, confirmHostKey: async () => (await answer()).length > 0 }, timings: { loginMs: 300, connectMs: 300 } });
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });

  it('ends without a login when the host key is not confirmed', async () => {
    const door = gate(['password']);
    await expect(connectTo(opened.use(await startSshServer(door)), { pin: null, asker: { confirmHostKey: async () => false } })).rejects.toMatchObject({ name: 'HOST_KEY_UNKNOWN' });
    expect(door.attempts).toEqual([]);
  });

  it('can be given up while a question is open', async () => {
    const controller = new AbortController();
    const server = opened.use(await startSshServer(gate(['password'])));
    const answer = async (): Promise<never> => {
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    await expect(connectTo(server, { asker: { answer }, signal: controller.signal })).rejects.toMatchObject({ name: 'CANCELLED' });
  });

  it('says each step', async () => {
    const steps: string[] = [];
    await connectTo(opened.use(await startSshServer()), { asker: { step: (text) => steps.push(text) } });
    expect(steps).toEqual(['looking up the name', 'checking the host key', 'logging in', 'starting a shell']);
  });
});

describe('a connection that breaks', () => {
  it('is noticed by the silence', async () => {
    const server = opened.use(await startSshServer());
    const cable = opened.use(await startCable(server.port));
    const connection = await connect({ port: cable.port, pin: server.hostKeyFingerprint, timings: { keepaliveMs: 50, keepaliveMisses: 2 } });
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
    const { stdout } = await connection.shell.run(`cd ${folder}; for run in *; do [ -e "$run" ] && tr '\\n' ' ' < "$run"; done; true`);
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
    const target = { profile: profileFor(server.port, 'ada', [{ kind: 'password' }]), pinnedHostKey: server.hostKeyFingerprint };
    const asker = { confirmHostKey: async () => true, answer: async () => null };
    const connection = await connector.connect(target, asker, new AbortController().signal);
    await connector.dispose();
    await expect(connection.shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await expect(connector.connect(target, asker, new AbortController().signal)).rejects.toMatchObject({ name: 'CANCELLED' });
  });
});

describe('a private key file', () => {
  it('that is locked asks three times at most, and never reaches the server', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-key-'));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'id');
    await writeFile(file, ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'right', cipher: 'aes256-ctr', rounds: 4 }).private);
    const door = gate(['publickey']);
    const person = answering('1', '2', '3', '4');
    const server = opened.use(await startSshServer(door));
    await expect(connectTo(server, { auth: [{ kind: 'key', path: file }], asker: person })).rejects.toMatchObject({ name: 'KEY_UNREADABLE' });
    expect(person.asked).toHaveLength(3);
    expect(door.attempts).toEqual([]);
  });
});
