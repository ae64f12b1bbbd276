import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterProfile, type ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import type { Vault } from '../ports.ts';
import { startCutProxy, type CutProxy } from '../testing/cutProxy.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

describe('a session over time', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let proxy: CutProxy;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let states: ConnectionState[];
  const waking = new Emitter<'resume' | 'network'>();
  const secrets = new Map<string, string>();
  const vault: Vault = {
    persistent: true,
    get: (key) => Promise.resolve(secrets.get(key) ?? null),
    set: (key, secret) => Promise.resolve(void secrets.set(key, secret)),
    delete: (key) => Promise.resolve(void secrets.delete(key)),
  };

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    proxy = await startCutProxy(target.host, target.port);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-blips-'));
    profile = { ...profileOf(target, proxy.port), imageFolders: ['~/blips'] };
    const witness = await openWitness(target);
    await witness.run('mkdir -p ~/blips && : >~/blips/mine.sif');
    await witness.dispose();
    await writeTestTemplates(path.join(folder, 'data'));
    states = [];
    await open();
    await core.call('clusters.save', { profile });
  });

  const open = async (): Promise<void> => {
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: target.hostKeyFingerprint,
      overrides: {
        vault,
        wake: { onWake: (listener) => waking.on(listener), onSleep: () => ({ dispose: () => undefined }) },
      },
    });
    core.core.events.on(({ name, payload }) => {
      if (name === 'clusters.connection') states.push(payload.connection);
    });
  };

  beforeEach(async () => {
    proxy.restore();
    proxy.disarm();
    await core.connect(profile.id);
    await expect.poll(phase, { timeout: 15_000 }).toBe('ready');
    states = [];
  });

  afterAll(async () => {
    await core.dispose();
    await proxy.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  const phase = async (): Promise<string | undefined> =>
    (await core.call('clusters.list', {})).find((cluster) => cluster.profile.id === profile.id)?.connection.phase;
  const lose = async (): Promise<void> => {
    proxy.fail('refusing');
    await expect.poll(phase).toBe('waiting');
  };

  it('lets what a person asks for wait while the connection is made again', async () => {
    await lose();
    const asked = [
      core.call('clusters.facts', { clusterId: profile.id, refresh: true }),
      core.call('images.list', { clusterId: profile.id, refresh: true }),
      core.call('jobs.refresh', { clusterId: profile.id }),
    ] as const;
    proxy.restore();
    const [facts] = await Promise.all(asked);
    expect(facts.partitions.length).toBeGreaterThan(0);
  });

  it('begins a harmless question anew when the connection is cut while it is asked', async () => {
    const { images, unreadable } = await core.call('images.list', { clusterId: profile.id, refresh: true });
    expect(images.map(({ name }) => name)).toEqual(['mine.sif']);
    const before = proxy.taken;
    proxy.arm('down', 30);
    const asked = core.call('images.list', { clusterId: profile.id, refresh: true });
    await expect.poll(() => proxy.hasCut).toBe(true);
    // the answer is of the second look, after the cut
    const seenAgain = images.map((image) => ({ ...image, lastScannedAt: expect.any(Number) as number }));
    expect(await asked).toMatchObject({ images: seenAgain, unreadable });
    expect([proxy.taken - before, states.filter(({ phase: one }) => one === 'waiting').length]).toEqual([1, 1]);
  });

  it('says in the end why there is no connection, and does not hang', { timeout: 40_000 }, async () => {
    await lose();
    await expect(core.call('clusters.facts', { clusterId: profile.id, refresh: true })).rejects.toMatchObject({
      name: 'NOT_CONNECTED',
      hint: expect.stringMatching(/Slipway tries again in \d+ s|being connected/) as string,
    });
    await core.call('clusters.disconnect', { clusterId: profile.id });
    await expect(core.call('jobs.refresh', { clusterId: profile.id })).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
  });

  it(
    'is asked for a sign of life when the computer wakes up, and made again at once when it is dead',
    { timeout: 30_000 },
    async () => {
      const before = proxy.taken;
      waking.emit('resume');
      await core.call('images.list', { clusterId: profile.id, refresh: true });
      expect([proxy.taken - before, states]).toEqual([0, []]);
      proxy.fail('silent');
      waking.emit('resume');
      await expect.poll(phase, { timeout: 15_000 }).not.toMatch(/ready|degraded/);
      proxy.restore();
      await expect.poll(phase, { timeout: 15_000 }).toBe('ready');
      expect(proxy.taken - before).toBeLessThanOrEqual(3);
    },
  );

  it('does not wait on once the network is another one', async () => {
    await lose();
    // the next attempt of its own is due after 12 s at the earliest
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await core.connect(profile.id);
      await expect.poll(phase).toBe('waiting');
    }
    proxy.restore();
    waking.emit('network');
    await expect.poll(phase, { timeout: 10_000 }).toBe('ready');
  });

  it('tells what was run on the cluster, and why', async () => {
    const draft = await testDraft(core, profile, null);
    const { runId } = await core.call('jobs.submit', { draft, wait: true });
    await core.call('jobs.refresh', { clusterId: profile.id });
    await core.call('jobs.readLog', { runId, stream: 'stdout' });
    await core.call('clusters.facts', { clusterId: profile.id, refresh: true });
    await core.call('jobs.cancel', { runId });
    const { counts, latest } = await core.call('clusters.commands', { clusterId: profile.id });
    const told = counts.map(({ program, purpose }) => `${program} ${purpose}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'sbatch submit',
        'squeue poll',
        'sftp log',
        'sinfo facts',
        'scontrol facts',
        'sacctmgr facts',
        'sh login',
      ]),
    );
    expect(told.filter((one) => one.endsWith(' other'))).toEqual([]);
    expect(latest.length).toBeGreaterThan(5);
    expect(latest).toEqual([...latest].sort((a, b) => b.at - a.at));
  });

  it('of a removed cluster leaves no secret behind, nor does one that was tried and never saved', async () => {
    const other = ClusterProfile.parse({ ...profile, id: 'other', user: 'ada', auth: [{ kind: 'password' }] });
    await core.call('clusters.save', { profile: other });
    secrets.set('cluster/other/password/ada@host', 'hunter2');
    core.store.documents.set('clusterSecrets', 'other', ['cluster/other/password/ada@host']);
    await core.call('clusters.remove', { clusterId: other.id });
    expect(secrets.size).toBe(0);
    expect(core.store.documents.keys('clusterSecrets')).toEqual([]);
    secrets.set('cluster/tried/password/ada@host', 'hunter2');
    core.store.documents.set('clusterSecrets', 'tried', ['cluster/tried/password/ada@host']);
    await core.dispose();
    await open();
    await expect.poll(() => secrets.size).toBe(0);
  });
});
