/** The class behind ssh2's SFTPWrapper, for surviveGarbage.ts and sftpChannel.ts: its package has no other way in, and its types leave it out. */
declare module 'ssh2/lib/protocol/SFTP.js' {
  import type { SFTPWrapper } from 'ssh2';
  export class SFTP {
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
  const module: { SFTP: typeof SFTP };
  export default module;
}
