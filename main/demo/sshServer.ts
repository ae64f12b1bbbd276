/**
 * The demo's sshd: loopback only, one user, one key, commands and SFTP. It behaves as OpenSSH's does where a client can tell:
 * commands run through a shell without a terminal, several channels share a connection, and a channel that closes takes away its
 * command's standard input and output, not its life.
 */
import { spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, PublicKeyAuthContext, ServerChannel, Session } from 'ssh2';
import { Admission } from '../../shared/lib/admission.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { SftpSession } from './sftp/session.ts';
import type { KeyPair } from './keys.ts';

/** Connections that have not logged in yet; sshd's MaxStartups begins to refuse at 10. Slipway itself opens one. */
const MAX_STARTUPS = 10;

export interface SshServerOptions {
  readonly hostKey: KeyPair;
  /** The one key that is let in. */
  readonly clientKey: KeyPair;
  readonly user: string;
  readonly bash: string;
  readonly home: string;
  /** Variables of every command; nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface SshServer extends Disposable {
  readonly port: number;
}

const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** True for a signature by the one key over this login; a bare question whether the key would do is answered as well. */
function isLetIn(context: PublicKeyAuthContext, options: SshServerOptions): boolean {
  if (
    context.username !== options.user ||
    context.key.algo !== 'ssh-ed25519' ||
    !sameBytes(context.key.data, options.clientKey.publicBlob)
  )
    return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  const key = ssh2.utils.parseKey(options.clientKey.privateKey);
  if (key instanceof Error) return false;
  // ssh2 answers a malformed signature with an Error, which its types do not say
  const verified: unknown = key.verify(context.blob, context.signature, context.hashAlgo);
  return verified === true;
}

function authenticate(context: AuthContext, options: SshServerOptions): void {
  if (context.method === 'publickey' && isLetIn(context, options)) context.accept();
  else context.reject(['publickey']);
}

/** Runs a command for a channel, wired as sshd wires it. */
function runCommand(channel: ServerChannel, given: readonly string[], options: SshServerOptions): void {
  const child = spawn(options.bash, given, {
    cwd: options.home,
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // a session of its own, as under sshd: a key pressed in the terminal of the app does not reach it
    detached: true,
    windowsHide: true,
  });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // a command that no longer reads, and a channel that no longer listens, are everyday
  for (const stream of [child.stdin, child.stdout, child.stderr, channel]) stream.on('error', () => undefined);
  channel.on('close', () => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
  child.on('error', () => {
    channel.exit(127);
    channel.end();
  });
  child.on('close', (code, signal) => {
    if (channel.destroyed) return;
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace('SIG', ''), false, '');
    channel.end();
  });
}

/** Terminals and variables that a client wants to set are refused by having no listener. */
function serveSession(session: Session, options: SshServerOptions): void {
  session.on('exec', (accept, _reject, { command }) => runCommand(accept(), ['-c', command], options));
  session.on('shell', (accept) => runCommand(accept(), ['-s'], options));
  session.on('subsystem', (accept, reject, { name }) => {
    if (name !== 'sftp') {
      reject();
      return;
    }
    const channel = accept();
    channel.on('error', () => undefined);
    void new SftpSession(channel, options.home).serve().then(() => channel.end());
  });
}

function serveConnection(connection: Connection, options: SshServerOptions): void {
  // without it every answer waits for the client's delayed acknowledgement; ssh2's types leave the method out
  (connection as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
  // garbage, a port scan, a client that went away: its connection ends, the server does not
  connection.on('error', () => connection.end());
  connection.on('authentication', (context) => authenticate(context, options));
  connection.on('session', (accept) => serveSession(accept(), options));
}

/** Listens on a free port of 127.0.0.1. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const connections = new Set<Connection>();
  const admission = new Admission<Socket>(MAX_STARTUPS);
  /** By the port at their other end, which ssh2 tells. */
  const sockets = new Map<number, Socket>();
  const ssh = new ssh2.Server(
    { hostKeys: [options.hostKey.privateKey], ident: 'OpenSSH_9.2p1 Slipway-demo' },
    (connection, { port }) => {
      const socket = sockets.get(port);
      connections.add(connection);
      connection.on('close', () => connections.delete(connection));
      connection.on('ready', () => {
        if (socket !== undefined) admission.prove(socket);
      });
      serveConnection(connection, options);
    },
  );
  const server = createServer((socket) => {
    admission.admit(socket);
    const port = socket.remotePort;
    // it has gone already
    if (port === undefined) {
      socket.destroy();
      return;
    }
    sockets.set(port, socket);
    socket.on('close', () => {
      if (sockets.get(port) === socket) sockets.delete(port);
    });
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  // out of descriptors, say: what is open goes on
  server.on('error', () => undefined);
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    dispose: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
        // those that never said who they are would keep it open
        admission.dispose();
      }),
  };
}
