import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { RemoteConnection } from '../ports.ts';
import { settle, VirtualClock } from '../testing/virtualClock.ts';
import { ClusterSession, type OpenSession } from './clusterSession.ts';

const NEVER = new AbortController().signal;

/** A login node that a test can switch off, and that counts who knocks. */
class LoginNode {
  attempts = 0;
  open = 0;
  refusal: AppError | null = null;
  /** What it answers when it is asked for a sign of life. */
  isAlive = true;
  probes = 0;
  #listeners = new Set<(error: Error) => void>();
  #health = new Set<(health: { answering: boolean; silentMs: number }) => void>();

  async connect(): Promise<OpenSession> {
    this.attempts += 1;
    await settle();
    if (this.refusal !== null) throw this.refusal;
    this.open += 1;
    const listeners = this.#listeners;
    const connection: RemoteConnection = {
      shell: { run: () => Promise.reject(new AppError('CONNECTION_LOST')) },
      files: {} as RemoteConnection['files'],
      roundTripMs: 3,
      fileTransport: 'sftp',
      onHealth: (listener) => {
        this.#health.add(listener);
        return { dispose: () => void this.#health.delete(listener) };
      },
      probe: async () => {
        this.probes += 1;
        await settle();
        if (this.isAlive) return 3;
        this.cut();
        throw new AppError('CONNECTION_LOST', { details: { host: 'login1' } });
      },
      onLost: (listener) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
      dispose: () => void (this.open -= 1),
    };
    return {
      connection,
      environment: {
        user: 'ada',
        home: '/home/ada',
        loginHost: 'login1',
        slurmBin: null,
        slurmConf: null,
        sbatchVariables: [],
      },
    };
  }

  /** The connection falls silent for so long, or answers again. */
  falls(answering: boolean, silentMs: number): void {
    for (const listener of [...this.#health]) listener({ answering, silentMs });
  }

  get listened(): number {
    return this.#listeners.size + this.#health.size;
  }

  cut(): void {
    for (const listener of [...this.#listeners]) listener(new Error('cut'));
  }
}

describe('the session of a cluster', () => {
  let clock: VirtualClock;
  let node: LoginNode;
  let session: ClusterSession;
  let phases: string[];
  const bugs: unknown[] = [];

  beforeEach(() => {
    clock = new VirtualClock();
    node = new LoginNode();
    phases = [];
    bugs.length = 0;
    session = new ClusterSession(
      () => node.connect(),
      clock,
      (error) => bugs.push(error),
    );
    session.changed.on((state) => phases.push(state.phase));
  });

  afterEach(async () => {
    await session.dispose();
    expect(node.open).toBe(0);
    expect(node.listened).toBe(0);
    expect(bugs).toEqual([]);
  });

  const waiting = (): Extract<ConnectionState, { phase: 'waiting' }> => {
    const { state } = session;
    if (state.phase !== 'waiting') throw new Error(`expected to wait, not ${state.phase}`);
    return state;
  };

  /** An attempt that fails takes a moment of its own. */
  const tried = async (): Promise<void> => {
    await settle();
    await settle();
  };

  it('is offline until someone connects, then ready with its round trip', async () => {
    expect(session.state.phase).toBe('offline');
    session.connect(false);
    expect(await session.settled(NEVER)).toMatchObject({ phase: 'ready', roundTripMs: 3 });
    expect(session.live).not.toBeNull();
  });

  it('comes back by itself after a loss', async () => {
    session.connect(false);
    await session.settled(NEVER);
    node.cut();
    await settle();
    expect(waiting().until - clock.now()).toBeLessThanOrEqual(1000);
    await clock.advance(1000);
    expect(session.state.phase).toBe('ready');
    expect(node.attempts).toBe(2);
  });

  it('waits longer after each failure, never more than a minute', async () => {
    session.connect(false);
    await session.settled(NEVER);
    node.refusal = new AppError('CONNECT_FAILED', { details: { host: 'login1', reason: 'no route' } });
    node.cut();
    await settle();
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const { until } = waiting();
      waits.push(until - clock.now());
      await clock.advance(until - clock.now());
    }
    for (const [i, wait] of waits.entries()) {
      const full = Math.min(60_000, 1000 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(full * 0.75);
      expect(wait).toBeLessThanOrEqual(full);
    }
  });

  it('does not hammer a login node that drops everyone right after login', async () => {
    session.connect(false);
    await session.settled(NEVER);
    const waits: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      node.cut();
      await settle();
      waits.push(waiting().until - clock.now());
      await clock.advance(waiting().until - clock.now());
    }
    expect(waits.at(-1)).toBeGreaterThan(10_000);
  });

  it('skips the wait when a person asks for it', async () => {
    session.connect(false);
    await session.settled(NEVER);
    node.cut();
    await settle();
    expect(session.state.phase).toBe('waiting');
    session.connect(false);
    expect(await session.settled(NEVER)).toMatchObject({ phase: 'ready' });
  });

  it.each([
    'AUTH_FAILED',
    'HOST_KEY_CHANGED',
    'HOST_KEY_UNKNOWN',
    'CANCELLED',
    'KEY_UNREADABLE',
    'PROMPT_EXPIRED',
  ] as const)('never tries again by itself after %s', async (name) => {
    session.connect(true);
    await session.settled(NEVER);
    node.refusal = new AppError(name, { details: { host: 'login1', user: 'ada' } });
    node.cut();
    await settle();
    await clock.advance(3_600_000);
    expect(session.state).toMatchObject({ phase: 'failed', error: { name } });
    expect(node.attempts).toBe(2);
    expect(clock.nextWake).toBeNull();
  });

  it('says at once that a mistyped host does not answer, but keeps trying when the program started offline', async () => {
    node.refusal = new AppError('CONNECT_FAILED', { details: { host: 'lgoin1', reason: 'unknown name' } });
    session.connect(false);
    expect(await session.settled(NEVER)).toMatchObject({ phase: 'failed', error: { name: 'CONNECT_FAILED' } });
    session.connect(true);
    expect(await session.settled(NEVER)).toMatchObject({ phase: 'waiting', attempt: 1 });
  });

  it('lets those who need the connection wait while it is being made again', async () => {
    session.connect(false);
    await session.settled(NEVER);
    node.cut();
    await settle();
    const ready = session.whenReady(NEVER);
    await clock.advance(1000);
    expect((await ready)?.environment.user).toBe('ada');
  });

  it('lets nobody wait for a connection that nobody makes, and frees a waiter who gives up', async () => {
    expect(await session.whenReady(NEVER)).toBeNull();
    session.connect(true);
    const caller = new AbortController();
    const waitingCall = session.whenReady(caller.signal);
    caller.abort();
    await expect(waitingCall).rejects.toMatchObject({ name: 'CANCELLED' });
  });

  it('closes the connection on disconnect and stays offline', async () => {
    session.connect(false);
    await session.settled(NEVER);
    await session.disconnect();
    expect(node.open).toBe(0);
    await clock.advance(3_600_000);
    expect(session.state.phase).toBe('offline');
    expect(phases.at(-1)).toBe('offline');
  });

  describe('whose server falls silent', () => {
    beforeEach(async () => {
      session.connect(false);
      await session.settled(NEVER);
      phases.length = 0;
    });

    it('is degraded and stays usable until the server answers again', async () => {
      const { since } = session.state;
      node.falls(false, 6000);
      expect(session.state).toMatchObject({
        phase: 'degraded',
        roundTripMs: 3,
        reason: message('connection.silentFor', { seconds: 6 }),
        since: clock.now() - 6000,
      });
      expect(await session.whenReady(NEVER)).not.toBeNull();
      await clock.advance(4000);
      node.falls(false, 10_000);
      expect(session.state).toMatchObject({
        phase: 'degraded',
        reason: message('connection.silentFor', { seconds: 10 }),
        since: clock.now() - 10_000,
      });
      node.falls(true, 0);
      expect(session.state).toMatchObject({ phase: 'ready', since });
      expect(phases).toEqual(['degraded', 'degraded', 'ready']);
      expect(node.attempts).toBe(1);
    });

    it('connects again by itself once the connection is given up', async () => {
      node.falls(false, 6000);
      node.cut();
      await settle();
      await clock.advance(1000);
      expect(phases).toEqual(['degraded', 'waiting', 'connecting', 'ready']);
    });
  });

  describe('on a computer that wakes up', () => {
    it('keeps a connection that gives a sign of life', async () => {
      session.connect(false);
      await session.settled(NEVER);
      await session.wake(0);
      expect([node.probes, node.attempts, session.state.phase]).toEqual([1, 1, 'ready']);
    });

    it('makes a dead one again at once', async () => {
      session.connect(false);
      await session.settled(NEVER);
      node.isAlive = false;
      await session.wake(300);
      await settle();
      expect(waiting().until - clock.now()).toBe(300);
      await clock.advance(300);
      expect(session.state.phase).toBe('ready');
      expect(node.attempts).toBe(2);
    });

    it('does not wait on when it was waiting, and begins with short waits again when the network is not there yet', async () => {
      node.refusal = new AppError('CONNECT_FAILED', { details: { host: 'login1', reason: 'no route' } });
      session.connect(true);
      await tried();
      for (let i = 0; i < 8; i += 1) {
        await clock.advance(waiting().until - clock.now());
        await tried();
      }
      expect(waiting().until - clock.now()).toBeGreaterThan(40_000);
      const before = node.attempts;
      await session.wake(200);
      await settle();
      await clock.advance(200);
      await tried();
      expect(node.attempts).toBe(before + 1);
      expect(waiting().until - clock.now()).toBeLessThanOrEqual(1000);
    });

    it('does not log in over and over while a network comes and goes', async () => {
      node.refusal = new AppError('CONNECT_FAILED', { details: { host: 'login1', reason: 'no route' } });
      session.connect(true);
      await tried();
      for (let second = 0; second < 60; second += 1) {
        await session.wake(0);
        await clock.advance(1000);
      }
      // three attempts in each pause of ten seconds, at 0, 1 and 3 s or so
      expect(node.attempts).toBeLessThanOrEqual(26);
    });

    it('does not try again what was refused', async () => {
      node.refusal = new AppError('AUTH_FAILED', { details: { host: 'login1', user: 'ada' } });
      session.connect(false);
      await session.settled(NEVER);
      await session.wake(0);
      await clock.advance(3_600_000);
      expect([node.attempts, session.state.phase]).toEqual([1, 'failed']);
    });

    it('puts a question again that nobody answered, whether its time ran out before or because of the sleep', async () => {
      node.refusal = new AppError('PROMPT_EXPIRED', { details: { host: 'login1', seconds: 180 } });
      session.connect(false);
      await session.settled(NEVER);
      await clock.advance(3_600_000);
      expect([node.attempts, session.state.phase]).toEqual([1, 'failed']);
      session.wake(0).catch((error: unknown) => bugs.push(error));
      // woken a second time while the question is open
      session.wake(0).catch((error: unknown) => bugs.push(error));
      await settle();
      await clock.advance(1000);
      expect(node.attempts).toBe(3);
      expect(session.state).toMatchObject({ phase: 'failed', error: { name: 'PROMPT_EXPIRED' } });
    });
  });
});
