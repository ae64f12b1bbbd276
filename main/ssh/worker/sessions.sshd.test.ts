import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { RemoteConnection } from '../../core/ports.ts';
import { SshConnection } from './sshConnection.ts';
import { DEFAULT_TIMINGS } from './protocol.ts';
import { person, testBench } from '../testing/attempts.ts';
import { startSshServer } from '../testing/misbehavingServers.ts';
import { startQuietLine, type QuietLine } from '../testing/quietLine.ts';
import { createUser, describeWithSshd, profileFor, startSshd, type Sshd } from '../testing/sshd.ts';
import { WAYS_TO_FILES } from '../testing/waysToFiles.ts';

describeWithSshd('a connection and its channels', () => {
  const bench = testBench();

  async function connect(sshd: Sshd): Promise<RemoteConnection> {
    return bench.connect(sshd.profile(), person(), { pin: sshd.hostKeyFingerprint });
  }

  async function connectThrough(sshd: Sshd): Promise<{ connection: RemoteConnection; line: QuietLine }> {
    const line = bench.opened.use(await startQuietLine(sshd.port));
    const profile = profileFor(line.port, sshd.profile().user, [{ kind: 'key', path: sshd.keyPath }]);
    return { connection: await bench.connect(profile, person(), { pin: sshd.hostKeyFingerprint }), line };
  }

  async function big(): Promise<string> {
    await writeFile(`${bench.folder}/big`, randomBytes(30_000_000));
    return `${bench.folder}/big`;
  }

  it.each(WAYS_TO_FILES)(
    'with files over %s and one session allowed let shell, files and uploads take turns',
    async (way, config) => {
      const connection = await connect(bench.opened.use(await startSshd(['MaxSessions 1', ...config])));
      const { shell, files } = connection;
      const local = await big();
      const [upload, other, first, second, stats] = await Promise.all([
        files.upload(local, `${bench.folder}/target`),
        files.upload(local, `${bench.folder}/other`),
        shell.run('echo 1'),
        shell.run('echo 2'),
        files.stat('/'),
      ]);
      expect([upload.bytes, other.bytes, first.stdout, second.stdout, stats?.kind]).toEqual([
        30_000_000,
        30_000_000,
        '1\n',
        '2\n',
        'folder',
      ]);
      expect((await shell.run('echo 3')).stdout).toBe('3\n');
      expect(connection.fileTransport).toBe(way);
    },
  );

  it.each(WAYS_TO_FILES)(
    'with files over %s leave no channel open after work that was given up',
    async (_, config) => {
      // sshd lets a user end their own programs by a signal, and root none
      const user = bench.opened.use(await createUser('/bin/bash'));
      const sshd = bench.opened.use(await startSshd(['MaxSessions 2', ...config]));
      const { shell, files } = await bench.connect(sshd.profile(undefined, user.name), person(), {
        pin: sshd.hostKeyFingerprint,
      });
      const local = await big();
      const target = `${user.home}/target`;
      for (let i = 0; i < 3; i += 1) {
        await expect(shell.run('sleep 100', { timeoutMs: 20 })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
        await expect(shell.run('yes')).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
        const controller = new AbortController();
        const given = files.upload(local, target, {
          signal: controller.signal,
          onProgress: () => {
            controller.abort();
          },
        });
        await expect(given).rejects.toMatchObject({ name: 'CANCELLED' });
        await expect(files.read('/none', 0, 1)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      }
      const [upload, run] = await Promise.all([files.upload(local, target), shell.run('echo in')]);
      expect([upload.bytes, run.stdout]).toEqual([30_000_000, 'in\n']);
    },
    60_000,
  );

  it.each(WAYS_TO_FILES)(
    'with files over %s end everything under way at once when the line is cut',
    async (_, config) => {
      const { connection, line } = await connectThrough(bench.opened.use(await startSshd(config)));
      const { shell, files } = connection;
      await files.stat('/');
      line.hush();
      const local = await big();
      const work = [
        shell.run('echo 1'),
        shell.run('sleep 60', { timeoutMs: 100_000 }),
        shell.run('echo 3'),
        files.resolve('~'),
        files.stat('/'),
        files.list('/'),
        files.read('/etc/passwd', 0, 10),
        files.write(`${bench.folder}/x`, 'x'),
        files.makeFolder(`${bench.folder}/y`),
        files.upload(local, `${bench.folder}/target`),
        connection.probe(100_000),
      ];
      const ends = Promise.allSettled(work);
      await new Promise((resolve) => setTimeout(resolve, 200));
      line.cut();
      expect((await ends).map((end) => (end.status === 'rejected' ? (end.reason as Error).name : 'done'))).toEqual(
        work.map(() => 'CONNECTION_LOST'),
      );
      await expect(files.stat('/')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    },
  );

  it('give a sign of life behind a jump host, and are lost without one', async () => {
    const [jump, cluster] = [bench.opened.use(await startSshd()), bench.opened.use(await startSshd())];
    const line = bench.opened.use(await startQuietLine(cluster.port));
    const user = cluster.profile().user;
    const profile = profileFor(line.port, user, [{ kind: 'key', path: cluster.keyPath }], {
      jump: [{ host: '127.0.0.1', port: jump.port, user, auth: [{ kind: 'key', path: jump.keyPath }] }],
    });
    const connection = await bench.connect(profile, person(), { timings: { silentMs: 300 } });
    expect(await connection.probe(5000)).toBeGreaterThan(0);
    line.hush();
    const told = new Promise((resolve) => connection.onHealth(resolve));
    const lost = new Promise((resolve) => connection.onLost(resolve));
    const running = expect(connection.shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    expect(await told).toMatchObject({ answering: false });
    await expect(connection.probe(300)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await running;
    expect(await lost).toMatchObject({ name: 'CONNECTION_LOST' });
  });

  it('leave no timer behind when the line is cut in the middle of work', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const server = bench.opened.use(await startSshServer());
    const line = bench.opened.use(await startQuietLine(server.port));
    const before = timers();
    const target = {
      profile: profileFor(line.port, 'ada', [{ kind: 'password' }]),
      pinnedHostKey: server.hostKeyFingerprint,
    };
    const asker = { ...person('secret'), step: () => undefined, trace: () => undefined };
    const lost: Error[] = [];
    const listeners = {
      lost: (error: Error) => void lost.push(error),
      health: () => undefined,
      fileTransport: () => undefined,
    };
    const { signal } = new AbortController();
    const { connection } = await SshConnection.open(
      { target, knownHostsFiles: [], newKeysFile: null, timings: DEFAULT_TIMINGS },
      asker,
      signal,
      listeners,
    );
    const work = [
      connection.run('sleep 2', 100_000, signal),
      connection.run('sleep 2', 100_000, signal),
      connection.run('true', 100_000, signal),
      connection.probe(100_000),
    ];
    expect(timers()).toBeGreaterThan(before);
    line.cut();
    expect(new Set((await Promise.allSettled(work)).map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(lost).toMatchObject([{ name: 'CONNECTION_LOST' }]);
    // ssh2's own go with the socket's last event; one of a minute would hold up the test
    while (timers() > before) await new Promise((resolve) => setImmediate(resolve));
  });
});
