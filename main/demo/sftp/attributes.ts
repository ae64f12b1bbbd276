/** File attributes of SFTP version 3, to and from those of node:fs. */
import type { Stats } from 'node:fs';
import type { PacketReader, PacketWriter } from './packet.ts';

const SIZE = 1;
const OWNER = 2;
const PERMISSIONS = 4;
const TIMES = 8;
const EXTENDED = 0x8000_0000;

/** What a client asks to set; what it left out is undefined. Times in epoch seconds. */
export interface AttributeChanges {
  readonly size?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Permission bits. */
  readonly mode?: number;
  readonly times?: { readonly accessed: number; readonly modified: number };
}

export function readAttributes(packet: PacketReader): AttributeChanges {
  const flags = packet.uint32();
  const changes: AttributeChanges = {
    ...((flags & SIZE) === 0 ? {} : { size: packet.uint64() }),
    ...((flags & OWNER) === 0 ? {} : { owner: { uid: packet.uint32(), gid: packet.uint32() } }),
    ...((flags & PERMISSIONS) === 0 ? {} : { mode: packet.uint32() & 0o7777 }),
    ...((flags & TIMES) === 0 ? {} : { times: { accessed: packet.uint32(), modified: packet.uint32() } }),
  };
  if ((flags & EXTENDED) !== 0) {
    for (let left = packet.uint32(); left > 0; left -= 1) {
      packet.string();
      packet.string();
    }
  }
  return changes;
}

export function writeAttributes(packet: PacketWriter, stats: Stats): PacketWriter {
  return packet
    .uint32(SIZE | OWNER | PERMISSIONS | TIMES)
    .uint64(stats.size)
    .uint32(stats.uid)
    .uint32(stats.gid)
    .uint32(stats.mode)
    .uint32(Math.max(0, Math.floor(stats.atimeMs / 1000)))
    .uint32(Math.max(0, Math.floor(stats.mtimeMs / 1000)));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const kindOf = (stats: Stats): string =>
  stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : stats.isSocket() ? 's' : stats.isFIFO() ? 'p' : '-';

/** The line of `ls -l` that SFTP carries beside each name; clients show it to people. */
export function longName(name: Buffer, stats: Stats): Buffer {
  const bits = [...'rwxrwxrwx'.split('').entries()]
    .map(([index, letter]) => ((stats.mode >> (8 - index)) & 1 ? letter : '-'))
    .join('');
  const date = new Date(stats.mtimeMs);
  const day = `${MONTHS[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2)}`;
  const recent = Math.abs(Date.now() - stats.mtimeMs) < 182 * 86_400_000;
  const time = recent
    ? `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
    : ` ${date.getFullYear()}`;
  const numbers = `${String(stats.nlink).padStart(4)} ${String(stats.uid).padEnd(8)} ${String(stats.gid).padEnd(8)} ${String(stats.size).padStart(8)}`;
  return Buffer.concat([Buffer.from(`${kindOf(stats)}${bits} ${numbers} ${day} ${time} `), name]);
}
