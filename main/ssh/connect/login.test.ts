import path from 'node:path';
import type { AuthContext, AuthenticationType } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { message, verbatim } from '../../../shared/messages/message.ts';
import type { AuthQuestion, ConnectionPrompter, RemoteConnection } from '../../core/ports.ts';
import type { Timings } from '../index.ts';
import { testBench } from '../testing/attempts.ts';
import { startSshServer, type TestSshServer } from '../testing/misbehavingServers.ts';
import { execute, profileFor, type Auth } from '../testing/sshd.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';

const bench = testBench();

interface Attempt {
  pin?: string | null;
  auth?: Auth[];
  asker?: Partial<ConnectionPrompter>;
  timings?: Partial<Timings>;
  signal?: AbortSignal;
}

async function connectTo(
  server: TestSshServer,
  { pin = server.hostKeyFingerprint, auth = [{ kind: 'password' }], asker = {}, timings = {}, signal }: Attempt = {},
): Promise<RemoteConnection> {
  const someone: ConnectionPrompter = { confirmHostKey: async () => true, answer: async () => null, ...asker };
  const target = { profile: profileFor(server.port, 'ada', auth), pinnedHostKey: pin };
  return bench
    .connector({ timings, knownHostsFiles: [] })
    .connect(target, someone, signal ?? new AbortController().signal);
}

/** A server that wants these methods one after the other, each answered as it should be, and counts the attempts. */
function gate(
  steps: AuthenticationType[],
  secrets: { password?: string; codes?: string[] } = {},
): { attempts: string[]; authenticate: (context: AuthContext) => void } {
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
        context.prompt(
          [{ prompt: 'Code: ', echo: false }],
          'Second factor',
          'From your \u001b[31mphone\u202E',
          ([code]) => {
            if (code !== secrets.codes?.[0]) refuse();
            else {
              context.prompt([{ prompt: 'Reason for the visit? ', echo: true }], ([reason]) => {
                (reason === secrets.codes?.[1] ? pass : refuse)();
              });
            }
          },
        );
      } else refuse();
    },
  };
}

/** Someone who answers the questions in this order, and remembers them. */
function answering(...answers: string[]): { asked: AuthQuestion[]; answer: ConnectionPrompter['answer'] } {
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
    const server = bench.opened.use(await startSshServer(gate(['password'], { password: secret })));
    await connectTo(server, { asker: person });
    expect(person.asked).toMatchObject([{ method: 'password', fields: [{ echo: false }] }]);
  });

  it('tries a refused password once, and tells no one what it was', async () => {
    const door = gate(['password'], { password: secret });
    const person = answering('battery staple', secret);
    const server = bench.opened.use(await startSshServer(door));
    const auth: Auth[] = [{ kind: 'password' }, { kind: 'keyboard-interactive' }];
    const error: unknown = await connectTo(server, { auth, asker: person }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AUTH_FAILED', details: { tried: ['password'], offered: ['password'] } });
    expect(door.attempts).toEqual(['password']);
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('battery');
  });

  it('gives the password in the way the server asks for it', async () => {
    const person = answering(secret, 'work');
    const server = bench.opened.use(await startSshServer(gate(['keyboard-interactive'], { codes: [secret, 'work'] })));
    await connectTo(server, { asker: person });
    expect(person.asked).toHaveLength(2);
  });

  it('goes on with a second factor in several rounds, in the server’s words', async () => {
    const person = answering(secret, '123456', 'work');
    const door = gate(['password', 'keyboard-interactive'], { password: secret, codes: ['123456', 'work'] });
    await connectTo(bench.opened.use(await startSshServer(door)), { asker: person });
    expect(person.asked.slice(1)).toEqual([
      {
        asker: 'ada@127.0.0.1',
        method: 'keyboard-interactive',
        title: verbatim('Second factor'),
        instructions: verbatim('From your \uFFFD[31mphone\uFFFD'),
        fields: [{ label: verbatim('Code: '), echo: false }],
        keyPath: null,
      },
      {
        asker: 'ada@127.0.0.1',
        method: 'keyboard-interactive',
        title: message('login.loginOf', { user: 'ada', host: '127.0.0.1' }),
        instructions: null,
        fields: [{ label: verbatim('Reason for the visit? '), echo: true }],
        keyPath: null,
      },
    ]);
    expect(door.attempts).toEqual(['password', 'keyboard-interactive']);
  });

  it('ends after a wrong code', async () => {
    const door = gate(['password', 'keyboard-interactive'], { password: secret, codes: ['123456', 'work'] });
    await expect(
      connectTo(bench.opened.use(await startSshServer(door)), { asker: answering(secret, '000000') }),
    ).rejects.toMatchObject({ name: 'AUTH_FAILED' });
    expect(door.attempts).toEqual(['password', 'keyboard-interactive']);
  });

  it('ends as cancelled when the person gives no answer', async () => {
    const door = gate(['password'], { password: secret });
    await expect(connectTo(bench.opened.use(await startSshServer(door)), { asker: answering() })).rejects.toMatchObject(
      { name: 'CANCELLED' },
    );
    expect(door.attempts).toEqual([]);
  });

  it('waits for a person longer than for a server', async () => {
    const server = bench.opened.use(await startSshServer(gate(['password'], { password: secret })));
    const answer = async (): Promise<string[]> => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return [secret];
    };
    const connection = await connectTo(server, {
      pin: null,
      asker: { answer, confirmHostKey: async () => (await answer()).length > 0 },
      timings: { loginMs: 300, connectMs: 300 },
    });
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });

  it('ends without a login when the host key is not confirmed', async () => {
    const door = gate(['password']);
    await expect(
      connectTo(bench.opened.use(await startSshServer(door)), {
        pin: null,
        asker: { confirmHostKey: async () => false },
      }),
    ).rejects.toMatchObject({ name: 'HOST_KEY_UNKNOWN' });
    expect(door.attempts).toEqual([]);
  });

  it('can be given up while a question is open', async () => {
    const controller = new AbortController();
    const server = bench.opened.use(await startSshServer(gate(['password'])));
    const answer = async (): Promise<never> => {
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    await expect(connectTo(server, { asker: { answer }, signal: controller.signal })).rejects.toMatchObject({
      name: 'CANCELLED',
    });
  });

  it('says each step', async () => {
    const steps: string[] = [];
    await connectTo(bench.opened.use(await startSshServer()), {
      asker: { step: (doing) => steps.push(inWords(doing)) },
    });
    expect(steps).toEqual(['looking up the name', 'checking the host key', 'logging in', 'starting a shell']);
  });
});

describe('a private key file', () => {
  it('that is locked asks three times at most, and only once the server wants that key; no guess reaches the server', async () => {
    const file = path.join(bench.folder, 'id');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'right', '-f', file]);
    const signatures: unknown[] = [];
    const person = answering('1', '2', '3', '4');
    let wanted = true;
    const server = bench.opened.use(
      await startSshServer({
        authenticate: (context) => {
          if (context.method === 'publickey' && context.signature) signatures.push(context.signature);
          if (context.method === 'publickey' && wanted) context.accept();
          else context.reject(['publickey']);
        },
      }),
    );
    await expect(connectTo(server, { auth: [{ kind: 'key', path: file }], asker: person })).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
    });
    expect(person.asked).toHaveLength(3);
    expect(signatures).toEqual([]);
    wanted = false;
    await expect(connectTo(server, { auth: [{ kind: 'key', path: file }], asker: person })).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    expect(person.asked).toHaveLength(3);
  });
});
