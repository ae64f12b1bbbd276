import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { agentAddresses } from './agentClient.ts';
import { person, testBench } from '../testing/attempts.ts';
import { authorize, makeKey, startAgent, type Agent } from '../testing/keys.ts';
import { describeWithSshd, execute, startSshd, type Sshd } from '../testing/sshd.ts';

describe('where an agent is looked for', () => {
  it.each([
    ['as the profile says', '/run/agent', { SSH_AUTH_SOCK: '/other' }, 'linux', ['/run/agent']],
    ['by SSH_AUTH_SOCK', null, { SSH_AUTH_SOCK: '/other' }, 'win32', ['/other']],
    ['nowhere without it', null, {}, 'linux', []],
    ['at Pageant on Windows when the pipe of OpenSSH is not there', null, {}, 'win32', ['pageant']],
  ] as const)('%s', (_, named, env, platform, addresses) => {
    expect(agentAddresses(named, env, platform)).toEqual(addresses);
  });
});

describeWithSshd('an agent, on a real OpenSSH server', () => {
  const bench = testBench();
  let sshd: Sshd;
  let agent: Agent;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.dispose();
  });
  beforeEach(async () => {
    agent = bench.opened.use(await startAgent(bench.folder));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['ECDSA', ['-t', 'ecdsa']],
    ['RSA', ['-t', 'rsa', '-b', '2048']],
  ])('logs in with its key (%s)', async (_, kind) => {
    const key = await makeKey(`${bench.folder}/id`, kind);
    await authorize(sshd, key);
    await agent.add(key);
    const asker = person();
    await bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket }]), asker);
    expect(asker.tried()).toEqual(['publickey accepted']);
  });

  it('is found by SSH_AUTH_SOCK', async () => {
    await agent.add(sshd.keyPath);
    vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
    await bench.connect(sshd.profile([{ kind: 'agent', socket: null }]));
  });

  it('that is not there is passed over with a word', async () => {
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'agent', socket: path.join(bench.folder, 'none') },
        { kind: 'key', path: sshd.keyPath },
      ]),
      asker,
    );
    expect(asker.tried()).toEqual(['agent skipped', 'publickey accepted']);
    expect(JSON.stringify(forPrograms(asker.traces))).toContain('no agent answers there');
  });

  it('that does not speak as one is passed over with a word', async () => {
    const socket = path.join(bench.folder, 'silly.sock');
    const silly = net.createServer((line) =>
      line
        .on('error', () => undefined)
        .resume()
        .end('HTTP/1.1 400 Bad Request'),
    );
    await new Promise<void>((resolve) => silly.listen(socket, resolve));
    bench.opened.defer(
      () =>
        new Promise((resolve) =>
          silly.close(() => {
            resolve();
          }),
        ),
    );
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'agent', socket },
        { kind: 'key', path: sshd.keyPath },
      ]),
      asker,
    );
    expect(asker.tried()).toEqual(['agent skipped', 'publickey accepted']);
  });

  it('is asked for no other keys than those that the profile names', async () => {
    const strangers = await Promise.all([1, 2, 3].map((n) => makeKey(`${bench.folder}/stranger${String(n)}`)));
    await agent.add(...strangers, sshd.keyPath);
    const asker = person();
    await bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket, only: [sshd.keyPath] }]), asker);
    expect(asker.tried()).toEqual(['publickey accepted']);
    const none = person();
    await expect(
      bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket, only: [`${bench.folder}/other`] }]), none),
    ).rejects.toMatchObject({ name: 'AUTH_FAILED' });
    expect(none.tried()).toEqual(['agent skipped']);
  });

  it('saves the passphrase of a key that the profile names', async () => {
    const key = await makeKey(`${bench.folder}/id`);
    await authorize(sshd, key);
    await agent.add(key);
    await execute('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', key]);
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'key', path: key },
        { kind: 'agent', socket: agent.socket },
      ]),
      asker,
    );
    expect(asker.questions).toEqual([]);
    expect(JSON.stringify(forPrograms(asker.traces))).toContain('from the agent');
  });

  it('with many keys does not use up the patience of the server: the key that the profile names comes first', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => makeKey(`${bench.folder}/stranger${String(n)}`)),
    );
    await agent.add(...strangers, sshd.keyPath);
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'agent', socket: agent.socket },
        { kind: 'key', path: sshd.keyPath },
      ]),
      asker,
    );
    expect(asker.tried()).toEqual(['publickey accepted']);
  });

  it('with many keys that are not wanted is left in time for what else there is, and what was not offered is said', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => makeKey(`${bench.folder}/stranger${String(n)}`)),
    );
    await agent.add(...strangers);
    const asker = person();
    await expect(bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket }]), asker)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      details: { tried: ['agent'], offered: ['publickey'] },
    });
    expect(asker.tried()).toEqual([
      ...Array.from({ length: 5 }, () => 'publickey refused'),
      ...Array.from({ length: 3 }, () => 'agent skipped'),
    ]);
  });

  it('that declines to sign is passed over, and keys that are left have their turn', async () => {
    // the agent asks its owner each time, by a program that says no
    await execute('ssh-add', ['-q', '-c', sshd.keyPath], { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } });
    const other = await makeKey(`${bench.folder}/other`);
    await authorize(sshd, other);
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'agent', socket: agent.socket },
        { kind: 'key', path: other },
      ]),
      asker,
    );
    expect(asker.tried()).toEqual(['publickey accepted']);
    const only = person();
    await expect(bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket }]), only)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    expect(only.tried()).toEqual(['agent skipped']);
    expect(JSON.stringify(forPrograms(only.traces))).toContain('the agent declined');
  });

  it('is told so when the server ends the login after too many tries', async () => {
    const strict = bench.opened.use(await startSshd(['MaxAuthTries 2']));
    const strangers = await Promise.all([1, 2, 3].map((n) => makeKey(`${bench.folder}/stranger${String(n)}`)));
    await agent.add(...strangers);
    await expect(bench.connect(strict.profile([{ kind: 'agent', socket: agent.socket }]))).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      hint: expect.stringContaining('too many tries') as string,
      details: {
        reason: { values: { words: expect.stringContaining('Too many authentication failures') as string } },
        attempts: [expect.anything(), expect.anything()],
      },
    });
  });
});
