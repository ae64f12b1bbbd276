import type net from 'node:net';
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import type { ConnectionTrace } from '../../shared/domain/cluster.ts';
import { AppError, reasonOf } from '../../shared/errors/appError.ts';
import type { AuthQuestion, ConnectTarget, HostKeyQuestion } from '../core/ports.ts';
import { dial } from './dial.ts';
import { connectFailed, networkReason, printable, remoteGarbage, remoteTimeout } from './errors.ts';
import { hostKeyAlgorithms, hostKeyChanged, judgeHostKey } from './hostKeys.ts';
import { fingerprintOf, keyTypeOf, readKnownHosts, rememberHostKey, type KnownHostLine } from './knownHosts.ts';
import { Login } from './login.ts';
import type { ConnectParams, Timings } from './protocol.ts';

/** Bytes that a server may say before it identifies itself. */
const MAX_PREAMBLE_BYTES = 64 * 1024;

/** Key exchange, ciphers and MACs without SHA-1. Compression costs more time than it saves on a network of today. */
const ALGORITHMS = {
  kex: { remove: [/sha1$/] },
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: { remove: [/sha1/] },
  compress: ['none'],
} as unknown as NonNullable<ConnectConfig['algorithms']>;

/** Who answers the questions of an attempt. */
export interface Asker {
  confirmHostKey(question: HostKeyQuestion): Promise<boolean>;
  answer(question: AuthQuestion): Promise<readonly string[] | null>;
  step(text: string): void;
  trace(event: ConnectionTrace): void;
}

/**
 * Connects, checks the host key and logs in. On any failure the socket is closed.
 * Errors: CONNECT_FAILED, REMOTE_GARBAGE, REMOTE_TIMEOUT, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, AUTH_FAILED, KEY_UNREADABLE, the signal's
 * reason (CANCELLED; also when the person gives up).
 */
export async function handshake(params: ConnectParams, asker: Asker, signal: AbortSignal): Promise<Client> {
  const { profile } = params.target;
  const lines = await readKnownHosts(params.knownHostsFiles);
  const socket = await dial(profile.host, profile.port, params.timings.connectMs, signal, (text) => {
    asker.step(text);
  });
  return new Handshake(params, lines, socket, asker, signal).done;
}

type Phase = 'identification' | 'key exchange' | 'login';

class Handshake {
  readonly done: Promise<Client>;
  readonly #target: ConnectTarget;
  readonly #knownHostsFile: string | undefined;
  readonly #timings: Timings;
  readonly #lines: readonly KnownHostLine[];
  readonly #socket: net.Socket;
  readonly #asker: Asker;
  readonly #client: Client = new ssh2.Client();
  readonly #login: Login;
  #phase: Phase = 'identification';
  #timer: NodeJS.Timeout | undefined;
  #acceptedKey: Buffer | null = null;
  #keyToRemember: Buffer | null = null;
  /** What the server said before it identified itself. */
  #preamble = '';
  #fail: (error: unknown) => void = () => undefined;

  constructor(params: ConnectParams, lines: readonly KnownHostLine[], socket: net.Socket, asker: Asker, signal: AbortSignal) {
    this.#target = params.target;
    this.#knownHostsFile = params.knownHostsFiles[0];
    this.#timings = params.timings;
    this.#lines = lines;
    this.#socket = socket;
    this.#asker = asker;
    this.#login = new Login({
      profile: this.#target.profile,
      ask: (question) => this.#withoutClock(() => asker.answer(question)),
      fail: (error) => {
        this.#fail(error);
      },
    });
    this.done = new Promise<Client>((resolve, reject) => {
      const onAbort = (): void => {
        this.#fail(signal.reason);
      };
      const settle = (): void => {
        clearTimeout(this.#timer);
        signal.removeEventListener('abort', onAbort);
        this.#fail = () => undefined;
      };
      this.#fail = (error) => {
        settle();
        this.#client.end();
        this.#socket.destroySoon();
        reject(error instanceof Error ? error : new Error(reasonOf(error)));
      };
      this.#client.once('ready', () => {
        settle();
        resolve(this.#client);
      });
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      else this.#start();
    });
  }

  #start(): void {
    const { profile } = this.#target;
    this.#client.on('error', (error: Error & { level?: string }) => {
      // an agent that is absent or declines is passed over: ssh2 goes on with the next method by itself
      if (error.level !== 'agent') this.#fail(this.#explain(error));
    });
    this.#client.on('close', () => {
      this.#fail(connectFailed(profile.host, `the other side closed the connection during the ${this.#phase}`));
    });
    this.#client.on('handshake', () => {
      this.#onKeysExchanged();
    });
    this.#client.on('change password', () => {
      this.#fail(this.#login.refusal('the password has expired; log in with ssh once and change it'));
    });
    this.#asker.step('checking the host key');
    this.#startClock();
    this.#client.connect({
      sock: this.#socket,
      username: profile.user,
      readyTimeout: 0,
      keepaliveInterval: this.#timings.keepaliveMs,
      keepaliveCountMax: this.#timings.keepaliveMisses,
      algorithms: { ...ALGORITHMS, serverHostKey: hostKeyAlgorithms(this.#lines, profile.host, profile.port) as ServerHostKeyAlgorithm[] },
      hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
        // A later key exchange must bring the key that was accepted. This is answered at once: ssh2 corrupts what is sent between
        // the server's NEWKEYS and a late answer.
        if (this.#acceptedKey) {
          verify(this.#acceptedKey.equals(key));
          return;
        }
        this.#judge(key).then(
          () => {
            this.#acceptedKey = key;
            verify(true);
          },
          (error: unknown) => {
            this.#fail(error);
          },
        );
      },
      authHandler: this.#login.handler,
    });
    this.#client.setNoDelay(true);
    this.#watchIdentification();
  }

  /** A server's first line may be preceded by others, but not without end. */
  #watchIdentification(): void {
    const onData = (chunk: Buffer): void => {
      this.#preamble += chunk.toString('latin1');
      if (/^SSH-[^\n]*\n/m.test(this.#preamble)) {
        this.#socket.off('data', onData);
        this.#phase = 'key exchange';
        this.#startClock();
      } else if (this.#preamble.length > MAX_PREAMBLE_BYTES) {
        this.#fail(this.#notSsh());
      }
    };
    this.#socket.on('data', onData);
  }

  #notSsh(): AppError {
    return remoteGarbage(this.#target.profile.host, 'it does not speak SSH', { said: printable(this.#preamble.slice(0, 400)) });
  }

  /** Resolves when the key may be accepted. */
  async #judge(key: Buffer): Promise<void> {
    const { profile, pinnedHostKey } = this.#target;
    const { host, port } = profile;
    const fingerprint = fingerprintOf(key);
    if (pinnedHostKey !== null) {
      if (fingerprint !== pinnedHostKey) throw hostKeyChanged(host, port, fingerprint, { file: null, line: null, fingerprints: [pinnedHostKey] });
    } else {
      const verdict = judgeHostKey(this.#lines, host, port, key);
      switch (verdict.kind) {
        case 'known':
          break;
        case 'unknown': {
          const question = { host, port, algorithm: keyTypeOf(key), fingerprint, authorityKnown: false };
          if (!(await this.#withoutClock(() => this.#asker.confirmHostKey(question)))) {
            throw new AppError('HOST_KEY_UNKNOWN', { details: { ...question } });
          }
          this.#keyToRemember = key;
          break;
        }
        case 'changed':
          throw hostKeyChanged(host, port, fingerprint, { file: verdict.line.file, line: verdict.line.line, fingerprints: verdict.knownFingerprints });
        case 'revoked':
          throw new AppError('HOST_KEY_REVOKED', { details: { host, port, file: verdict.line.file, line: verdict.line.line, offeredFingerprint: fingerprint } });
      }
    }
  }

  /** The server has proved by now that the key is its own: only such a key is written down. */
  #onKeysExchanged(): void {
    if (this.#phase === 'login') return;
    this.#phase = 'login';
    this.#asker.step('logging in');
    this.#startClock();
    const { host, port } = this.#target.profile;
    if (this.#keyToRemember && this.#knownHostsFile !== undefined) {
      rememberHostKey(this.#knownHostsFile, host, port, this.#keyToRemember).catch((error: unknown) => {
        // as with ssh: the person has confirmed the key, and is asked again next time
        this.#asker.step(`the host key could not be saved: ${reasonOf(error)}`);
      });
    }
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const { host } = this.#target.profile;
    const ms = this.#phase === 'login' ? this.#timings.loginMs : this.#timings.connectMs;
    this.#timer = setTimeout(() => {
      const silent = `it accepted the connection but did not answer as an SSH server within ${String(Math.round(ms / 1000))} s`;
      this.#fail(this.#phase === 'login' ? remoteTimeout(host, ms) : connectFailed(host, silent));
    }, ms);
  }

  /** A person takes the time that a person takes; the server ends the login when it is too long. */
  async #withoutClock<T>(ask: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    const answer = await ask();
    this.#startClock();
    return answer;
  }

  #explain(error: Error & { level?: string; code?: unknown }): AppError {
    const { host } = this.#target.profile;
    const words = printable(error.message);
    if (error.level === 'client-socket') return connectFailed(host, networkReason(error), error);
    if (this.#phase === 'login') {
      // a number is the reason code of a DISCONNECT message: "Too many authentication failures"
      if (error.level === 'client-authentication' || typeof error.code === 'number') return this.#login.refusal(words);
      return connectFailed(host, words, error);
    }
    if (error.message === 'Connection lost before handshake') {
      return this.#preamble === '' ? connectFailed(host, 'the other side closed the connection at once', error) : this.#notSsh();
    }
    if (error.level === 'handshake' || typeof error.code === 'number') return connectFailed(host, words, error);
    return remoteGarbage(host, `it does not speak SSH as expected (${words})`);
  }
}
