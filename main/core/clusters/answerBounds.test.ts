import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';
import { openTarget, profileOf } from '../testing/clusterTarget.ts';
import { startCore, type CoreUnderTest } from '../testing/coreUnderTest.ts';

/** A site's wrapper around a command, gone wrong: a program, since commands are started by `timeout`. */
const ENDLESS = `#!/bin/sh
case "$*" in *partition*) exec yes 'PartitionName=again and again' ;; esac
PATH=\${PATH#*:}; exec scontrol "$@"
`;

describe('a command that prints without end', () => {
  let closeTarget: () => Promise<void>;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let oddity = '';
  let connections = 0;

  beforeAll(async () => {
    const { target, dispose } = await openTarget();
    closeTarget = dispose;
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-endless-'));
    // the user of the cluster may be another one
    await chmod(folder, 0o755);
    await writeFile(path.join(folder, 'scontrol'), ENDLESS);
    await chmod(path.join(folder, 'scontrol'), 0o755);
    profile = profileOf(target, target.port, 2);
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: target.hostKeyFingerprint,
      wrap: ({ store, connector }) => ({
        store,
        connector: betweenConnections(connector, ({ shell, files }) => {
          connections += 1;
          return {
            files,
            shell: {
              run: (script, options) =>
                shell.run(script.includes('show partition') ? `${oddity}\n${script}` : script, options),
            },
          };
        }),
      }),
    });
    await core.call('clusters.save', { profile });
    await core.connect(profile.id);
  });

  afterEach(() => {
    oddity = '';
  });

  afterAll(async () => {
    await core.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused with its name, and costs its own answer only', async () => {
    const clusterId = profile.id;
    await core.call('clusters.facts', { clusterId });
    oddity = `PATH=${quote(folder)}:$PATH`;
    const facts = core.call('clusters.facts', { clusterId, refresh: true });
    const beside = core.call('clusters.usage', { clusterId });
    await expect(facts).rejects.toMatchObject({
      name: 'ANSWER_TOO_LARGE',
      code: 4014,
      details: { command: 'scontrol, sinfo or sacctmgr', limit: '8 MiB', host: profile.host },
    });
    await expect(facts).rejects.toThrow(`What scontrol, sinfo or sacctmgr prints on ${profile.host} goes beyond 8 MiB`);
    expect((await beside).partitions.length).toBeGreaterThan(0);
    expect(await core.call('clusters.facts', { clusterId })).toMatchObject({
      slurmVersion: expect.stringMatching(/^\d/) as string,
    });
    oddity = '';
    // the next one has a new shell of the same connection
    expect((await core.call('clusters.facts', { clusterId, refresh: true })).partitions.length).toBeGreaterThan(0);
    expect(connections).toBe(1);
  });
});
