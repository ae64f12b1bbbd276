import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { expandHome } from './privateKey.ts';
import { ReasonError } from '../../../shared/errors/reasonMessage.ts';
import { message } from '../../../shared/messages/message.ts';
import { WireReader, wireString } from './wireReader.ts';

/** A key that an agent holds, or a certificate. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

/** Message numbers. Source: draft-miller-ssh-agent, 5.1. */
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** An agent that is there answers at once what it holds; a signature may wait for a finger on a token. Milliseconds. */
const LIST_MS = 5000;
const SIGN_MS = 180_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

const WINDOWS_PIPE = String.raw`\\.\pipe\openssh-ssh-agent`;

/** Where an agent may be, the likeliest first: as the profile says, else `SSH_AUTH_SOCK`, else what Windows has. */
export function agentAddresses(
  named: string | null,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string[] {
  if (named !== null) return [expandHome(named)];
  const socket = env['SSH_AUTH_SOCK'] ?? '';
  if (socket !== '') return [socket];
  return platform === 'win32'
    ? [WINDOWS_PIPE, 'pageant'].filter((address) => address === 'pageant' || existsSync(address))
    : [];
}

/**
 * An SSH agent: a Unix socket, a pipe of Windows, a socket of Cygwin, or Pageant (`pageant`). ssh2 opens the line; what is said on it is
 * said here, since ssh2 passes over the certificates and security keys that an agent holds.
 */
export class AgentClient {
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /** What the agent holds. Rejects with a ReasonError when it does not answer. */
  async identities(): Promise<AgentKey[]> {
    const reader = new WireReader(await this.#ask(REQUEST_IDENTITIES, Buffer.alloc(0), IDENTITIES_ANSWER, LIST_MS));
    const count = reader.uint32() ?? 0;
    const keys: AgentKey[] = [];
    while (keys.length < count) {
      const [blob, comment] = [reader.string(), reader.text()];
      if (blob === null || comment === null) throw new ReasonError(message('login.agentDamaged'));
      keys.push({ blob, comment });
    }
    return keys;
  }

  /** A signature in SSH's form. `flags`: 2 for rsa-sha2-256, 4 for rsa-sha2-512. Rejects when the agent or its owner declines. */
  async sign(blob: Buffer, data: Buffer, flags: number): Promise<Buffer> {
    const flagBytes = Buffer.alloc(4);
    flagBytes.writeUInt32BE(flags);
    const signature = new WireReader(
      await this.#ask(
        SIGN_REQUEST,
        Buffer.concat([wireString(blob), wireString(data), flagBytes]),
        SIGN_RESPONSE,
        SIGN_MS,
      ),
    ).string();
    if (signature === null) throw new ReasonError(message('login.agentDamaged'));
    return signature;
  }

  /** One question on a line of its own; the rest of the answer after its number. */
  async #ask(request: number, body: Buffer, wanted: number, ms: number): Promise<Buffer> {
    const stream = await this.#open();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        let received = Buffer.alloc(0);
        timer = setTimeout(() => {
          reject(new ReasonError(message('login.agentSilent')));
        }, ms);
        stream.on('error', reject);
        stream.on('close', () => {
          reject(new ReasonError(message('login.agentClosed')));
        });
        stream.on('data', (chunk: Buffer) => {
          received = Buffer.concat([received, chunk]);
          const length = received.length < 4 ? null : received.readUInt32BE(0);
          if (length === null) return;
          if (length === 0 || length > MAX_ANSWER_BYTES) reject(new ReasonError(message('login.notAnAgent')));
          else if (received.length >= 4 + length) {
            if (received[4] === wanted) resolve(received.subarray(5, 4 + length));
            else reject(new ReasonError(message('login.agentDeclined')));
          }
        });
        stream.write(wireString(Buffer.concat([Buffer.from([request]), body])));
      });
    } finally {
      clearTimeout(timer);
      stream.on('error', () => undefined);
      stream.destroy();
    }
  }

  async #open(): Promise<Duplex> {
    const agent = ssh2.createAgent(this.address);
    return new Promise((resolve, reject) => {
      const opened = (error: Error | null | undefined, stream: Duplex | undefined): void => {
        if (stream === undefined || error) reject(new ReasonError(message('login.noAgentThere')));
        else resolve(stream);
      };
      if (agent.getStream) agent.getStream(opened);
      else reject(new ReasonError(message('login.noAgentThere')));
    });
  }
}
