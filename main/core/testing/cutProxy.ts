import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Disposable } from '../../../shared/lib/disposable.ts';

export type Direction = 'up' | 'down';

/**
 * A TCP relay on loopback that tears connections apart at a chosen byte. `up` is from the client to the server. What stands before
 * the cut is delivered, nothing after it: as a cable that is pulled.
 */
export interface CutProxy extends Disposable {
  readonly port: number;
  /** Counts from here; cuts every connection once `bytes` have gone in that direction. */
  arm(direction: Direction, bytes: number): void;
  /** Counts from here and cuts nothing. */
  disarm(): void;
  /** Bytes since the last `arm` or `disarm`. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** True when the armed cut was made. */
  readonly hasCut: boolean;
  /**
   * An outage until `restore`: with `silent` nothing passes and nothing closes, as when a cable is pulled somewhere far away; with
   * `refusing` every connection is torn and each new one too.
   */
  fail(how: 'silent' | 'refusing'): void;
  /** What was held back in silence is passed on. */
  restore(): void;
  /** Connections that were ever taken, refused ones too. */
  readonly taken: number;
}

export async function startCutProxy(host: string, port: number): Promise<CutProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let passed: Record<Direction, number> = { up: 0, down: 0 };
  let cut: { direction: Direction; bytes: number } | null = null;
  let hasCut = false;
  let outage: 'silent' | 'refusing' | null = null;
  let taken = 0;

  const tear = (): void => {
    hasCut = true;
    cut = null;
    for (const [client, server] of pairs) {
      // what was passed on is still delivered; an answer from then on is not
      client.end();
      server.end();
      client.destroySoon();
      server.destroySoon();
    }
  };
  const relay = (from: Socket, to: Socket, direction: Direction): void => {
    from.on('data', (chunk: Buffer) => {
      if (to.writableEnded) return;
      const room = cut?.direction === direction ? cut.bytes - passed[direction] : Infinity;
      const part = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk;
      passed[direction] += part.length;
      to.write(part);
      if (part.length >= room) tear();
    });
  };

  const proxy = createServer((client) => {
    taken += 1;
    if (outage === 'refusing') {
      client.destroy();
      return;
    }
    const server = connect({ host, port });
    const pair = [client, server] as const;
    pairs.add(pair);
    client.setNoDelay(true);
    server.setNoDelay(true);
    relay(client, server, 'up');
    relay(server, client, 'down');
    if (outage === 'silent') {
      client.pause();
      server.pause();
    }
    for (const [end, other] of [pair, [server, client]] as const) {
      end.on('error', () => end.destroy());
      end.on('close', () => {
        pairs.delete(pair);
        other.destroySoon();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const count = (): void => {
    passed = { up: 0, down: 0 };
    hasCut = false;
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    arm: (direction, bytes) => {
      count();
      cut = { direction, bytes };
    },
    disarm: () => {
      count();
      cut = null;
    },
    fail: (how) => {
      outage = how;
      if (how === 'refusing') tear();
      else for (const end of [...pairs].flat()) end.pause();
    },
    restore: () => {
      outage = null;
      for (const end of [...pairs].flat()) end.resume();
    },
    get taken() {
      return taken;
    },
    get passed() {
      return passed;
    },
    get hasCut() {
      return hasCut;
    },
    dispose: async () => {
      for (const [client, server] of pairs) {
        client.destroy();
        server.destroy();
      }
      await new Promise<void>((resolve) => {
        proxy.close(() => resolve());
      });
    },
  };
}
