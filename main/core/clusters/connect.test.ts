import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../shared/contract/index.ts';
import type { ClusterProfile, ConnectionPrompt } from '../../../shared/domain/cluster/profile.ts';
import { startCutProxy, type CutProxy } from '../testing/cutProxy.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { spread } from '../testing/sampled.ts';
import { startCore, type CoreUnderTest } from '../testing/coreUnderTest.ts';

describe('connecting to a cluster', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let proxy: CutProxy;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let events: AnyEvent[] = [];

  const open = async (fingerprint: string): Promise<void> => {
    core = await startCore({ dataFolder: folder, hostKeyFingerprint: fingerprint });
    events = [];
    core.core.events.on((event) => events.push(event));
  };
  const prompts = (): ConnectionPrompt[] =>
    events.flatMap(({ name, payload }) => (name === 'clusters.prompt' ? [payload] : []));

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    proxy = await startCutProxy(target.host, target.port);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-connect-'));
    profile = profileOf(target, proxy.port);
    await open('SHA256:of-another-host');
    await core.call('clusters.save', { profile });
  });

  afterAll(async () => {
    await core.dispose();
    await witness.dispose();
    await proxy.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  it('asks about an unknown host key, and does not log in when the person says no', async () => {
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'failed', error: { name: 'HOST_KEY_UNKNOWN' } });
    expect(prompts()).toMatchObject([
      {
        kind: 'hostKey',
        clusterId: profile.id,
        host: target.host,
        port: proxy.port,
        fingerprint: target.hostKeyFingerprint,
      },
    ]);
    expect(await core.call('clusters.prompts', {})).toEqual([]);
  });

  it('is ready once the key is confirmed, and asks no second time', async () => {
    await core.dispose();
    await open(target.hostKeyFingerprint);
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
    await core.call('clusters.disconnect', { clusterId: profile.id });
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
    expect(prompts()).toHaveLength(1);
  });

  it('says that a question is no longer open when it is answered too late', async () => {
    await expect(
      core.call('clusters.answer', { promptId: 'p000000000000', answer: { kind: 'accept', fingerprint: 'SHA256:' } }),
    ).rejects.toMatchObject({ name: 'PROMPT_GONE' });
  });

  it('knows the partitions and accounts, and still does without a connection', async () => {
    const facts = await core.call('clusters.facts', { clusterId: profile.id });
    expect(facts.partitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['debug', 'gpu', 'long', 'normal']),
    );
    expect(facts.associations).not.toBeNull();
    await core.call('clusters.disconnect', { clusterId: profile.id });
    // quotas come a little after the rest
    const {
      quotas: _quotas,
      unknown: _unknown,
      ...kept
    } = await core.call('clusters.facts', { clusterId: profile.id });
    expect(JSON.parse(JSON.stringify(facts))).toMatchObject(kept);
    await expect(core.call('clusters.facts', { clusterId: profile.id, refresh: true })).rejects.toMatchObject({
      name: 'NOT_CONNECTED',
    });
    await core.connect(profile.id);
  });

  it(
    'comes back after the network was cut, also when it is cut again at any byte of the way back',
    { timeout: 60_000 },
    async () => {
      const cut = async (): Promise<void> => {
        proxy.fail('refusing');
        await expect.poll(phase, { timeout: 15_000 }).not.toBe('ready');
        proxy.restore();
      };
      const phase = async (): Promise<string | undefined> =>
        (await core.call('clusters.list', {})).find((cluster) => cluster.profile.id === profile.id)?.connection.phase;
      await cut();
      proxy.disarm();
      expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
      const { up, down } = proxy.passed;
      for (const [direction, total] of [
        ['up', up],
        ['down', down],
      ] as const) {
        for (const bytes of spread(total, 6, total)) {
          await cut();
          proxy.arm(direction, bytes);
          const when = `cut again ${direction} after ${String(bytes)} of ${String(total)} bytes`;
          expect((await core.connect(profile.id)).phase, when).toMatch(/ready|waiting/);
          proxy.disarm();
          await expect
            .poll(async () => (await core.connect(profile.id)).phase, { message: when, timeout: 15_000 })
            .toBe('ready');
        }
      }
    },
  );

  it('ends a connection that was made with other values than the profile now has', async () => {
    expect(
      (await core.call('clusters.save', { profile: { ...profile, slurmBin: '/opt/elsewhere' } })).connection.phase,
    ).toBe('offline');
    await expect(core.call('clusters.facts', { clusterId: profile.id })).rejects.toMatchObject({
      name: 'NOT_CONNECTED',
    });
    await core.call('clusters.save', { profile });
    await core.connect(profile.id);
    expect((await core.call('clusters.save', { profile: { ...profile, name: 'Renamed' } })).connection.phase).toBe(
      'ready',
    );
  });

  it('finds the images of the configured folders and names the folders that cannot be read', async () => {
    await witness.run(
      'mkdir -p ~/images/a/b/c && : >~/images/one.sif && : >~/images/a/b/two.sif && : >~/images/a/b/c/deep.sif && : >~/images/readme.txt && ln -sf one.sif ~/images/linked.sif',
    );
    await core.call('clusters.save', { profile: { ...profile, imageFolders: ['~/images', '/no/such/folder'] } });
    const { images, unreadable } = await core.call('images.list', { clusterId: profile.id });
    expect(images.map(({ name }) => name)).toEqual(['deep.sif', 'one.sif', 'two.sif']);
    expect(images[1]?.otherPaths.map((path) => path.slice(path.lastIndexOf('/')))).toEqual(['/linked.sif']);
    expect(unreadable.map(({ folder: name }) => name)).toEqual(['/no/such/folder']);
    await core.call('clusters.disconnect', { clusterId: profile.id });
    expect((await core.call('images.list', { clusterId: profile.id })).images).toEqual(images);
  });
});
