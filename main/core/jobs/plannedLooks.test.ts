import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { openTarget, profileOf } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

describe('when the jobs are looked at next', () => {
  let closeTarget: () => Promise<void>;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  /** As a window learns it: of a look that was planned, and of one that was made. */
  let next: number | null | undefined;

  beforeAll(async () => {
    const { target, dispose } = await openTarget();
    closeTarget = dispose;
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-planned-'));
    profile = profileOf(target, target.port, 2);
    await writeTestTemplates(path.join(folder, 'data'));
    core = await startCore({ dataFolder: path.join(folder, 'data'), hostKeyFingerprint: target.hostKeyFingerprint });
    core.core.events.on(({ name, payload }) => {
      if (name === 'jobs.poll' || name === 'jobs.planned') next = payload.nextPollAt;
    });
    await core.call('clusters.save', { profile });
    await core.connect(profile.id);
  });

  afterAll(async () => {
    await core.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  const settles = async (is: () => boolean): Promise<void> => {
    for (let look = 0; !is() && look < 200; look += 1) await delay(50);
    expect(is(), String(next)).toBe(true);
  };

  it('is told whenever that changes: not at all without a connection, and not once all jobs are over', async () => {
    const job = await core.call('jobs.submit', { draft: await testDraft(core, profile, null, 'patient'), wait: true });
    await core.call('jobs.watch', { runIds: [job.runId], visible: true, watcher: 'test' });
    await settles(() => typeof next === 'number');
    await core.until(job.runId, ({ state }) => state === 'RUNNING');

    await core.call('clusters.disconnect', { clusterId: profile.id });
    await settles(() => next === null);
    await core.connect(profile.id);
    await settles(() => typeof next === 'number');

    await core.call('jobs.cancel', { runId: job.runId });
    await core.until(job.runId, ({ state }) => isFinal(state));
    await settles(() => next === null);
    // a cluster whose jobs are over is not looked at, however often it is connected
    next = 1;
    await core.call('clusters.disconnect', { clusterId: profile.id });
    await core.connect(profile.id);
    await delay(500);
    expect([null, 1]).toContain(next);
  }, 60_000);
});
