/**
 * The worker thread of one SSH connection: encryption, SFTP, hashing and the reading of local files happen here,
 * so that the main thread is never held up by them.
 */
import { parentPort } from 'node:worker_threads';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { FILE_OPERATION_NAMES, type FileOperation } from '../../core/remoteFiles.ts';
import type { FileCalls, HostCalls, WorkerCalls } from './protocol.ts';
import { RpcPeer, type CallContext, type Handlers } from './rpc.ts';
import { checkSsh2 } from '../ssh2/check.ts';
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

type FileHandlers = Handlers<FileCalls>;

/** An answer to each call of the file port. What the table ties to a name travels together, which TypeScript does not see of all at once. */
function fileHandlers(): FileHandlers {
  const handler =
    (name: FileOperation) =>
    (
      { takes, options }: FileCalls[`files.${FileOperation}`]['params'],
      { signal, progress }: CallContext<unknown>,
    ): Promise<unknown> =>
      live().file(name, takes, { ...options, signal, onProgress: progress });
  return Object.fromEntries(
    FILE_OPERATION_NAMES.map((name) => [`files.${name}`, handler(name)]),
  ) as unknown as FileHandlers;
}

const host: RpcPeer<WorkerCalls, HostCalls> = new RpcPeer<WorkerCalls, HostCalls>(parentPort, {
  async connect(params, { signal }) {
    checkSsh2();
    const asker = {
      confirmHostKey: (question: HostCalls['confirmHostKey']['params']) => host.call('confirmHostKey', question),
      answer: (question: HostCalls['answer']['params']) => host.call('answer', question),
      step: (text: Message) => {
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
  ...fileHandlers(),
  probe: ({ timeoutMs }) => live().probe(timeoutMs),
  close() {
    connection?.close();
    return undefined;
  },
});
