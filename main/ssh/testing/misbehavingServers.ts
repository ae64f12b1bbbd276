import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import net from 'node:net';
import ssh2, { type AuthContext, type Connection, type Session } from 'ssh2';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { fingerprintOf } from '../hostkeys/knownHosts.ts';
import { publicBlob } from '../keys/publicKey.ts';

export interface LoopbackServer extends Disposable {
  readonly port: number;
}

/** A TCP server of loopback that does whatever it likes with each connection. */
export async function startTcpServer(onSocket: (socket: net.Socket) => void): Promise<LoopbackServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Cable extends LoopbackServer {
  /** From now on nothing arrives anywhere, and no one is told: a cable that is pulled. */
  pull(): void;
  /** Both ends see the connection closed once this many bytes went to the server. */
  cutAfter(bytes: number): void;
}

/** A line to another port of loopback that can go bad. */
export async function startCable(port: number): Promise<Cable> {
  let pulled = false;
  let left = Infinity;
  const server = await startTcpServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    far.on('error', () => undefined);
    near.on('data', (chunk) => {
      if (pulled) return;
      far.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) {
        near.destroy();
        far.end();
      }
    });
    far.on('data', (chunk) => {
      if (!pulled) near.write(chunk);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  return {
    ...server,
    pull: () => {
      pulled = true;
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
  };
}

export interface TestSshServer extends LoopbackServer {
  readonly hostKeyFingerprint: string;
}

/** How an SSH server of the tests behaves; what is left out, it does properly. */
export interface SshServerBehaviour {
  authenticate?(context: AuthContext): void;
  /** False: refuse this session channel. */
  admit?(): boolean;
  session?(session: Session): void;
}

/** Runs exec requests with /bin/sh, as a server does whose users have that shell. */
export function runWithSh(session: Session): void {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe' });
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.stdin.on('error', () => undefined);
    channel.on('close', () => {
      child.stdin.destroy();
    });
    child.on('close', (code) => {
      channel.exit(code ?? 1);
      channel.end();
    });
  });
}

/**
 * A new key without a passphrase, in PEM. ECDSA, whose form node writes itself: ssh2's own generator makes an ed25519 key that nothing can
 * read whenever a number in it begins with a zero byte.
 */
function newKey(): { privateKey: string; publicKey: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = publicBlob(privateKey);
  if (publicKey === null) throw new Error('a key of a kind that SSH has');
  return { privateKey: privateKey.export({ type: 'sec1', format: 'pem' }).toString(), publicKey };
}

/** An SSH server in this process. */
export async function startSshServer(behaviour: SshServerBehaviour = {}): Promise<TestSshServer> {
  const { privateKey: hostKey, publicKey } = newKey();
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (behaviour.authenticate) behaviour.authenticate(context);
      else context.accept();
    });
    client.on('session', (accept, reject) => {
      if (behaviour.admit?.() === false) reject();
      else (behaviour.session ?? runWithSh)(accept());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    hostKeyFingerprint: fingerprintOf(publicKey),
    dispose: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.end();
      await closed;
    },
  };
}
