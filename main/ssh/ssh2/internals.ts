import type { Duplex } from 'node:stream';
import type { Client, ParsedKey, SFTPWrapper } from 'ssh2';

/** What ssh2 has and its types leave out, as far as it is used here. */

/** The class behind SFTPWrapper, in ssh2/lib/protocol/SFTP.js. */
export declare class SFTP {
  readonly outgoing: { readonly state: string };
  push(data: Buffer | null): void;
  destroy(): void;
  emit(event: 'error', error: Error): boolean;
}

/** What an SFTP channel has learned of its server: bytes of one request, extensions with their versions. */
export interface Featured extends SFTPWrapper {
  readonly _maxWriteLen: number;
  readonly _maxReadLen: number;
  readonly _extensions: Readonly<Partial<Record<string, string>>>;
  readonly _isOpenSSH: unknown;
}

/** A client whose line can be watched and asked for a sign of life, in ssh2/lib/client.js. */
export interface Askable extends Client {
  /** TCP, or a channel through a jump host. */
  readonly _sock: Duplex;
  readonly _protocol: { ping(): void };
  /** Who waits for the answers to global requests, in the order of asking; called with what went wrong: `true` is the server's “no”. */
  readonly _callbacks: ((failed?: Error | boolean) => void)[];
}

/** A client with its channels by number, in ssh2/lib/utils.js: a function where one is being opened, the channel once it is. */
export interface WithChannels extends Client {
  readonly _chanMgr: { readonly _channels: Readonly<Record<string, unknown>> };
}

/** A client that has been told to connect. */
export interface ConnectedClient {
  readonly _protocol: Protocol;
}

/** ssh2/lib/protocol/Protocol.js. */
export interface Protocol {
  authPK(
    username: string,
    key: ParsedKey,
    algorithm?: string,
    signer?: (data: Buffer, done: (signature: Buffer) => void) => void,
  ): void;
  readonly _authsQueue: string[];
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(payloadLength: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  readonly _handlers: {
    USERAUTH_INFO_REQUEST: (
      protocol: Protocol,
      name: string,
      instructions: string,
      prompts: readonly unknown[] | undefined,
    ) => void;
  };
  /** The key exchange that is under way. */
  readonly _kex: KeyExchange;
}

/** ssh2/lib/protocol/utils.js. */
export interface ProtocolTools {
  sendPacket(protocol: Protocol, packet: Buffer): void;
}

/** ssh2/lib/protocol/kex.js. */
export interface KeyExchange {
  readonly negotiated: { serverHostKey: string };
}

/** ssh2/lib/protocol/constants.js. */
export interface ProtocolConstants {
  readonly SUPPORTED_SERVER_HOST_KEY: string[];
}
