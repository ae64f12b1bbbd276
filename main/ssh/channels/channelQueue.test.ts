import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import { ChannelQueue, type ChannelKind, type Lease } from './channelQueue.ts';

/** A server that grants so many channels at once and refuses the rest, as sshd's MaxSessions does. */
class CountingServer {
  open = 0;
  most = 0;
  refusals = 0;
  readonly #allowed: number;

  constructor(allowed: number) {
    this.#allowed = allowed;
  }

  kind(max: number, shared: boolean, bulk = false): ChannelKind<{ name: string }> {
    return {
      max,
      shared,
      bulk,
      open: async () => {
        await Promise.resolve();
        if (this.open >= this.#allowed) {
          this.refusals += 1;
          throw Object.assign(new Error('open failed'), { reason: 2 });
        }
        this.open += 1;
        this.most = Math.max(this.most, this.open);
        return { name: 'channel' };
      },
      close: async () => {
        await Promise.resolve();
        this.open -= 1;
      },
    };
  }
}

const never = new AbortController().signal;
const queues: ChannelQueue[] = [];

function queueOf(): ChannelQueue {
  const queue = new ChannelQueue({ host: 'h', limit: 5, refusalMs: 100 });
  queues.push(queue);
  return queue;
}

/** A task that goes on until it is told to end. */
function task(): { body: (lease: Lease<object>) => Promise<void>; started: Promise<Lease<object>>; end: () => void } {
  let start: (lease: Lease<object>) => void = () => undefined;
  let end: () => void = () => undefined;
  const started = new Promise<Lease<object>>((resolve) => {
    start = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    started,
    end,
    body: async (lease) => {
      start(lease);
      await ended;
    },
  };
}

afterEach(() => {
  for (const queue of queues.splice(0)) queue.end(new AppError('CANCELLED'));
});

describe('channels of a connection', () => {
  it('are opened when they are needed, and used again', async () => {
    const server = new CountingServer(10);
    const queue = queueOf();
    const shells = server.kind(2, false);
    for (let i = 0; i < 5; i += 1) await queue.use(shells, never, async () => undefined);
    expect(server.most).toBe(1);
    const tasks = [task(), task(), task()];
    const uses = tasks.map(({ body }) => queue.use(shells, never, body));
    await Promise.all([tasks[0]!.started, tasks[1]!.started]);
    expect(server.most).toBe(2);
    for (const { end } of tasks) end();
    await Promise.all(uses);
    expect(server.most).toBe(2);
  });

  it('can be shared where the kind allows it', async () => {
    const server = new CountingServer(10);
    const queue = queueOf();
    const sftp = server.kind(1, true);
    const tasks = [task(), task()];
    const uses = tasks.map(({ body }) => queue.use(sftp, never, body));
    await Promise.all(tasks.map(({ started }) => started));
    for (const { end } of tasks) end();
    await Promise.all(uses);
    expect(server.most).toBe(1);
  });

  it('change hands when the server allows one only: long work sees that it is waited for', async () => {
    const server = new CountingServer(1);
    const queue = queueOf();
    const shells = server.kind(2, false);
    const sftp = server.kind(1, true);
    await queue.use(shells, never, async () => undefined);
    const upload = task();
    const uploading = queue.use(sftp, never, upload.body);
    const lease = await upload.started;
    expect(queue.limit).toBe(1);
    expect(lease.wanted).toBe(false);
    const script = queue.use(shells, never, async () => 'answer');
    expect(lease.wanted).toBe(true);
    upload.end();
    await uploading;
    expect(await script).toBe('answer');
    expect(server.most).toBe(1);
  });

  it('serve everyone in the end, however many want them and however few there are', async () => {
    for (const allowed of [1, 2, 3]) {
      const server = new CountingServer(allowed);
      const queue = queueOf();
      const kinds = [server.kind(2, false), server.kind(1, true)] as const;
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) => queue.use(kinds[i % 7 === 0 ? 1 : 0], never, async () => i)),
      );
      expect(answers).toHaveLength(60);
      expect(server.most).toBe(Math.min(allowed, 3));
    }
  });

  it('are refused with a name when not even one is granted', async () => {
    const server = new CountingServer(0);
    await expect(queueOf().use(server.kind(2, false), never, async () => undefined)).rejects.toMatchObject({
      name: 'CHANNEL_REFUSED',
    });
    expect(server.refusals).toBeGreaterThan(2);
  });

  it('that are spoilt are closed, and others opened', async () => {
    const server = new CountingServer(10);
    const queue = queueOf();
    const shells = server.kind(2, false);
    const first = await queue.use(shells, never, async (lease) => {
      lease.spoil();
      return lease.channel;
    });
    expect(await queue.use(shells, never, async (lease) => lease.channel)).not.toBe(first);
    expect(server.open).toBe(1);
  });

  it('are not given to someone who has stopped waiting', async () => {
    const queue = queueOf();
    const shells = new CountingServer(10).kind(1, false);
    const first = task();
    const using = queue.use(shells, never, first.body);
    await first.started;
    const controller = new AbortController();
    const waiting = queue.use(shells, controller.signal, async () => 'used');
    controller.abort(new AppError('CANCELLED'));
    await expect(waiting).rejects.toMatchObject({ name: 'CANCELLED' });
    first.end();
    await using;
    expect(await queue.use(shells, never, async () => 'free')).toBe('free');
  });

  it('end every wait when the connection ends', async () => {
    const queue = queueOf();
    const shells = new CountingServer(10).kind(1, false);
    const first = task();
    const using = queue.use(shells, never, first.body);
    await first.started;
    const waiting = queue.use(shells, never, async () => undefined);
    queue.end(new AppError('CONNECTION_LOST', { details: { host: 'h' } }));
    await expect(waiting).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await expect(queue.use(shells, never, async () => undefined)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    first.end();
    await using;
  });

  it('of bulk users go to whoever else needs a place, even if that has channels that are busy', async () => {
    const server = new CountingServer(2);
    const queue = queueOf();
    const shells = server.kind(2, false);
    const bulk = server.kind(4, false, true);
    const first = task();
    const long = queue.use(shells, never, first.body);
    await first.started;
    const upload = task();
    const uploading = queue.use(bulk, never, upload.body);
    const lease = await upload.started;
    const poll = queue.use(shells, never, async () => 'polled');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(queue.limit).toBe(2);
    expect(lease.wanted).toBe(true);
    upload.end();
    await uploading;
    expect(await poll).toBe('polled');
    // and the place comes back once nobody else needs it
    expect(await queue.use(bulk, never, async () => 'sent')).toBe('sent');
    first.end();
    await long;
    expect(server.most).toBe(2);
  });

  it('of bulk users are as many as the server grants, and know of others that wait', async () => {
    const server = new CountingServer(4);
    const queue = queueOf();
    const bulk = server.kind(4, false, true);
    await queue.use(server.kind(2, false), never, async () => undefined);
    const tasks = [task(), task(), task(), task()];
    const uses = tasks.map(({ body }) => queue.use(bulk, never, body));
    const leases = await Promise.all(tasks.slice(0, 3).map(({ started }) => started));
    // the idle shell's place is not taken while there is a channel of that kind
    expect(server.open).toBe(4);
    expect(leases.map(({ wanted, awaited }) => [wanted, awaited])).toEqual(Array(3).fill([false, true]));
    tasks[0]?.end();
    await tasks[3]?.started;
    expect(leases[1]?.awaited).toBe(false);
    for (const { end } of tasks) end();
    await Promise.all(uses);
  });

  it('take turns where there is one only: scripts are served between the legs of a transfer, and it goes on between them', async () => {
    const server = new CountingServer(1);
    const queue = queueOf();
    const shells = server.kind(2, false);
    const bulk = server.kind(4, false, true);
    const order: string[] = [];
    let legs = 0;
    const transfer = (async () => {
      while (legs < 5)
        await queue.use(bulk, never, async (lease) => {
          legs += 1;
          order.push('leg');
          for (let waited = 0; !lease.wanted && waited < 50; waited += 1)
            await new Promise((resolve) => setTimeout(resolve, 2));
        });
    })();
    const polls = (async () => {
      for (let poll = 0; poll < 10; poll += 1) await queue.use(shells, never, async () => order.push('poll'));
    })();
    await Promise.all([transfer, polls]);
    expect(order.filter((each) => each === 'leg')).toHaveLength(5);
    // nobody waited for more than one leg
    const longest = Math.max(
      ...order
        .join(' ')
        .split('poll')
        .map((between) => between.split('leg').length - 1)
        .slice(0, -1),
    );
    expect(longest).toBeLessThanOrEqual(1);
  });
});
