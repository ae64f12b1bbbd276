import type { SFTPWrapper } from 'ssh2';

/** What ssh2 has and its types leave out, as far as it is used here. */

/** The class behind SFTPWrapper, in ssh2/lib/protocol/SFTP.js. */
export declare class SFTP {
  readonly outgoing: { readonly state: string };
  push(data: Buffer | null): void;
  destroy(): void;
  emit(event: 'error', error: Error): boolean;
}

/** Bytes that one WRITE or READ request of this channel may carry. */
export interface Limited extends SFTPWrapper {
  readonly _maxWriteLen: number;
  readonly _maxReadLen: number;
}
