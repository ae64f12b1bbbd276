/**
 * The worker thread of one SSH connection: encryption, SFTP, hashing and the reading of local files happen here,
 * so that the main thread is never held up by them.
 */
import { parentPort } from 'node:worker_threads';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { manyListeners } from '../limits.ts';
import type { HostCalls, WorkerCalls } from './protocol.ts';
import { RpcPeer } from './rpc.ts';
import { SshConnection } from './sshConnection.ts';

if (parentPort === null) throw new Error('connectionWorker runs in a worker thread only');

let connection: SshConnection | null = null;

function live(): SshConnection {
  if (connection === null) throw new AppError('NOT_CONNECTED', { details: { cluster: '' } });
  return connection;
}

/** Tells without waiting; what the listener makes of it is its own affair. */
function tell<K extends 'step' | 'trace' | 'health' | 'fileTransport' | 'lost'>(
  method: K,
  params: HostCalls[K]['params'],
): void {
  host.call(method, params).catch(() => undefined);
}

/** For operations of the port that no one can cancel. */
const never = manyListeners().signal;

const host: RpcPeer<WorkerCalls, HostCalls> = new RpcPeer<WorkerCalls, HostCalls>(parentPort, {
  async connect(params, { signal }) {
    const asker = {
      confirmHostKey: (question: HostCalls['confirmHostKey']['params']) => host.call('confirmHostKey', question),
      answer: (question: HostCalls['answer']['params']) => host.call('answer', question),
      step: (text: string) => {
        tell('step', text);
      },
      trace: (event: HostCalls['trace']['params']) => {
        tell('trace', event);
      },
    };
    const opened = await SshConnection.open(params, asker, signal, {
      lost: (error) => {
        tell('lost', toWire(error));
      },
      health: (health) => {
        tell('health', health);
      },
      fileTransport: (way) => {
        tell('fileTransport', way);
      },
    });
    connection = opened.connection;
    return { roundTripMs: opened.roundTripMs };
  },
  run: ({ script, timeoutMs, answer }, { signal }) => live().run(script, timeoutMs, signal, answer),
  resolve: ({ path }) => live().live(() => live().files.resolve(path, never)),
  stat: ({ path }) => live().live(() => live().files.stat(path, never)),
  list: ({ folder, limit }, { signal }) => live().live(() => live().files.list(folder, limit, signal)),
  read: ({ path, offset, length }, { signal }) => live().live(() => live().files.read(path, offset, length, signal)),
  async write({ path, content, mode }) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await live().live(() => live().files.write(path, bytes, mode, never));
    return undefined;
  },
  async makeFolder({ path, mode }) {
    await live().live(() => live().files.makeFolder(path, mode, never));
    return undefined;
  },
  upload: (params, { signal, progress }) => live().upload({ ...params, signal, onProgress: progress }),
  probe: ({ timeoutMs }) => live().probe(timeoutMs),
  close() {
    connection?.close();
    return undefined;
  },
});
