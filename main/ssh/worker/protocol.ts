import type { WireError } from '../../../shared/errors/appError.ts';
import type { ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { AnswerBound, AuthQuestion, ConnectTarget, HostKeyQuestion, RunResult } from '../../core/ports.ts';
import type { FileOperation, OptionsOf, ProgressOf, ResultOf, TakenBy } from '../../core/remoteFiles.ts';

/** How long to wait for what, in milliseconds. */
export interface Timings {
  /** For TCP, three times as long for the server's first line, and again for the key exchange; the same for each server on the way. */
  readonly connectMs: number;
  /** For each answer of the server during the login: long enough for a push on a phone. Waiting for the person is not counted. */
  readonly loginMs: number;
  /** For a channel to open, and for a single file operation. */
  readonly requestMs: number;
  /** How long a channel that the server refuses is asked for again: it may need a while to take back one that was just closed. */
  readonly refusalMs: number;
  readonly keepaliveMs: number;
  /** Keepalives without an answer until the connection counts as lost. */
  readonly keepaliveMisses: number;
  /** A server that says nothing for this long although it was asked is told of as not answering. */
  readonly silentMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  connectMs: 20_000,
  loginMs: 180_000,
  requestMs: 60_000,
  refusalMs: 6000,
  keepaliveMs: 30_000,
  keepaliveMisses: 3,
  silentMs: 6000,
};

/** Where to and how to get in. */
export interface ConnectParams {
  readonly target: ConnectTarget;
  readonly knownHostsFiles: readonly string[];
  /** Where a confirmed host key is written; `null`: nowhere. */
  readonly newKeysFile: string | null;
  readonly timings: Timings;
}

/** One call for each operation of the file port. */
export type FileCalls = {
  [K in FileOperation as `files.${K}`]: {
    params: { takes: TakenBy<K>; options: OptionsOf<K> };
    result: ResultOf<K>;
    progress: ProgressOf<K>;
  };
};

/** What the connection's worker does for the main thread. */
export interface WorkerCalls extends FileCalls {
  connect: { params: ConnectParams; result: { roundTripMs: number } };
  run: {
    params: { script: string; timeoutMs: number; answer: AnswerBound | null };
    result: RunResult & { roundTripMs: number };
  };
  /** Milliseconds that the sign of life took. */
  probe: { params: { timeoutMs: number }; result: number };
  close: { params: undefined; result: undefined };
}

/** What the worker asks of the main thread, and tells it. */
export interface HostCalls {
  confirmHostKey: { params: HostKeyQuestion; result: boolean };
  answer: { params: AuthQuestion; result: readonly string[] | null };
  step: { params: Message; result: undefined };
  trace: { params: ConnectionTrace; result: undefined };
  health: { params: { answering: boolean; silentMs: number }; result: undefined };
  /** Told before the first file operation is answered, if it is the shell. */
  fileTransport: { params: 'sftp' | 'shell'; result: undefined };
  lost: { params: WireError; result: undefined };
}
