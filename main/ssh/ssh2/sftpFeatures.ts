import type { SFTPWrapper } from 'ssh2';
import type { Featured } from './internals.ts';

/** Requests beyond SFTP 3 that are used where a server says that it has them. Source: OpenSSH's PROTOCOL, 4; draft-ietf-secsh-filexfer-extensions. */
const VERSIONS = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'hardlink@openssh.com': '1',
  'fsync@openssh.com': '1',
  'copy-data': '1',
} as const;

export type SftpExtension = keyof typeof VERSIONS;

/** The server has said that it knows this request, in the version that ssh2 speaks. */
export function announces(sftp: SFTPWrapper, extension: SftpExtension): boolean {
  return (sftp as Featured)._extensions[extension] === VERSIONS[extension];
}

/** Bytes that one READ and WRITE may carry: 32 KiB by the standard, about 256 KiB where the server says so (`limits@openssh.com`). */
export function requestBytes(sftp: SFTPWrapper): number {
  const { _maxWriteLen, _maxReadLen } = sftp as Featured;
  return Math.min(_maxWriteLen, _maxReadLen);
}

/** Its SYMLINK takes the two paths in OpenSSH's order, which ssh2 knows of these servers only; of others it cannot be told. */
export function linksAsOpenSsh(sftp: SFTPWrapper): boolean {
  return (sftp as Featured)._isOpenSSH === true;
}
