import net from 'node:net';
import { startTcpServer, type LoopbackServer } from './misbehavingServers.ts';

export interface QuietLine extends LoopbackServer {
  /** Holds back every byte in both directions; nobody is told. */
  hush(): void;
  /** Lets pass what was held back. */
  resume(): void;
  /** Closes the connections at both ends. */
  cut(): void;
  /** Bytes that came from the client. */
  readonly sent: number;
}

/** A line to another port of loopback that can fall silent and come back, as a network does that stalls. */
export async function startQuietLine(port: number): Promise<QuietLine> {
  const sockets = new Set<net.Socket>();
  let quiet = false;
  let sent = 0;
  const server = await startTcpServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      if (quiet) from.pause();
      from.on('data', (chunk) => {
        if (from === near) sent += chunk.length;
        to.write(chunk);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  return {
    ...server,
    get sent() {
      return sent;
    },
    hush: () => {
      quiet = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      quiet = false;
      for (const socket of sockets) socket.resume();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
