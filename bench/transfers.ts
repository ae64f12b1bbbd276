import { open, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SftpClient from 'ssh2-sftp-client';
import { createConnector } from '../main/ssh/index.ts';
import { startDelayLine } from '../main/ssh/testing/delayLine.ts';
import { ClusterProfile } from '../shared/domain/cluster/profile.ts';
import { AppError } from '../shared/errors/appError.ts';
import { median, quantile, time, timeInTurn, type Figure } from './measure.ts';
import { benchProfile, realCluster } from './realCluster.ts';

/** There and back, in milliseconds: a cluster in the same country. */
const ROUND_TRIP_MS = 30;
const BULK_BYTES = 200 * 1024 ** 2;
const BYTES = 48 * 1024 ** 2;
const FILES = 2000;

function figure(
  name: string,
  samples: readonly number[],
  baseline: { name: string; samples: readonly number[] },
  most: number,
): Figure {
  const middle = median(samples);
  const other = median(baseline.samples);
  return {
    name,
    unit: 'ms',
    median: middle,
    p95: quantile(samples, 0.95),
    samples: samples.length,
    baseline: { name: baseline.name, median: other },
    goal: `at most ${String(most)} times that`,
    met: middle <= most * other,
  };
}

/**
 * Files over a line of 30 ms: what is interactive while bytes go over it, against the same on a quiet line; and the plain operations against
 * ssh2-sftp-client on a connection of its own.
 */
export async function transfers(root: string): Promise<Figure[]> {
  const cluster = realCluster(root);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-transfers-bench-'));
  const line = await startDelayLine(cluster.port, ROUND_TRIP_MS);
  const connector = createConnector({ knownHostsFiles: [path.join(folder, 'known_hosts')] });
  const client = new SftpClient();
  try {
    const profile = ClusterProfile.parse({ ...benchProfile(cluster), host: '127.0.0.1', port: line.port });
    const asker = { confirmHostKey: () => Promise.resolve(true), answer: () => Promise.resolve(null) };
    const { shell, files } = await connector.connect(
      { profile, pinnedHostKey: null },
      asker,
      new AbortController().signal,
    );
    const privateKey = await readFile(cluster.privateKeyPath);
    await client.connect({ host: '127.0.0.1', port: line.port, username: cluster.user, privateKey });
    const remote = `${await files.resolve('~')}/slipway-bench-${String(process.pid)}`;
    await files.makeFolder(`${remote}/many`);
    await shell.run(`cd '${remote}/many' && seq ${String(FILES)} | xargs touch && echo data > '${remote}/small'`);

    const poll = (): Promise<unknown> => shell.run('echo squeue');
    const read = (): Promise<unknown> => files.read(`${remote}/small`, 0, 100);
    await files.stat(remote);
    const quiet = { poll: await time(20, 2, poll), read: await time(20, 2, read) };
    const large = path.join(folder, 'large');
    const sparse = await open(large, 'w');
    await sparse.truncate(BULK_BYTES);
    await sparse.close();
    const stop = new AbortController();
    let sent = 0;
    const going = (async () => {
      while (!stop.signal.aborted)
        await files.uploadRange(large, `${remote}/large`, 0, BULK_BYTES, {
          signal: stop.signal,
          onProgress: (bytes) => (sent = bytes),
        });
    })().catch((error: unknown) => {
      if (!AppError.is(error, 'CANCELLED')) throw error;
    });
    while (sent === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const busy = { poll: await time(20, 0, poll), read: await time(20, 0, read) };
    stop.abort(new AppError('CANCELLED'));
    await going;

    const medium = path.join(folder, 'medium');
    const content = Buffer.alloc(BYTES, 'x');
    await writeFile(medium, content);
    const small = Buffer.alloc(10_000, 'y');
    const sending = await timeInTurn(
      3,
      () => files.upload(medium, `${remote}/ours`),
      () => client.fastPut(medium, `${remote}/theirs`),
    );
    const writing = await timeInTurn(
      10,
      () => files.write(`${remote}/ours.small`, small),
      () => client.put(small, `${remote}/theirs.small`),
    );
    const looking = await timeInTurn(
      20,
      () => files.stat(`${remote}/small`),
      () => client.stat(`${remote}/small`),
    );
    const listing = await timeInTurn(
      5,
      () => files.list(`${remote}/many`),
      () => client.list(`${remote}/many`),
    );
    await files.removeTree(remote);
    const theirs = (samples: readonly number[]): { name: string; samples: readonly number[] } => ({
      name: 'ssh2-sftp-client',
      samples,
    });
    return [
      figure('a script while 200 MB are sent', busy.poll, { name: 'on a quiet line', samples: quiet.poll }, 3),
      figure('a small read while 200 MB are sent', busy.read, { name: 'on a quiet line', samples: quiet.read }, 3),
      figure('upload of 48 MB, its size checked, renamed', sending.a, theirs(sending.b), 1),
      figure('write 10 KB whole or not at all', writing.a, theirs(writing.b), 1),
      figure('stat of a file', looking.a, theirs(looking.b), 1),
      figure('list of 2,000 files', listing.a, theirs(listing.b), 1),
    ];
  } finally {
    await client.end();
    await connector.dispose();
    await line.dispose();
    await rm(folder, { recursive: true, force: true });
    cluster.down();
  }
}
