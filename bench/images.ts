import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { betweenConnections } from '../main/core/testing/betweenAdapters.ts';
import { startCore, type CoreUnderTest } from '../main/core/testing/coreUnderTest.ts';
import { aroundFiles, type RemoteFiles } from '../main/core/remoteFiles.ts';
import { definition, record, root as rootFileSystem } from '../main/sif/testing/images.ts';
import { writeSif } from '../main/sif/write/sif.ts';
import { createConnector } from '../main/ssh/index.ts';
import { startDelayLine } from '../main/ssh/testing/delayLine.ts';
import { ClusterProfile } from '../shared/domain/cluster/profile.ts';
import { quote } from '../shared/lib/quote.ts';
import { longestHold, median, quantile, type Figure } from './measure.ts';
import { benchProfile, realCluster } from './realCluster.ts';

const run = promisify(execFile);
const IMAGES = 500;
const ROUNDS = 5;
/** There and back, in milliseconds: a cluster in the same country. */
const ROUND_TRIP_MS = 30;

/** As `apptainer build` writes one: a definition file, and a record with labels, apps and environment of some kilobytes. */
function sample(): Buffer {
  const text = `Bootstrap: docker\nFrom: python:3.12\n%post\n${'    pip install numpy scipy\n'.repeat(40)}`;
  const labels = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`org.example.label.${String(index)}`, 'value '.repeat(6)]),
  );
  return writeSif({
    architecture: '02',
    uuid: '00000000-0000-4000-8000-000000000001',
    objects: [
      definition(text),
      record({
        deffile: text,
        labels: { 'org.opencontainers.image.version': '1', ...labels },
        environment: { '90-environment.sh': 'export A=1\n' },
        apps: { python: { runscript: 'python "$@"' } },
      }),
      rootFileSystem(Buffer.from('hsqs'), 1024 ** 2),
    ],
  });
}

/** What was read of files, so that it can be said how much an image costs. */
function counting(files: RemoteFiles, read: (bytes: number) => void): RemoteFiles {
  return aroundFiles(files, async (_name, work) => {
    const answer = await work();
    if (answer instanceof Uint8Array) read(answer.length);
    else if (Array.isArray(answer)) for (const each of answer) if (each instanceof Uint8Array) read(each.length);
    return answer;
  });
}

interface Scans {
  readonly cold: number[];
  readonly again: number[];
  readonly bytes: number;
  readonly hold: number;
}

async function scans(profile: ClusterProfile, fingerprint: string): Promise<Scans> {
  const cold: number[] = [];
  const again: number[] = [];
  let bytes = 0;
  let hold = 0;
  for (let round = -1; round < ROUNDS; round += 1) {
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'slipway-images-bench-'));
    let core: CoreUnderTest | null = null;
    try {
      core = await startCore({
        dataFolder,
        hostKeyFingerprint: fingerprint,
        wrap: ({ store, connector }) => ({
          store,
          connector: betweenConnections(connector, ({ shell, files }) => ({
            shell,
            files: counting(files, (more) => (bytes += more)),
          })),
        }),
      });
      await core.call('clusters.save', { profile });
      await core.connect(profile.id);
      const live = core;
      const timed = async (): Promise<number> => {
        const started = performance.now();
        await live.call('images.scan', { clusterId: profile.id });
        return performance.now() - started;
      };
      bytes = 0;
      const first = await timed();
      const ofEach = bytes / IMAGES;
      const second = await timed();
      if (round < 0) continue;
      cold.push(first);
      again.push(second);
      bytes = ofEach;
      // what the window waits for, from the store
      hold = Math.max(
        hold,
        await longestHold(async () => {
          await live.call('images.list', { clusterId: profile.id });
        }),
      );
    } finally {
      await core?.dispose();
      await rm(dataFolder, { recursive: true, force: true });
    }
  }
  return { cold, again, bytes, hold };
}

const figure = (
  name: string,
  samples: readonly number[],
  goal: string,
  most: number,
  baseline: Figure['baseline'] = null,
  unit: Figure['unit'] = 'ms',
): Figure => ({
  name,
  unit,
  median: median(samples),
  p95: quantile(samples, 0.95),
  samples: samples.length,
  baseline,
  goal,
  met: median(samples) <= most,
});

/** The metadata of 500 images over SFTP, near and far, against one ssh that reads the beginning of each. */
export async function images(root: string): Promise<Figure[]> {
  const cluster = realCluster(root);
  const line = await startDelayLine(cluster.port, ROUND_TRIP_MS);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-images-bench-'));
  const connector = createConnector({ knownHostsFiles: [path.join(folder, 'known_hosts')] });
  try {
    const near = ClusterProfile.parse({ ...benchProfile(cluster), id: 'near' });
    const { shell, files } = await connector.connect(
      { profile: near, pinnedHostKey: cluster.hostKeyFingerprint },
      { confirmHostKey: () => Promise.resolve(false), answer: () => Promise.resolve(null) },
      new AbortController().signal,
    );
    const remote = `${await files.resolve('~')}/slipway-bench-${String(process.pid)}`;
    await files.makeFolder(remote);
    await files.write(`${remote}/1.sif`, sample());
    await shell.run(`cd ${quote(remote)} && for n in $(seq 2 ${String(IMAGES)}); do cp 1.sif $n.sif; done`, {
      timeoutMs: 120_000,
    });
    try {
      const here = { ...near, imageFolders: [remote] };
      const ssh = async (port: number): Promise<number> => {
        const started = performance.now();
        const login = [
          ...['-F', 'none', '-p', String(port), '-i', cluster.privateKeyPath, '-o', 'IdentitiesOnly=yes'],
          ...['-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${folder}/ssh_known_hosts`],
        ];
        const command = `cd ${quote(remote)} && for f in *.sif; do head -c 32768 "$f"; done`;
        await run('ssh', [...login, `${cluster.user}@127.0.0.1`, command], {
          encoding: 'buffer',
          maxBuffer: 64 * 1024 ** 2,
        });
        return performance.now() - started;
      };
      const bySsh = async (port: number): Promise<number> => {
        const samples: number[] = [];
        for (let round = -1; round < ROUNDS; round += 1) {
          const taken = await ssh(port);
          if (round >= 0) samples.push(taken);
        }
        return median(samples);
      };
      const baselineNear = { name: 'ssh, head -c 32768 of each', median: await bySsh(cluster.port) };
      const nearScans = await scans(here, cluster.hostKeyFingerprint);
      const baselineFar = { name: 'ssh, head -c 32768 of each', median: await bySsh(line.port) };
      const farScans = await scans({ ...here, id: 'far' as never, port: line.port }, cluster.hostKeyFingerprint);
      return [
        figure('metadata of 500 images, cold', nearScans.cold, 'at most 1500 ms', 1500, baselineNear),
        figure('the same again, nothing changed', nearScans.again, 'at most 200 ms', 200),
        figure('read of each image', [nearScans.bytes / 1024], 'at most 48 kB', 48, { name: 'ssh', median: 32 }, 'kB'),
        figure('metadata of 500 images through 30 ms', farScans.cold, 'at most 4000 ms', 4000, baselineFar),
        figure('the same again, through 30 ms', farScans.again, 'shown', Infinity),
        figure('main thread held by the list that the window waits for', [nearScans.hold], 'at most 20 ms', 20),
      ];
    } finally {
      await files.removeTree(remote);
    }
  } finally {
    await connector.dispose();
    await line.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
