import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCore, type CoreUnderTest } from '../../main/core/testing/coreUnderTest.ts';
import type { ClusterTarget } from '../../main/core/testing/clusterTarget.ts';
import type { RemoteConnection } from '../../main/core/ports.ts';
import { definition as definitionOf, record, root } from '../../main/sif/testing/images.ts';
import { writeSif } from '../../main/sif/write/sif.ts';
import { createConnector } from '../../main/ssh/index.ts';
import { ClusterProfile } from '../../shared/domain/cluster/profile.ts';
import { quote } from '../../shared/lib/quote.ts';
import { onEveryTarget } from './clusterUnderTest.ts';

/** A SIF file as `apptainer build` writes it: definition, inspection record, and a root file system that is a hole. */
function image(version: string, definition = 'Bootstrap: docker\nFrom: python:3.12\n'): Buffer {
  return writeSif({
    architecture: '02',
    uuid: '00000000-0000-4000-8000-000000000001',
    madeAt: 1_767_225_600,
    objects: [
      definitionOf(definition),
      record({ deffile: definition, labels: { Version: version }, apps: { python: { runscript: 'python "$@"' } } }),
      root(Buffer.from('hsqs'), 4096),
    ],
  });
}

/** Each test has its own folder, and all of them one profile that names it. */
function inTurn(target: () => ClusterTarget): void {
  let dataFolder: string;
  let core: CoreUnderTest;
  let witness: RemoteConnection;
  let closeConnector: () => Promise<void>;
  let profile: ClusterProfile;
  let folder: string;
  let changes: number;

  beforeAll(async () => {
    dataFolder = await mkdtemp(path.join(tmpdir(), 'slipway-images-'));
    const { host, port, user, privateKeyPath, hostKeyFingerprint }: ClusterTarget = target();
    profile = ClusterProfile.parse({
      id: 'images',
      name: 'images',
      kind: 'ssh',
      host,
      port,
      user,
      auth: [{ kind: 'key', path: privateKeyPath }],
      imageFolders: [],
    });
    core = await startCore({ dataFolder, hostKeyFingerprint });
    core.core.events.on(({ name }) => {
      if (name === 'images.changed') changes += 1;
    });
    const connector = createConnector({ knownHostsFiles: [] });
    closeConnector = async () => connector.dispose();
    witness = await connector.connect(
      { profile, pinnedHostKey: hostKeyFingerprint },
      { confirmHostKey: async () => false, answer: async () => null },
      new AbortController().signal,
    );
  });
  afterAll(async () => {
    await core.dispose();
    await witness.dispose();
    await closeConnector();
    await rm(dataFolder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    changes = 0;
    folder = await witness.files.resolve(`~/images-${String(process.pid)}-${String(Date.now())}`);
    await witness.files.makeFolder(`${folder}/compute`);
    await core.call('clusters.save', { profile: { ...profile, imageFolders: [folder] } });
    await core.connect(profile.id);
    return () => witness.files.removeTree(folder);
  });

  const clusterId = (): ClusterProfile['id'] => profile.id;
  const scan = () => core.call('images.scan', { clusterId: clusterId() });

  it('are found and read where they lie, and known afterwards without a connection', async () => {
    const { files, shell } = witness;
    await files.write(`${folder}/compute/python.sif`, image('3.12'));
    await files.write(`${folder}/broken.sif`, 'no image');
    await shell.run(
      `cd ${quote(folder)} && ln -s compute/python.sif latest.sif && mkdir -p box/.singularity.d/env && echo '{"Version":"7"}' > box/.singularity.d/labels.json`,
    );
    const list = await core.call('images.list', { clusterId: clusterId() });
    expect(list.images.map(({ path: found }) => found.slice(folder.length + 1))).toEqual([
      'box',
      'broken.sif',
      'compute/python.sif',
    ]);
    const [box, broken, python] = list.images;
    expect(python).toMatchObject({
      kind: 'sif',
      type: 'compute',
      version: '3.12',
      architecture: 'amd64',
      apps: ['python'],
      uuid: '00000000-0000-4000-8000-000000000001',
      otherPaths: [`${folder}/latest.sif`],
      active: true,
      usedIn: 0,
      problem: null,
    });
    expect(box).toMatchObject({ kind: 'sandbox', version: '7' });
    expect(broken?.problem?.id).toMatch(/IMAGE_NOT_SIF|errors/);
    expect(changes).toBeGreaterThan(0);

    const image1 = { clusterId: clusterId(), path: `${folder}/compute/python.sif` };
    const digested = await core.call('images.digest', image1);
    expect(digested.digest).toBe(await files.hashRange(image1.path, 0, 1e9));

    // the demo has an apptainer, the real Slurm of the tests none
    const inspected = await core.call('images.inspect', image1).catch((error: unknown) => error);
    if (target().name === 'the demo cluster')
      expect(inspected).toMatchObject({
        inspected: { program: 'apptainer', version: '1.3.4' },
        image: { version: '3.12' },
        metadata: { labels: { Version: '3.12' } },
      });
    else expect(inspected).toMatchObject({ name: 'IMAGE_NO_RUNTIME' });

    await core.call('clusters.disconnect', { clusterId: clusterId() });
    expect(await core.call('images.list', { clusterId: clusterId() })).toMatchObject({
      images: [{ name: 'box' }, { name: 'broken.sif' }, { name: 'python.sif', digest: digested.digest }],
      scanning: false,
    });
    expect((await core.call('images.get', image1)).metadata?.definition?.text).toContain('python:3.12');
    await expect(core.call('images.list', { clusterId: clusterId(), refresh: true })).rejects.toMatchObject({
      name: 'NOT_CONNECTED',
    });
    await core.connect(clusterId());
  });

  it('that vanish are kept and said to be gone, those that change are read anew, and what may not be read is told', async () => {
    const { files, shell } = witness;
    await files.write(`${folder}/gone.sif`, image('1'));
    await files.write(`${folder}/changed.sif`, image('1'));
    await files.write(`${folder}/compute/hidden.sif`, image('1'));
    await files.write(`${folder}/locked.sif`, image('5'));
    await shell.run(`cd ${quote(folder)} && chmod 000 locked.sif && touch -d '2026-01-02' changed.sif`);
    const before = await scan();
    expect(before.images.map(({ name, active }) => [name, active])).toEqual([
      ['changed.sif', true],
      ['gone.sif', true],
      ['hidden.sif', true],
      ['locked.sif', true],
    ]);
    // root, as whom the demo may run, is refused nothing
    const isRoot = (await shell.run('id -u')).stdout.trim() === '0';
    const locked = before.images.at(-1);
    expect([locked?.version, locked?.problem === null]).toEqual(isRoot ? ['5', true] : [null, false]);
    const changed = { clusterId: clusterId(), path: `${folder}/changed.sif` };
    await core.call('images.digest', changed);

    await files.write(`${folder}/changed.sif`, image('2'));
    await files.remove(`${folder}/gone.sif`);
    await shell.run(`cd ${quote(folder)} && chmod 000 compute && chmod 644 locked.sif`);
    try {
      const after = await scan();
      expect(after.images.map(({ name, version, active }) => [name, version, active])).toEqual([
        ['changed.sif', '2', true],
        ['gone.sif', '1', false],
        // nobody could look
        ['hidden.sif', '1', true],
        ['locked.sif', '5', true],
      ]);
      expect(after.unreadable.map((each) => each.folder)).toEqual(isRoot ? [] : [`${folder}/compute`]);
      expect(after.images[0]).toMatchObject({ digest: null, uuid: before.images[0]?.uuid });
      const { differences } = await core.call('images.compare', {
        left: changed,
        right: { ...changed, path: `${folder}/gone.sif` },
      });
      expect(differences).toContainEqual({ field: 'labels.Version', left: '2', right: '1' });
    } finally {
      await shell.run(`chmod 755 ${quote(`${folder}/compute`)}`);
    }
  });

  it(
    'on compute nodes are looked for by what was shown before, and nothing of it stays',
    { timeout: 180_000 },
    async () => {
      const { files, shell } = witness;
      await files.write(`${folder}/compute/node.sif`, image('9'));
      const imageNodes = [{ partition: 'debug', folders: [`${folder}/compute`, `${folder}/none`] }];
      await core.call('clusters.save', { profile: { ...profile, imageFolders: [], imageNodes } });
      await core.connect(profile.id);
      const scanNodes = () => core.call('images.scanNodes', { clusterId: clusterId(), partitions: ['debug'] });
      await expect(scanNodes()).rejects.toMatchObject({ name: 'INPUT_INVALID' });
      const [plan] = await core.call('images.nodeScanPlan', { clusterId: clusterId() });
      expect(plan).toMatchObject({ partition: 'debug', via: 'job', node: null });
      expect(plan?.command).toContain('sbatch');
      const { images, unreadable } = await scanNodes();
      expect(images).toMatchObject([
        { name: 'node.sif', version: '9', partition: 'debug', problem: null, active: true },
      ]);
      expect(images[0]?.node).not.toBeNull();
      expect(unreadable).toMatchObject([{ folder: `${folder}/none` }]);
      await files.remove(`${folder}/compute/node.sif`);
      await core.call('images.nodeScanPlan', { clusterId: clusterId() });
      // of whichever node: the one that was looked at last counts
      expect((await scanNodes()).images.filter(({ active }) => active)).toEqual([]);
      expect((await shell.run('ls -A ~ | grep slipway-images')).stdout).toBe('');
    },
  );

  it('by the hundred are opened once', { timeout: 120_000 }, async () => {
    const { files, shell } = witness;
    await files.write(`${folder}/1.sif`, image('1'));
    await shell.run(`cd ${quote(folder)} && for n in $(seq 2 500); do cp 1.sif $n.sif; done`);
    const progress: { found: number; read: number; toRead: number }[] = [];
    const heard = core.core.events.on(({ name, payload }) => {
      if (name === 'images.scanProgress') progress.push(payload);
    });
    expect((await scan()).images.filter(({ version }) => version === '1')).toHaveLength(500);
    expect(progress.at(-1)).toMatchObject({ found: 500, read: 500, toRead: 500 });
    await files.remove(`${folder}/17.sif`);
    progress.length = 0;
    const again = await scan();
    await heard.dispose();
    expect(again.images.filter(({ active }) => active)).toHaveLength(499);
    expect(progress.at(-1)).toMatchObject({ found: 499, read: 0, toRead: 0 });
  });
}

onEveryTarget('images', (target) => {
  describe('in turn', { concurrent: false }, () => inTurn(target));
});
