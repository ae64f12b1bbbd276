import net from 'node:net';
import { expect, it } from 'vitest';
import { person, testBench } from '../testing/attempts.ts';
import { startTcpServer } from '../testing/misbehavingServers.ts';
import { describeWithSshd, startSshd } from '../testing/sshd.ts';

describeWithSshd('a real OpenSSH server at its limits', () => {
  const bench = testBench();

  it('that takes no more logins for now (MaxStartups) is said to be busy, and it is worth another try', async () => {
    const sshd = bench.opened.use(await startSshd(['MaxStartups 1']));
    // someone who never logs in takes the only place
    const idle = net.connect(sshd.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('data', resolve));
    bench.opened.defer(() => void idle.destroy());
    await expect(bench.connect(sshd.profile())).rejects.toMatchObject({
      name: 'CONNECT_FAILED',
      retry: true,
      details: { reason: { id: expect.stringMatching(/^connection\.(busy|closedAtOnce)$/) as string } },
    });
    const gone = new Promise((resolve) => idle.once('close', resolve));
    idle.destroy();
    await gone;
    // sshd needs a moment to notice
    await expect
      .poll(
        () =>
          bench.connect(sshd.profile()).then(
            () => 'in',
            () => 'busy',
          ),
        { timeout: 10_000 },
      )
      .toBe('in');
  });

  it.each([
    ['closes its door', (socket: net.Socket) => void socket.end()],
    ['lets TCP reset the connection', (socket: net.Socket) => void socket.resetAndDestroy()],
    [
      'has TCP reset the connection after its words',
      (socket: net.Socket) =>
        void socket.write('Exceeded MaxStartups\r\n', () => setTimeout(() => socket.resetAndDestroy(), 50)),
    ],
  ])('that %s before its first line may be busy too', async (_what, sendAway) => {
    const server = bench.opened.use(await startTcpServer(sendAway));
    const sshd = bench.opened.use(await startSshd());
    await expect(bench.connect({ ...sshd.profile(), port: server.port })).rejects.toMatchObject({
      name: 'CONNECT_FAILED',
      details: { reason: { id: expect.stringMatching(/^connection\.(busy|closedAtOnce)$/) as string } },
    });
  });

  it('that takes long for its first line is waited for', async () => {
    const sshd = bench.opened.use(await startSshd());
    const slow = bench.opened.use(
      await startTcpServer((near) => {
        setTimeout(() => {
          const far = net.connect(sshd.port, '127.0.0.1');
          far.on('error', () => undefined);
          near.pipe(far).pipe(near);
          near.on('close', () => far.destroy());
        }, 1000);
      }),
    );
    const profile = { ...sshd.profile(), port: slow.port };
    await expect(bench.connect(profile, person(), { timings: { connectMs: 100 } })).rejects.toMatchObject({
      name: 'CONNECT_FAILED',
      details: { reason: { id: 'connection.silent' } },
    });
    const { shell } = await bench.connect(profile, person(), { timings: { connectMs: 5000 } });
    expect((await shell.run('echo in')).stdout).toBe('in\n');
  });
});
