/**
 * An SFTP server over this computer's files, with the answers of OpenSSH's sftp-server. Real paths, no root: the demo's user is the
 * person who runs the app. Requests are served one after the other, so that what a client sends in order happens in order.
 */
import { constants, type Dir, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { localPath, shellPath } from '../paths.ts';
import { longName, readAttributes, writeAttributes, type AttributeChanges } from './attributes.ts';
import {
  join,
  pathIn,
  readLink,
  realPath,
  renameToNew,
  setAttributes,
  shown,
  WINDOWS,
  type FsPath,
} from './localFiles.ts';
import {
  LONGEST_DATA,
  LONGEST_PACKET,
  PacketCutter,
  PacketWriter,
  REQUEST,
  RESPONSE,
  STATUS,
  type PacketReader,
} from './packet.ts';
import { MESSAGES, Refused, statusOf } from './status.ts';

/** Extensions and their versions, as sftp-server announces them. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fstatvfs@openssh.com': '2',
  'hardlink@openssh.com': '1',
  'fsync@openssh.com': '1',
  'lsetstat@openssh.com': '1',
  'limits@openssh.com': '1',
  'expand-path@openssh.com': '1',
};

/** As many as OpenSSH gets from a usual `ulimit -n`. */
const MOST_HANDLES = 1000;
/** Names per READDIR answer; OpenSSH sends 100. */
const NAMES_AT_ONCE = 100;

type Handle =
  | { readonly kind: 'file'; readonly file: fs.FileHandle; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: FsPath; readonly dir: Dir; begun: boolean };

export class SftpSession {
  readonly #stream: Duplex;
  readonly #home: string;
  readonly #handles = new Map<number, Handle>();
  #nextHandle = 0;

  constructor(stream: Duplex, home: string) {
    this.#stream = stream;
    this.#home = home;
  }

  /** Serves until the client goes away; open files are closed then. Never rejects. */
  async serve(): Promise<void> {
    const cutter = new PacketCutter();
    try {
      for await (const chunk of this.#stream) {
        for (const packet of cutter.push(chunk as Buffer)) await this.#answer(packet);
      }
    } catch {
      // a client that is gone, or one that does not speak SFTP: either way there is nobody to tell
    } finally {
      for (const handle of this.#handles.values())
        await (handle.kind === 'file' ? handle.file.close() : handle.dir.close()).catch(() => undefined);
      this.#handles.clear();
    }
  }

  async #answer(packet: PacketReader): Promise<void> {
    const type = packet.byte();
    if (type === REQUEST.INIT) {
      const version = new PacketWriter().byte(RESPONSE.VERSION).uint32(3);
      for (const [name, value] of Object.entries(EXTENSIONS)) version.string(name).string(value);
      await this.#send(version);
      return;
    }
    const id = packet.uint32();
    let reply: PacketWriter;
    try {
      reply = await this.#perform(type, id, packet);
    } catch (error) {
      reply = this.#status(id, statusOf(error));
    }
    await this.#send(reply);
  }

  async #send(packet: PacketWriter): Promise<void> {
    if (this.#stream.destroyed) throw new Error('the client is gone');
    if (this.#stream.write(packet.end())) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        resolve();
      };
      this.#stream.on('drain', done);
      this.#stream.on('close', done);
    });
  }

  #status(id: number, status: number): PacketWriter {
    return new PacketWriter()
      .byte(RESPONSE.STATUS)
      .uint32(id)
      .uint32(status)
      .string(MESSAGES[status] ?? 'Failure')
      .string('');
  }

  #attributes(id: number, stats: Stats): PacketWriter {
    return writeAttributes(new PacketWriter().byte(RESPONSE.ATTRS).uint32(id), stats);
  }

  #name(id: number, name: FsPath): PacketWriter {
    return new PacketWriter()
      .byte(RESPONSE.NAME)
      .uint32(id)
      .uint32(1)
      .string(shown(name))
      .string(shown(name))
      .uint32(0);
  }

  #open(id: number, handle: Handle): PacketWriter {
    const number = this.#nextHandle;
    this.#nextHandle += 1;
    this.#handles.set(number, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return new PacketWriter().byte(RESPONSE.HANDLE).uint32(id).string(bytes);
  }

  #path(packet: PacketReader): FsPath {
    return pathIn(this.#home, Buffer.from(packet.string()));
  }

  #handle(packet: PacketReader): { number: number; handle: Handle } {
    const bytes = packet.string();
    const number = bytes.length === 4 ? bytes.readUInt32BE(0) : -1;
    const handle = this.#handles.get(number);
    if (handle === undefined) throw new Refused(STATUS.FAILURE, 'not an open handle');
    return { number, handle };
  }

  #file(packet: PacketReader): Extract<Handle, { kind: 'file' }> {
    const { handle } = this.#handle(packet);
    if (handle.kind !== 'file') throw new Refused(STATUS.FAILURE, 'a folder');
    return handle;
  }

  async #perform(type: number, id: number, packet: PacketReader): Promise<PacketWriter> {
    const done = (): PacketWriter => this.#status(id, STATUS.OK);
    switch (type) {
      case REQUEST.OPEN:
        return this.#openFile(id, this.#path(packet), packet.uint32(), readAttributes(packet));
      case REQUEST.CLOSE: {
        const { number, handle } = this.#handle(packet);
        this.#handles.delete(number);
        await (handle.kind === 'file' ? handle.file.close() : handle.dir.close());
        return done();
      }
      case REQUEST.READ:
        return this.#read(id, this.#file(packet).file, packet.uint64(), packet.uint32());
      case REQUEST.WRITE: {
        const { file, append } = this.#file(packet);
        const offset = packet.uint64();
        const data = packet.string();
        for (let written = 0; written < data.length;) {
          const { bytesWritten } = await file.write(
            data,
            written,
            data.length - written,
            append ? null : offset + written,
          );
          written += bytesWritten;
        }
        return done();
      }
      case REQUEST.LSTAT:
        return this.#attributes(id, await fs.lstat(this.#path(packet)));
      case REQUEST.STAT:
        return this.#attributes(id, await fs.stat(this.#path(packet)));
      case REQUEST.FSTAT:
        return this.#attributes(id, await this.#file(packet).file.stat());
      case REQUEST.SETSTAT:
        await setAttributes(this.#path(packet), readAttributes(packet));
        return done();
      case REQUEST.FSETSTAT: {
        const { file } = this.#file(packet);
        const { size, mode, times, owner } = readAttributes(packet);
        if (size !== undefined) await file.truncate(size);
        if (mode !== undefined) await file.chmod(mode);
        if (times !== undefined) await file.utimes(times.accessed, times.modified);
        if (owner !== undefined) await file.chown(owner.uid, owner.gid);
        return done();
      }
      case REQUEST.OPENDIR: {
        const folder = this.#path(packet);
        this.#checkHandles();
        // the names as bytes; the types of node leave that encoding out
        const dir = await fs.opendir(folder, { encoding: 'buffer' as BufferEncoding });
        return this.#open(id, { kind: 'folder', path: folder, dir, begun: false });
      }
      case REQUEST.READDIR: {
        const { handle } = this.#handle(packet);
        if (handle.kind !== 'folder') throw new Refused(STATUS.FAILURE, 'a file');
        return this.#readFolder(id, handle);
      }
      case REQUEST.REMOVE:
        await fs.unlink(this.#path(packet));
        return done();
      case REQUEST.MKDIR: {
        const folder = this.#path(packet);
        const { mode } = readAttributes(packet);
        await fs.mkdir(folder, mode === undefined ? {} : { mode });
        return done();
      }
      case REQUEST.RMDIR:
        await fs.rmdir(this.#path(packet));
        return done();
      case REQUEST.REALPATH:
        return this.#name(id, await realPath(this.#path(packet)));
      case REQUEST.RENAME:
        await renameToNew(this.#path(packet), this.#path(packet));
        return done();
      case REQUEST.READLINK:
        return this.#name(id, await readLink(this.#path(packet)));
      case REQUEST.SYMLINK: {
        // OpenSSH has always had them the other way round than the draft: target first
        const target = Buffer.from(packet.string());
        await fs.symlink(WINDOWS ? localPath(target.toString()) : target, this.#path(packet));
        return done();
      }
      case REQUEST.EXTENDED:
        return this.#extended(id, packet.string().toString('latin1'), packet);
      default:
        return this.#status(id, STATUS.OP_UNSUPPORTED);
    }
  }

  async #extended(id: number, name: string, packet: PacketReader): Promise<PacketWriter> {
    switch (name) {
      case 'posix-rename@openssh.com':
        await fs.rename(this.#path(packet), this.#path(packet));
        return this.#status(id, STATUS.OK);
      case 'hardlink@openssh.com':
        await fs.link(this.#path(packet), this.#path(packet));
        return this.#status(id, STATUS.OK);
      case 'fsync@openssh.com':
        await this.#file(packet).file.sync();
        return this.#status(id, STATUS.OK);
      case 'lsetstat@openssh.com': {
        const link = this.#path(packet);
        const { times } = readAttributes(packet);
        if (times !== undefined) await fs.lutimes(link, times.accessed, times.modified);
        return this.#status(id, STATUS.OK);
      }
      case 'statvfs@openssh.com':
        return this.#fileSystem(id, this.#path(packet));
      case 'fstatvfs@openssh.com':
        this.#file(packet);
        return this.#fileSystem(id, this.#home);
      case 'limits@openssh.com':
        return new PacketWriter()
          .byte(RESPONSE.EXTENDED_REPLY)
          .uint32(id)
          .uint64(LONGEST_PACKET)
          .uint64(LONGEST_DATA)
          .uint64(LONGEST_DATA)
          .uint64(MOST_HANDLES);
      case 'expand-path@openssh.com': {
        const given = packet.string().toString();
        const expanded = given.replace(/^~(?=\/|$)/, shellPath(this.#home));
        return this.#name(id, await realPath(WINDOWS ? localPath(expanded) : Buffer.from(expanded)));
      }
      default:
        return this.#status(id, STATUS.OP_UNSUPPORTED);
    }
  }

  #checkHandles(): void {
    if (this.#handles.size >= MOST_HANDLES) throw new Refused(STATUS.FAILURE, 'too many open handles');
  }

  async #openFile(id: number, file: FsPath, flags: number, { mode, size }: AttributeChanges): Promise<PacketWriter> {
    this.#checkHandles();
    const reads = (flags & 0x01) !== 0;
    const writes = (flags & 0x02) !== 0;
    let mask: number = reads && writes ? constants.O_RDWR : writes ? constants.O_WRONLY : constants.O_RDONLY;
    if ((flags & 0x04) !== 0) mask |= constants.O_APPEND;
    if ((flags & 0x08) !== 0) mask |= constants.O_CREAT;
    if ((flags & 0x10) !== 0) mask |= constants.O_TRUNC;
    if ((flags & 0x20) !== 0) mask |= constants.O_EXCL;
    const opened = await fs.open(file, mask, mode ?? 0o666);
    const reply = this.#open(id, { kind: 'file', file: opened, append: (flags & 0x04) !== 0 });
    if (size !== undefined && writes) await opened.truncate(size);
    return reply;
  }

  async #read(id: number, file: fs.FileHandle, offset: number, length: number): Promise<PacketWriter> {
    const wanted = Math.min(length, LONGEST_DATA);
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset);
    if (bytesRead === 0 && wanted > 0) return this.#status(id, STATUS.EOF);
    return new PacketWriter().byte(RESPONSE.DATA).uint32(id).string(buffer.subarray(0, bytesRead));
  }

  async #readFolder(id: number, folder: Extract<Handle, { kind: 'folder' }>): Promise<PacketWriter> {
    // which readdir(3) names and node does not
    const names: Buffer[] = folder.begun ? [] : [Buffer.from('.'), Buffer.from('..')];
    folder.begun = true;
    while (names.length < NAMES_AT_ONCE) {
      const entry = await folder.dir.read();
      if (entry === null) break;
      names.push(Buffer.from(entry.name));
    }
    if (names.length === 0) return this.#status(id, STATUS.EOF);
    const entries: { name: Buffer; stats: Stats }[] = [];
    for (const name of names) {
      try {
        entries.push({ name, stats: await fs.lstat(join(folder.path, name)) });
      } catch {
        // removed since it was listed
      }
    }
    const reply = new PacketWriter().byte(RESPONSE.NAME).uint32(id).uint32(entries.length);
    for (const { name, stats } of entries) writeAttributes(reply.string(name).string(longName(name, stats)), stats);
    return reply;
  }

  async #fileSystem(id: number, target: FsPath): Promise<PacketWriter> {
    const { bsize, blocks, bfree, bavail, files, ffree } = await fs.statfs(target);
    return new PacketWriter()
      .byte(RESPONSE.EXTENDED_REPLY)
      .uint32(id)
      .uint64(bsize)
      .uint64(bsize)
      .uint64(blocks)
      .uint64(bfree)
      .uint64(bavail)
      .uint64(files)
      .uint64(ffree)
      .uint64(ffree)
      .uint64(0)
      .uint64(0)
      .uint64(255);
  }
}
