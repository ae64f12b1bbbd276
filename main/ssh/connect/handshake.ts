import net from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import type { ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message, type Message, quoted } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import type { AuthQuestion, HostKeyQuestion } from '../../core/ports.ts';
import {
  brokeOff,
  connectFailed,
  networkReason,
  remoteGarbage,
  remoteTimeout,
  secondsOf,
  turnedAway,
} from '../errors.ts';
import type { Hop } from './hop.ts';
import { knowHostCertificates, proveByCertifiedKey } from '../ssh2/hostCertificate.ts';
import { bareHostKey, hostKeyAlgorithms, hostKeyChanged, judgeHostKey } from '../hostkeys/hostKeys.ts';
import type { KeyRing } from '../keys/identities.ts';
import { fingerprintOf, keyTypeOf, rememberHostKey, type KnownHostLine } from '../hostkeys/knownHosts.ts';
import { Login } from './login.ts';
import { acceptOfferedKeys, NotSigned } from '../ssh2/offeredKey.ts';
import type { Timings } from '../worker/protocol.ts';
import { onInstructions } from '../ssh2/instructions.ts';

knowHostCertificates();

/** Bytes that a server may say before it identifies itself. */
const MAX_PREAMBLE_BYTES = 64 * 1024;

/** A server that looks up where the call comes from may take long to say its first line; ssh waits for it without end. */
const FIRST_LINE_PATIENCE = 3;

/** Key exchange, ciphers and MACs without SHA-1. Compression costs more time than it saves on a network of today. */
const ALGORITHMS = {
  kex: { remove: [/sha1$/] },
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: { remove: [/sha1/] },
  compress: ['none'],
} as unknown as NonNullable<ConnectConfig['algorithms']>;

/** Who answers the questions of an attempt. */
export interface Prompter {
  confirmHostKey(question: HostKeyQuestion): Promise<boolean>;
  answer(question: AuthQuestion): Promise<readonly string[] | null>;
  step(doing: Message): void;
  trace(event: ConnectionTrace): void;
}

/** What the servers of one way have in common. */
export interface ConnectContext {
  readonly knownHosts: readonly KnownHostLine[];
  /** Where a confirmed key is written, and whether without the host's name; `null`: nowhere. */
  readonly remember: { readonly file: string; readonly hash: boolean } | null;
  readonly keys: KeyRing;
  readonly timings: Timings;
  readonly asker: Prompter;
  readonly signal: AbortSignal;
}

/**
 * Checks the host key of a server at the other end of `stream`, and logs in. On any failure the stream is closed.
 * Errors: CONNECT_FAILED, REMOTE_GARBAGE, REMOTE_TIMEOUT, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, AUTH_FAILED, KEY_UNREADABLE, the signal's
 * reason (CANCELLED; also when the person gives up).
 */
export async function handshake(hop: Hop, stream: Duplex, context: ConnectContext): Promise<Client> {
  return new Handshake(hop, stream, context).done;
}

/** How far a handshake is, with what is said when the other side closes the connection there. */
const CLOSED_DURING = {
  identification: message('connection.closedDuring.identification'),
  'key exchange': message('connection.closedDuring.keyExchange'),
  login: message('connection.closedDuring.login'),
};
type Phase = keyof typeof CLOSED_DURING;

class Handshake {
  readonly done: Promise<Client>;
  readonly #hop: Hop;
  readonly #context: ConnectContext;
  readonly #stream: Duplex;
  readonly #client: Client = new ssh2.Client();
  readonly #login: Login;
  #phase: Phase = 'identification';
  #timer: NodeJS.Timeout | undefined;
  #acceptedKey: Buffer | null = null;
  #keyToRemember: Buffer | null = null;
  #remembering: Promise<void> = Promise.resolve();
  /** What the server said before it identified itself. */
  #preamble = '';
  #fail: (error: unknown) => void = () => undefined;

  constructor(hop: Hop, stream: Duplex, context: ConnectContext) {
    this.#hop = hop;
    this.#context = context;
    this.#stream = stream;
    const { asker, signal, keys } = context;
    this.#login = new Login({
      hop,
      keys,
      ask: (question) => this.#withoutClock(() => asker.answer(question)),
      trace: (event) => {
        asker.trace(event);
      },
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
        // what is said last should still go out
        if (this.#stream instanceof net.Socket) this.#stream.destroySoon();
        else this.#stream.destroy();
        reject(error instanceof Error ? error : new Error(reasonOf(error)));
      };
      this.#client.once('ready', () => {
        settle();
        this.#login.accepted();
        void this.#remembering.then(() => {
          resolve(this.#client);
        });
      });
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      else this.#start();
    });
  }

  #start(): void {
    const { host, user, name } = this.#hop;
    const { asker, timings, knownHosts } = this.#context;
    this.#client.on('error', (error: Error & { level?: string }) => {
      // a key that signs nothing is passed over: ssh2 goes on with the next method by itself
      if (!(error instanceof NotSigned)) this.#fail(this.#explain(error));
    });
    this.#client.on('close', () => {
      this.#fail(connectFailed(host, CLOSED_DURING[this.#phase]));
    });
    this.#client.on('handshake', () => {
      this.#onKeysExchanged();
    });
    this.#client.on('change password', () => {
      this.#fail(this.#login.refusal(message('connection.passwordExpired')));
    });
    asker.step(message('connection.step.hostKey'));
    this.#startClock();
    this.#client.connect({
      sock: this.#stream,
      username: user,
      readyTimeout: 0,
      keepaliveInterval: timings.keepaliveMs,
      keepaliveCountMax: timings.keepaliveMisses,
      algorithms: { ...ALGORITHMS, serverHostKey: hostKeyAlgorithms(knownHosts, name) as ServerHostKeyAlgorithm[] },
      hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
        proveByCertifiedKey(this.#client, key);
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
    acceptOfferedKeys(this.#client);
    onInstructions(this.#client, (text) => {
      asker.step(quoted(plain(text)));
    });
    this.#client.setNoDelay(true);
    this.#watchIdentification();
  }

  /** A server's first line may be preceded by others, but not without end. */
  #watchIdentification(): void {
    const onData = (chunk: Buffer): void => {
      this.#preamble += chunk.toString('latin1');
      if (/^SSH-[^\n]*\n/m.test(this.#preamble)) {
        this.#stream.off('data', onData);
        this.#phase = 'key exchange';
        this.#startClock();
      } else if (this.#preamble.length > MAX_PREAMBLE_BYTES) {
        this.#fail(this.#notSsh());
      }
    };
    this.#stream.on('data', onData);
  }

  #notSsh(): AppError {
    return remoteGarbage(this.#hop.host, message('connection.notSsh'), { said: plain(this.#preamble.slice(0, 400)) });
  }

  /** Resolves when the key may be accepted. */
  async #judge(offered: Buffer): Promise<void> {
    const { host, port, name, label, pinnedHostKey } = this.#hop;
    const { knownHosts, asker } = this.#context;
    const key = bareHostKey(offered);
    const fingerprint = fingerprintOf(key);
    const algorithm = keyTypeOf(offered);
    const accept = (verdict: 'known' | 'certified' | 'confirmed' | 'pinned'): void => {
      asker.trace({ kind: 'hostKey', hop: label, algorithm, fingerprint, verdict });
    };
    if (pinnedHostKey !== null) {
      if (fingerprint !== pinnedHostKey)
        throw hostKeyChanged(host, port, fingerprint, { file: null, line: null, fingerprints: [pinnedHostKey] });
      accept('pinned');
      return;
    }
    const verdict = judgeHostKey(knownHosts, name, offered, Date.now());
    switch (verdict.kind) {
      case 'known':
      case 'certified':
        accept(verdict.kind);
        return;
      case 'unknown': {
        const question = { host, port, algorithm: keyTypeOf(key), fingerprint, authorityKnown: verdict.authorityKnown };
        if (!(await this.#withoutClock(() => asker.confirmHostKey(question))))
          throw new AppError('HOST_KEY_UNKNOWN', { details: { ...question } });
        this.#keyToRemember = key;
        accept('confirmed');
        return;
      }
      case 'changed':
        throw hostKeyChanged(host, port, fingerprint, {
          file: verdict.line.file,
          line: verdict.line.line,
          fingerprints: verdict.knownFingerprints,
        });
      case 'revoked':
        throw new AppError('HOST_KEY_REVOKED', {
          details: { host, port, file: verdict.line.file, line: verdict.line.line, offeredFingerprint: fingerprint },
        });
    }
  }

  /** The server has proved by now that the key is its own: only such a key is written down. */
  #onKeysExchanged(): void {
    if (this.#phase === 'login') return;
    this.#phase = 'login';
    const { asker, remember } = this.#context;
    asker.step(message('connection.step.login'));
    this.#startClock();
    if (this.#keyToRemember && remember !== null) {
      this.#remembering = rememberHostKey(remember.file, this.#hop.name, this.#keyToRemember, remember.hash).catch(
        (error: unknown) => {
          // as with ssh: the person has confirmed the key, and is asked again next time
          asker.step(message('connection.step.keyNotSaved', { reason: reasonMessage(error) }));
        },
      );
    }
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const { host } = this.#hop;
    const { connectMs, loginMs } = this.#context.timings;
    const ms =
      this.#phase === 'login'
        ? loginMs
        : this.#phase === 'identification'
          ? connectMs * FIRST_LINE_PATIENCE
          : connectMs;
    this.#timer = setTimeout(() => {
      const silent = message('connection.silent', { seconds: secondsOf(ms) });
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
    const { host } = this.#hop;
    const words = plain(error.message);
    // sshd that sends someone away leaves what they said unread, and then TCP may reset the connection before its own words are read
    const reset = this.#phase === 'identification' && error.level === 'client-socket' && brokeOff(error);
    if (error.level === 'client-socket' && !reset) return connectFailed(host, networkReason(error), error);
    if (this.#phase === 'login') {
      // a number is the reason code of a DISCONNECT message: "Too many authentication failures"
      if (error.level === 'client-authentication' || typeof error.code === 'number')
        return this.#login.refusal(quoted(words));
      return connectFailed(host, reasonMessage(error), error);
    }
    if (reset || error.message === 'Connection lost before handshake') {
      return turnedAway(host, this.#preamble, error) ?? this.#notSsh();
    }
    if (error.level === 'handshake' || typeof error.code === 'number')
      return connectFailed(host, reasonMessage(error), error);
    return remoteGarbage(host, message('connection.oddSsh', { words }));
  }
}
