import ssh2, { type Session } from 'ssh2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ResourceScope } from '../../../shared/lib/disposable.ts';
import type { RemoteFiles } from '../../core/ports.ts';
import { createConnector } from '../index.ts';
import { runWithSh, startSshServer } from '../testing/misbehavingServers.ts';
import { profileFor } from '../testing/sshd.ts';

const { STATUS_CODE } = ssh2.utils.sftp;
let opened: ResourceScope;
beforeEach(() => {
  opened = new ResourceScope();
});
afterEach(() => opened.dispose());

type Entry = {
  filename: string;
  longname: string;
  attrs: { mode: number; size: number; uid: number; gid: number; atime: number; mtime: number };
};
const entry = (filename: string): Entry => ({
  filename,
  longname: '',
  attrs: { mode: 0o100644, size: 1, uid: 0, gid: 0, atime: 0, mtime: 0 },
});

/** Files of a server that answers each READDIR like this; null: not at all. */
async function filesOf(answer: (serial: number) => Entry[] | null): Promise<RemoteFiles> {
  let serial = 0;
  const session = (given: Session): void => {
    runWithSh(given);
    given.on('sftp', (accept) => {
      const sftp = accept();
      sftp.on('REALPATH', (id) => sftp.name(id, [entry('/home')]));
      sftp.on('OPENDIR', (id) => sftp.handle(id, Buffer.from('h')));
      sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK));
      sftp.on('READDIR', (id) => {
        const entries = answer((serial += 1));
        if (entries !== null) sftp.name(id, entries);
      });
    });
  };
  const server = opened.use(await startSshServer({ session }));
  const connector = opened.use(createConnector({ knownHostsFiles: [] }));
  const asker = { confirmHostKey: () => Promise.resolve(true), answer: () => Promise.resolve(null) };
  const connection = opened.use(
    await connector.connect(
      { profile: profileFor(server.port, 'ada', [{ kind: 'password' }]), pinnedHostKey: server.hostKeyFingerprint },
      asker,
      new AbortController().signal,
    ),
  );
  return connection.files;
}

it('a listing that never ends is cut where it is asked to be', async () => {
  const files = await filesOf((n) => Array.from({ length: 100 }, (_, m) => entry(`${String(n)}-${String(m)}.yaml`)));
  const before = process.memoryUsage.rss();
  expect((await files.list('/f', { limit: 2000 })).length).toBe(2000);
  expect((await files.list('/f')).length).toBe(50_000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 ** 2);
});

it('a listing that goes on without naming anything, or names what no file is called, is told as what it is', async () => {
  for (const nothing of [[], [entry('.'), entry('..')], [entry('x'.repeat(20_000))]]) {
    const files = await filesOf(() => nothing);
    await expect(files.list('/f')).rejects.toMatchObject({ name: expect.stringMatching(/REMOTE_GARBAGE/) as string });
  }
});

it('a listing that hangs ends with who asked for it', async () => {
  const files = await filesOf((n) => (n === 1 ? [entry('a')] : null));
  const stop = new AbortController();
  const listing = expect(files.list('/f', { signal: stop.signal })).rejects.toMatchObject({ name: 'CANCELLED' });
  setTimeout(() => stop.abort(), 300);
  const began = performance.now();
  await listing;
  expect(performance.now() - began).toBeLessThan(5000);
});
