import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { AppError } from '../../shared/errors/appError.ts';
import { connectionLost, printable, remoteGarbage, remoteTimeout } from './errors.ts';
import { frameOf, FrameReader } from './framing.ts';
import { within } from './limits.ts';

/** A script's answer may be so large per stream; anything that prints more is not an answer. */
const MAX_ANSWER_BYTES = 16 * 1024 ** 2;

/** What the login shell is asked to run: valid in sh, csh and fish alike. */
const COMMAND = 'exec /bin/sh -s';

export interface ShellAnswer {
  readonly exitCode: number;
  readonly stdout: string;
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
  #exchange: Exchange | null = null;

  private constructor(channel: ClientChannel, host: string, onClosed: (shell: ShellChannel) => void) {
    this.#channel = channel;
    this.#host = host;
    channel.on('data', (chunk: Buffer) => {
      this.#exchange?.stdout.push(chunk);
      this.#exchange?.advance();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#exchange?.stderr.push(chunk);
      this.#exchange?.advance();
    });
    channel.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      channel.on('close', () => {
        this.#alive = false;
        resolve();
        this.#exchange?.closed();
        onClosed(this);
      });
    });
  }

  /**
   * Opens the channel and proves the shell with an empty script, so that nothing is ever sent to a shell that does not read.
   * Rejects with ssh2's refusal as it is; otherwise REMOTE_TIMEOUT, REMOTE_GARBAGE or the signal's reason.
   */
  static async open(client: Client, host: string, ms: number, signal: AbortSignal, onClosed: (shell: ShellChannel) => void): Promise<ShellChannel> {
    const channel = await within({ signals: [signal], timeout: { ms, expired: () => remoteTimeout(host, ms) } }, async (ended) => execChannel(client, host, ended));
    const shell = new ShellChannel(channel, host, onClosed);
    try {
      await shell.run('', signal, ms);
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
   * Runs a script. When it is given up (time-out, abort, flood), this shell must be closed: the server is not told to stop, and the
   * script may go on there.
   */
  async run(script: string, signal: AbortSignal, timeoutMs: number): Promise<ShellAnswer> {
    const nonce = randomBytes(16).toString('hex');
    const stdout = new FrameReader(nonce, MAX_ANSWER_BYTES);
    const stderr = new FrameReader(nonce, MAX_ANSWER_BYTES);
    const sentAt = performance.now();
    let roundTripMs: number | null = null;
    try {
      return await within({ signals: [signal], timeout: { ms: timeoutMs, expired: () => remoteTimeout(this.#host, timeoutMs) } }, () =>
        new Promise<ShellAnswer>((resolve, reject) => {
          this.#exchange = {
            stdout,
            stderr,
            advance: () => {
              if (stdout.flooded || stderr.flooded) {
                reject(remoteGarbage(this.#host, 'far more output than an answer can be', { stdout: snippet(stdout), stderr: snippet(stderr) }));
                return;
              }
              if (stdout.began) roundTripMs ??= performance.now() - sentAt;
              if (stdout.exitCode === null || stderr.exitCode === null) return;
              const elapsedMs = performance.now() - sentAt;
              resolve({ exitCode: stdout.exitCode, stdout: stdout.text(), stderr: stderr.text(), elapsedMs, roundTripMs: roundTripMs ?? elapsedMs });
            },
            closed: () => {
              reject(remoteGarbage(this.#host, stdout.began ? 'the shell ended in the middle of a script' : 'no shell answered', { stdout: snippet(stdout), stderr: snippet(stderr) }));
            },
          };
          if (this.#alive) this.#channel.write(frameOf(script, nonce));
          else this.#exchange.closed();
        }),
      );
    } finally {
      this.#exchange = null;
    }
  }

  /** Resolves once the server has closed its side too. */
  async close(): Promise<void> {
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
          reject(error.message === 'Unable to exec' ? remoteGarbage(host, 'it does not allow commands to be run') : error);
          return;
        }
        if (ended.aborted) channel.close();
        else resolve(channel);
      });
    } catch (error) {
      reject(error instanceof AppError ? error : connectionLost(host, 'not connected'));
    }
  });
}

/** The first words of what came instead of an answer, for the details of an error. */
function snippet(reader: FrameReader): string {
  return printable(reader.text().slice(0, 400));
}
