import net from 'node:net';
import { startTcpServer, type LoopbackServer } from './misbehavingServers.ts';

export interface DelayLine extends LoopbackServer {
  /** Bytes that have entered the line in both directions. */
  readonly passed: number;
}

/** A line to another port of loopback on which every byte takes its time: half of `roundTripMs` each way. As wide as loopback. */
export async function startDelayLine(port: number, roundTripMs: number): Promise<DelayLine> {
  let passed = 0;
  const server = await startTcpServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        setTimeout(() => {
          if (!to.destroyed) to.write(chunk);
        }, roundTripMs / 2);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => to.destroy());
    }
  });
  return {
    ...server,
    get passed() {
      return passed;
    },
  };
}
