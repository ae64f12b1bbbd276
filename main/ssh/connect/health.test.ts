import { describe, expect, it } from 'vitest';
import type { RemoteConnection } from '../../core/ports.ts';
import type { Timings } from '../index.ts';
import { person, testBench } from '../testing/attempts.ts';
import { startSshServer } from '../testing/misbehavingServers.ts';
import { startQuietLine, type QuietLine } from '../testing/quietLine.ts';
import { profileFor } from '../testing/sshd.ts';
import { message } from '../../../shared/messages/message.ts';

type Health = Parameters<Parameters<RemoteConnection['onHealth']>[0]>[0];

describe('a server that falls silent', () => {
  const bench = testBench();

  async function connect(
    timings: Partial<Timings>,
  ): Promise<{ connection: RemoteConnection; line: QuietLine; told: Health[]; next: () => Promise<Health> }> {
    const server = bench.opened.use(await startSshServer());
    const line = bench.opened.use(await startQuietLine(server.port));
    const connection = await bench.connect(profileFor(line.port, 'ada', [{ kind: 'password' }]), person('secret'), {
      pin: server.hostKeyFingerprint,
      timings,
    });
    const told: Health[] = [];
    const waiting: ((health: Health) => void)[] = [];
    connection.onHealth((health) => {
      told.push(health);
      waiting.shift()?.(health);
    });
    const next = (): Promise<Health> => new Promise((resolve) => waiting.push(resolve));
    return { connection, line, told, next };
  }

  it('in the middle of a command is told of, and so is its return, with the answer', async () => {
    const { connection, line, next } = await connect({ silentMs: 200 });
    line.hush();
    const silence = next();
    const answer = connection.shell.run('echo in');
    const health = await silence;
    expect(health.answering).toBe(false);
    expect(health.silentMs).toBeGreaterThanOrEqual(200);
    const back = next();
    line.resume();
    expect(await back).toMatchObject({ answering: true });
    expect((await answer).stdout).toBe('in\n');
  });

  it('after the first word of a long script is told of all the same', async () => {
    const { connection, line, next } = await connect({ silentMs: 200 });
    const silence = next();
    const answer = connection.shell.run('sleep 1; echo in');
    // the line goes once the script runs
    setTimeout(() => {
      line.hush();
    }, 100);
    expect(await silence).toMatchObject({ answering: false });
    line.resume();
    expect((await answer).stdout).toBe('in\n');
  });

  it('while nothing is asked is noticed by the keepalive', async () => {
    const { line, next } = await connect({ silentMs: 100, keepaliveMs: 50, keepaliveMisses: 1000 });
    const silence = next();
    line.hush();
    expect(await silence).toMatchObject({ answering: false });
    const back = next();
    line.resume();
    expect(await back).toMatchObject({ answering: true });
  });

  it('for longer than the keepalives are patient has lost the connection', async () => {
    const { connection, line, told } = await connect({ silentMs: 100, keepaliveMs: 200, keepaliveMisses: 2 });
    const lost = new Promise<Error>((resolve) => connection.onLost(resolve));
    line.hush();
    await expect(connection.shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    expect(await lost).toMatchObject({ name: 'CONNECTION_LOST' });
    expect(told).toMatchObject([{ answering: false }]);
  });

  it('is not one whose script says nothing for long', async () => {
    const { connection, told } = await connect({ silentMs: 600 });
    await connection.shell.run('sleep 2');
    expect(told).toEqual([]);
  });

  it('is not one that refuses channels for long', async () => {
    let asked = 0;
    const server = bench.opened.use(await startSshServer({ admit: () => ++asked === 1 || asked > 6 }));
    const connection = await bench.connect(profileFor(server.port, 'ada', [{ kind: 'password' }]), person('secret'), {
      pin: server.hostKeyFingerprint,
      timings: { silentMs: 600 },
    });
    const told: Health[] = [];
    connection.onHealth((health) => told.push(health));
    // the only shell is given up, and the next is refused for 1.2 s
    await expect(connection.shell.run('sleep 5', { timeoutMs: 50 })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
    expect(told).toEqual([]);
  });

  it('costs nothing to watch while nobody asks anything', async () => {
    const { connection, line } = await connect({ silentMs: 50 });
    await connection.shell.run('true');
    const { sent } = line;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(line.sent).toBe(sent);
  });

  it('says how long it took when it is asked for a sign of life, in the middle of work too', async () => {
    const { connection } = await connect({});
    const running = connection.shell.run('sleep 0.5; echo in');
    expect(await connection.probe(5000)).toBeGreaterThan(0);
    expect(connection.roundTripMs).toBeGreaterThan(0);
    expect((await running).stdout).toBe('in\n');
  });

  it('is lost when it gives no sign of life in time, and everything under way ends', async () => {
    const { connection, line } = await connect({});
    const lost: Error[] = [];
    connection.onLost((error) => lost.push(error));
    line.hush();
    const running = connection.shell.run('true', { timeoutMs: 60_000 });
    const ended = expect(running).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await expect(connection.probe(200)).rejects.toMatchObject({
      name: 'CONNECTION_LOST',
      details: { reason: message('connection.noSignOfLife', { seconds: 1 }) },
    });
    await ended;
    expect(lost).toMatchObject([{ name: 'CONNECTION_LOST' }]);
    await expect(connection.probe(200)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
  });
});
