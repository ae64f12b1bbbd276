import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { ClusterProfile, type JumpHost } from '../../../shared/domain/cluster/profile.ts';
import { person, testBench } from '../testing/attempts.ts';
import { authorize, makeKey } from '../testing/keys.ts';
import { startCable } from '../testing/misbehavingServers.ts';
import { createUser, describeWithSshd, freePort, startSshd, type Sshd } from '../testing/sshd.ts';

describeWithSshd('a cluster behind two jump hosts', () => {
  const bench = testBench();

  function through(cluster: Sshd, ...jump: z.input<typeof JumpHost>[]): ClusterProfile {
    return ClusterProfile.parse({ ...cluster.profile(), jump });
  }

  const at = ({ port }: { port: number }, user = 'root'): { host: string; port: number; user: string } => ({
    host: '127.0.0.1',
    port,
    user,
  });

  it('is reached, each server with its own host key, user and way to log in', async () => {
    const secret = 'correct horse';
    const far = bench.opened.use(await createUser('/bin/sh', {}, secret));
    const [first, second, cluster] = [
      bench.opened.use(await startSshd()),
      bench.opened.use(
        await startSshd(['AuthenticationMethods keyboard-interactive'], {
          pam: ['auth required pam_unix.so', 'account required pam_permit.so', 'session required pam_permit.so'],
        }),
      ),
      bench.opened.use(await startSshd()),
    ];
    const asker = person(secret);
    const profile = through(
      cluster,
      { ...at(first), auth: [{ kind: 'key', path: first.keyPath }] },
      { ...at(second, far.name), auth: [{ kind: 'password' }] },
    );
    const connection = await bench.connect(profile, asker);
    expect((await connection.shell.run('echo "$SSH_CONNECTION"; whoami')).stdout).toMatch(
      new RegExp(`127.0.0.1 \\d+ 127.0.0.1 ${String(cluster.port)}\nroot\n`),
    );
    expect(asker.hosts.map(({ port }) => port)).toEqual([first.port, second.port, cluster.port]);
    expect(asker.questions).toMatchObject([{ asker: `${far.name}@127.0.0.1`, method: 'password' }]);
    const hops = [
      `root@127.0.0.1:${String(first.port)}`,
      `${far.name}@127.0.0.1:${String(second.port)}`,
      `root@127.0.0.1:${String(cluster.port)}`,
    ];
    expect(asker.traces.filter(({ kind }) => kind === 'loggedIn').map(({ hop }) => hop)).toEqual(hops);
    expect(asker.traces.filter(({ kind }) => kind === 'connected').map(({ hop }) => hop)).toEqual(hops);
    expect((await readFile(bench.knownHosts, 'utf8')).split('\n').filter((line) => line !== '')).toHaveLength(3);
    expect(await connection.files.stat('/')).toMatchObject({ kind: 'folder' });
    const again = person(secret);
    await bench.connect(profile, again);
    expect(again.hosts).toEqual([]);
  });

  it('asks for a passphrase once when several of them want the same key', async () => {
    const key = await makeKey(`${bench.folder}/id`, ['-t', 'ed25519'], 'secret');
    const [first, second, cluster] = [
      bench.opened.use(await startSshd()),
      bench.opened.use(await startSshd()),
      bench.opened.use(await startSshd()),
    ];
    for (const server of [first, second, cluster]) await authorize(server, key);
    const asker = person('secret');
    await bench.connect(
      { ...through(cluster, at(first), at(second)), auth: [{ kind: 'key', path: key, certificate: null }] },
      asker,
    );
    expect(asker.questions).toMatchObject([{ method: 'passphrase', asker: 'root@127.0.0.1' }]);
  });

  it('is not reached when a jump host does not forward, or does not know the way', async () => {
    const closed = bench.opened.use(await startSshd(['AllowTcpForwarding no']));
    const cluster = bench.opened.use(await startSshd());
    const auth = [{ kind: 'key' as const, path: closed.keyPath }];
    await expect(bench.connect(through(cluster, { ...at(closed), auth }))).rejects.toMatchObject({
      name: 'JUMP_REFUSED',
      details: { via: '127.0.0.1', host: '127.0.0.1', reason: { id: 'connection.viaForbids' } },
    });
    const open = bench.opened.use(await startSshd());
    const via = { ...at(open), auth: [{ kind: 'key' as const, path: open.keyPath }] };
    const nobody = { ...through(cluster, via), port: await freePort() };
    await expect(bench.connect(nobody)).rejects.toMatchObject({
      name: 'JUMP_REFUSED',
      details: { reason: { id: 'connection.viaCannotReach' } },
    });
    const unknown = { ...through(cluster, via), host: 'no-such-host.invalid' };
    await expect(bench.connect(unknown)).rejects.toMatchObject({
      name: 'JUMP_REFUSED',
      details: { host: 'no-such-host.invalid' },
    });
  });

  it('names the server whose host key has changed', async () => {
    const [jump, cluster] = [bench.opened.use(await startSshd()), bench.opened.use(await startSshd())];
    const other = await makeKey(`${bench.folder}/other`);
    const file = `${bench.folder}/known`;
    await writeFile(file, `[127.0.0.1]:${String(jump.port)} ${await readFile(`${other}.pub`, 'utf8')}`);
    await expect(
      bench.connect(through(cluster, at(jump)), person(), { knownHostsFiles: [file] }),
    ).rejects.toMatchObject({
      name: 'HOST_KEY_CHANGED',
      details: { host: '127.0.0.1', port: jump.port, file, line: 1, offeredFingerprint: jump.hostKeyFingerprint },
    });
  });

  it('names the server that refuses the login, and leaves no line open', async () => {
    const [jump, cluster] = [bench.opened.use(await startSshd()), bench.opened.use(await startSshd())];
    const stranger = await makeKey(`${bench.folder}/stranger`);
    const via = { ...at(jump), auth: [{ kind: 'key' as const, path: jump.keyPath }] };
    const profile = { ...through(cluster, via), auth: [{ kind: 'key' as const, path: stranger, certificate: null }] };
    await expect(bench.connect(profile)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      details: { hop: `root@127.0.0.1:${String(cluster.port)}` },
    });
  });

  it('is lost with a jump host, at once and whatever is under way', async () => {
    const [jump, cluster] = [bench.opened.use(await startSshd()), bench.opened.use(await startSshd())];
    const cable = bench.opened.use(await startCable(jump.port));
    const via = { ...at(cable), auth: [{ kind: 'key' as const, path: jump.keyPath }] };
    const connection = await bench.connect(through(cluster, via));
    const lost = new Promise<Error>((resolve) => connection.onLost(resolve));
    const running = connection.shell.run('sleep 5');
    const ended = expect(running).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    cable.cutAfter(1);
    await ended;
    expect(await lost).toMatchObject({ name: 'CONNECTION_LOST' });
  });

  it('is noticed to be gone when a jump host falls silent', async () => {
    const [jump, cluster] = [bench.opened.use(await startSshd()), bench.opened.use(await startSshd())];
    const cable = bench.opened.use(await startCable(jump.port));
    const via = { ...at(cable), auth: [{ kind: 'key' as const, path: jump.keyPath }] };
    const connection = await bench.connect(through(cluster, via), person(), {
      timings: { keepaliveMs: 100, keepaliveMisses: 2 },
    });
    const lost = new Promise<Error>((resolve) => connection.onLost(resolve));
    cable.pull();
    expect(await lost).toMatchObject({ name: 'CONNECTION_LOST' });
  });
});
