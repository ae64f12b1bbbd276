import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { AppError } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message } from '../../../shared/messages/message.ts';
import type { AnswerBound } from '../../core/ports.ts';
import { answerTooLarge, connectionLost, remoteGarbage, remoteTimeout } from '../errors.ts';
import { frameOf, FrameReader, inputFrameOf } from './framing.ts';
import { within } from '../limits.ts';

/** An answer may be so large per stream where the script has no bound of its own; anything that prints more is not an answer. */
const MAX_ANSWER_BYTES = 16 * 1024 ** 2;

/** What the login shell is asked to run: valid in sh, csh and fish alike. */
const COMMAND = 'exec /bin/sh -s';

/** While a new shell does not answer, it is asked again so often: a start-up file may read what was meant for it. */
const ASK_AGAIN_MS = 1000;
/** Empty lines for start-up files that read a line, a "press Enter" among them. */
const LINES_TO_SPARE = '\n'.repeat(8);

export interface ShellOrder {
  readonly script: string;
  /** What the script reads from standard input. It must take all of it or fail, and after a failure this shell is of no use. */
  readonly input?: Uint8Array | undefined;
  /** What it may print; null: as much as any script. */
  readonly bound?: AnswerBound | null;
  /** Hears what it has printed so far, each time that there is more. */
  readonly heard?: (printed: string) => void;
}

export interface ShellAnswer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Milliseconds from sending to the last byte. */
  readonly elapsedMs: number;
  /** Milliseconds from sending to the first sign of the shell, before the script itself has run. */
  readonly roundTripMs: number;
}

interface Exchange {
  readonly stdout: FrameReader;
  readonly stderr: FrameReader;
  /** Looks at the readers after each piece. */
  advance(): void;
  closed(): void;
}

/** A `/bin/sh` that stays open on one exec channel without a terminal. One script at a time. */
export class ShellChannel {
  readonly #channel: ClientChannel;
  readonly #host: string;
  readonly #closed: Promise<void>;
  #alive = true;
  /** A script was given up and may still run. */
  #abandoned = false;
  #current: Exchange | null = null;

  private constructor(channel: ClientChannel, host: string, onClosed: (shell: ShellChannel) => void) {
    this.#channel = channel;
    this.#host = host;
    channel.on('data', (chunk: Buffer) => {
      this.#current?.stdout.push(chunk);
      this.#current?.advance();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#current?.stderr.push(chunk);
      this.#current?.advance();
    });
    channel.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      channel.on('close', () => {
        this.#alive = false;
        resolve();
        this.#current?.closed();
        onClosed(this);
      });
    });
  }

  /**
   * Opens the channel and proves the shell with an empty script, so that nothing is ever sent to a shell that does not read.
   * Rejects with ssh2's refusal as it is; otherwise REMOTE_TIMEOUT, REMOTE_GARBAGE or the signal's reason.
   */
  static async open(
    client: Client,
    host: string,
    ms: number,
    signal: AbortSignal,
    onClosed: (shell: ShellChannel) => void,
  ): Promise<ShellChannel> {
    const channel = await within(
      { signals: [signal], timeout: { ms, expired: () => remoteTimeout(host, ms) } },
      async (ended) => execChannel(client, host, ended),
    );
    const shell = new ShellChannel(channel, host, onClosed);
    try {
      await shell.#prove(signal, ms);
    } catch (error) {
      void shell.close();
      throw error;
    }
    return shell;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Runs a script. When it is given up (time-out, abort, flood), this shell must be closed; the script is asked to end then, and may
   * still go on.
   */
  async run(
    { script, input, bound = null, heard }: ShellOrder,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<ShellAnswer> {
    const nonce = randomBytes(16).toString('hex');
    return this.#exchange(
      nonce,
      input ? inputFrameOf(script, nonce) : frameOf(script, nonce),
      input,
      signal,
      timeoutMs,
      bound,
      heard,
    );
  }

  /** An empty script, sent again and again until it is answered; answers to the others are noise to what comes later. */
  async #prove(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const nonce = randomBytes(16).toString('hex');
    const frame = LINES_TO_SPARE + frameOf('', nonce);
    const again = setInterval(() => {
      if (this.#alive) this.#channel.write(frame);
    }, ASK_AGAIN_MS);
    try {
      await this.#exchange(nonce, frame, undefined, signal, timeoutMs, null);
    } finally {
      clearInterval(again);
    }
  }

  async #exchange(
    nonce: string,
    frame: string,
    input: Uint8Array | undefined,
    signal: AbortSignal,
    timeoutMs: number,
    bound: AnswerBound | null,
    heard?: (printed: string) => void,
  ): Promise<ShellAnswer> {
    const maxBytes = bound?.maxBytes ?? MAX_ANSWER_BYTES;
    const stdout = new FrameReader(nonce, maxBytes);
    const stderr = new FrameReader(nonce, maxBytes);
    const sentAt = performance.now();
    let roundTripMs: number | null = null;
    try {
      this.#abandoned = true;
      const answer = await within(
        { signals: [signal], timeout: { ms: timeoutMs, expired: () => remoteTimeout(this.#host, timeoutMs) } },
        () =>
          new Promise<ShellAnswer>((resolve, reject) => {
            this.#current = {
              stdout,
              stderr,
              advance: () => {
                if (stdout.flooded || stderr.flooded) {
                  reject(
                    bound !== null
                      ? answerTooLarge(this.#host, bound)
                      : remoteGarbage(this.#host, message('connection.tooMuchOutput'), {
                          stdout: snippet(stdout),
                          stderr: snippet(stderr),
                        }),
                  );
                  return;
                }
                if (stdout.began && roundTripMs === null) {
                  roundTripMs = performance.now() - sentAt;
                  if (input) this.#channel.write(input);
                }
                if (stdout.began && heard && stdout.exitCode === null) heard(stdout.text());
                if (stdout.exitCode === null || stderr.exitCode === null) return;
                const elapsedMs = performance.now() - sentAt;
                resolve({
                  exitCode: stdout.exitCode,
                  stdout: stdout.bytes(),
                  stderr: stderr.text(),
                  elapsedMs,
                  roundTripMs: roundTripMs ?? elapsedMs,
                });
              },
              closed: () => {
                reject(
                  remoteGarbage(this.#host, message(stdout.began ? 'connection.shellEnded' : 'connection.noShell'), {
                    stdout: snippet(stdout),
                    stderr: snippet(stderr),
                  }),
                );
              },
            };
            if (this.#alive) this.#channel.write(frame);
            else this.#current.closed();
          }),
      );
      this.#abandoned = false;
      return answer;
    } finally {
      this.#current = null;
    }
  }

  /** Resolves once the server has closed its side too. */
  async close(): Promise<void> {
    // sshd counts a session until its last program has ended (and passes on signals from OpenSSH 7.9 on)
    if (this.#abandoned && this.#alive) this.#channel.signal('TERM');
    this.#channel.close();
    await this.#closed;
  }
}

/** An exec channel; one that opens after `ended` is closed at once. */
function execChannel(client: Client, host: string, ended: AbortSignal): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      client.exec(COMMAND, (error, channel) => {
        if (error) {
          reject(error.message === 'Unable to exec' ? remoteGarbage(host, message('connection.noCommands')) : error);
          return;
        }
        if (ended.aborted) channel.close();
        else resolve(channel);
      });
    } catch (error) {
      reject(error instanceof AppError ? error : connectionLost(host, message('connection.notConnected')));
    }
  });
}

/** The first words of what came instead of an answer, for the details of an error. */
function snippet(reader: FrameReader): string {
  return plain(reader.text().slice(0, 400));
}
