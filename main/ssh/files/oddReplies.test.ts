import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import ssh2, { type Session } from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ResourceScope } from '../../../shared/lib/disposable.ts';
import type { RemoteFiles } from '../../core/ports.ts';
import { createConnector } from '../index.ts';
import { runWithSh, startSshServer } from '../testing/misbehavingServers.ts';
import { profileFor } from '../testing/sshd.ts';

const { STATUS_CODE } = ssh2.utils.sftp;
const ATTRS = { uid: 0, gid: 0, atime: 0, mtime: 0 };

/** A server's only file, and what is odd about how it serves it. */
interface Served {
  content: Buffer;
  /** Of a READ it answers so many bytes at most; it may. */
  mostRead: number;
  /** WRITE requests from this one on are refused; Infinity: none. */
  refuseFrom: number;
}

/** Answers in an order of its own what has come until it answers, and reads in pieces. SFTP allows both. */
function oddly(served: Served): (session: Session) => void {
  return (session) => {
    runWithSh(session);
    session.on('sftp', (accept) => {
      const sftp = accept();
      let held: (() => void)[] = [];
      let writes = 0;
      const later = (answer: () => void): void => {
        held.push(answer);
        if (held.length > 1) return;
        setTimeout(() => {
          const answers = held;
          held = [];
          for (const each of answers.toSorted(() => Math.random() - 0.5)) each();
        }, 2);
      };
      sftp.on('REALPATH', (id) =>
        sftp.name(id, [{ filename: '/home', longname: '', attrs: { ...ATTRS, mode: 0, size: 0 } }]),
      );
      sftp.on('OPEN', (id) => sftp.handle(id, Buffer.from('h')));
      sftp.on('CLOSE', (id) => later(() => sftp.status(id, STATUS_CODE.OK)));
      sftp.on('FSTAT', (id) => sftp.attrs(id, { ...ATTRS, mode: 0o100644, size: served.content.length }));
      sftp.on('READ', (id, _handle, offset, length) => {
        const some = Math.max(1, Math.floor(Math.random() * Math.min(length, served.mostRead)) + 1);
        const piece = served.content.subarray(offset, offset + Math.min(length, some));
        later(() => (piece.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, piece)));
      });
      sftp.on('WRITE', (id, _handle, offset, data) => {
        writes += 1;
        if (writes >= served.refuseFrom) {
          later(() => sftp.status(id, STATUS_CODE.FAILURE));
          return;
        }
        const end = offset + data.length;
        if (served.content.length < end)
          served.content = Buffer.concat([served.content, Buffer.alloc(end - served.content.length)]);
        data.copy(served.content, offset);
        later(() => sftp.status(id, STATUS_CODE.OK));
      });
    });
  };
}

describe('a server that answers in pieces and in any order', () => {
  const opened = new ResourceScope();
  const served: Served = { content: Buffer.alloc(0), mostRead: 1, refuseFrom: Infinity };
  let files: RemoteFiles;
  let here: string;

  beforeAll(async () => {
    here = await mkdtemp(path.join(os.tmpdir(), 'slipway-odd-'));
    opened.defer(() => rm(here, { recursive: true, force: true }));
    const server = opened.use(await startSshServer({ session: oddly(served) }));
    const connector = opened.use(createConnector({ knownHostsFiles: [] }));
    const connection = opened.use(
      await connector.connect(
        { profile: profileFor(server.port, 'ada', [{ kind: 'password' }]), pinnedHostKey: server.hostKeyFingerprint },
        { confirmHostKey: () => Promise.resolve(true), answer: () => Promise.resolve(null) },
        new AbortController().signal,
      ),
    );
    ({ files } = connection);
  });
  afterAll(() => opened.dispose());
  beforeEach(() => {
    served.refuseFrom = Infinity;
    served.content = Buffer.alloc(0);
  });

  it('gives every byte of every range, and takes it, small or large', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1_500_000 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        async (size, mostRead, from, length) => {
          served.content = randomBytes(size);
          served.mostRead = Math.max(mostRead, Math.ceil(size / 500));
          const offset = Math.floor(from * size);
          const wanted = Math.floor(length * size);
          const range = served.content.subarray(offset, offset + wanted);
          const sha256 = createHash('sha256').update(range).digest('hex');
          expect(Buffer.from(await files.read('/f', offset, wanted)).equals(range)).toBe(true);
          const local = path.join(here, randomBytes(4).toString('hex'));
          const told: number[] = [];
          const got = await files.downloadRange('/f', local, offset, wanted, {
            onProgress: (bytes) => told.push(bytes),
          });
          expect(got).toEqual({ bytes: range.length, sha256 });
          expect((await readFile(local)).subarray(offset).equals(range)).toBe(true);
          const whole = served.content;
          served.content = Buffer.alloc(0);
          await writeFile(local, whole);
          expect(await files.uploadRange(local, '/f', offset, wanted)).toEqual({ bytes: range.length, sha256 });
          expect(served.content.subarray(offset).equals(range)).toBe(true);
          expect(told).toEqual(told.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it('is told of as far as there is no gap when a write in the middle is refused', async () => {
    const content = randomBytes(3_000_000);
    const local = path.join(here, 'refused');
    await writeFile(local, content);
    served.refuseFrom = 20;
    let there = 0;
    const sending = files.uploadRange(local, '/f', 0, content.length, { onProgress: (bytes) => (there = bytes) });
    await expect(sending).rejects.toMatchObject({ name: 'UPLOAD_FAILED' });
    expect(there).toBeLessThan(content.length);
    expect(served.content.subarray(0, there).equals(content.subarray(0, there))).toBe(true);
  });
});
