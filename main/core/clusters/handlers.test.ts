import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { createSshConfigReader } from '../../ssh/index.ts';
import { startCore, type CoreUnderTest } from '../testing/coreUnderTest.ts';

describe('profiles of clusters', () => {
  let folder: string;
  let core: CoreUnderTest;
  let secrets: Map<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-profiles-'));
    secrets = new Map();
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: 'SHA256:none',
      overrides: {
        sshConfig: createSshConfigReader({ home: folder, systemFile: null, userName: 'me', environment: {} }),
        vault: {
          persistent: true,
          get: (key) => Promise.resolve(secrets.get(key) ?? null),
          set: (key, secret) => Promise.resolve(void secrets.set(key, secret)),
          delete: (key) => Promise.resolve(void secrets.delete(key)),
        },
      },
    });
    await mkdir(path.join(folder, '.ssh'));
  });
  afterEach(async () => {
    await core.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const configure = (text: string): Promise<void> => writeFile(path.join(folder, '.ssh', 'config'), text);

  it('are made from ~/.ssh/config, looked at, and then saved', async () => {
    await configure(
      'Host hpc\n HostName hpc.example\n User alice\n ProxyJump gate\n Ciphers aes128-cbc\nHost *.cloud\n Port 2200\n',
    );
    expect((await core.call('clusters.sshConfig', {})).hosts).toMatchObject([
      { alias: 'hpc', host: 'hpc.example', user: 'alice', jump: ['me@gate:22'] },
    ]);
    const { profile, notes } = await core.call('clusters.fromSshConfig', { alias: 'hpc' });
    expect(profile).toMatchObject({
      id: 'hpc',
      name: 'hpc',
      kind: 'ssh',
      host: 'hpc.example',
      user: 'alice',
      importedFrom: 'hpc',
      jump: [{ host: 'gate', user: 'me' }],
    });
    expect(notes).toMatchObject([{ line: 5, text: 'Ciphers aes128-cbc' }]);
    expect((await core.call('clusters.list', {})).map(({ profile: { id } }) => id)).not.toContain('hpc');
    await core.call('clusters.save', { profile });
    expect((await core.call('clusters.list', {})).find(({ profile: { id } }) => id === 'hpc')?.profile).toEqual(
      profile,
    );
  });

  it('may come from a name that only a wildcard fits, and have an id that nobody has', async () => {
    await configure('Host *.cloud\n Port 2200\n');
    const first = (await core.call('clusters.fromSshConfig', { alias: 'a~b.cloud' })).profile;
    expect(first).toMatchObject({ id: 'a-b.cloud', port: 2200 });
    await core.call('clusters.save', { profile: first });
    expect((await core.call('clusters.fromSshConfig', { alias: 'a~b.cloud' })).profile.id).toBe('a-b.cloud-2');
    expect((await core.call('clusters.fromSshConfig', { alias: '계산' })).profile.id).toBe('cluster');
    expect(
      (await core.call('clusters.fromSshConfig', { alias: `${'long-'.repeat(50)}name` })).profile.name,
    ).toHaveLength(80);
  });

  it('are not to be had where the configuration cannot be read', async () => {
    await configure('Host a\0\n');
    await expect(core.call('clusters.sshConfig', {})).rejects.toMatchObject({
      name: 'SSH_CONFIG_UNREADABLE',
      message: expect.stringContaining('config') as string,
    });
  });

  it('end the connection when anything changes that it was made with', async () => {
    await configure('Host hpc\n');
    const { profile } = await core.call('clusters.fromSshConfig', { alias: 'hpc' });
    await core.call('clusters.save', { profile: { ...profile, host: '127.0.0.1', port: 1 } });
    expect((await core.connect(profile.id)).phase).toBe('failed');
    const renamed = await core.call('clusters.save', {
      profile: { ...profile, host: '127.0.0.1', port: 1, name: 'Renamed' },
    });
    expect(renamed.connection.phase).toBe('failed');
    const other = await core.call('clusters.save', {
      profile: { ...profile, host: '127.0.0.1', port: 1, hostKeys: { ...profile.hostKeys, alias: 'x' } },
    });
    expect(other.connection.phase).toBe('offline');
  });

  it('can be asked what was run on them, and are not asked what they are not', async () => {
    await configure('Host hpc\n');
    const { profile } = await core.call('clusters.fromSshConfig', { alias: 'hpc' });
    await core.call('clusters.save', { profile });
    expect(await core.call('clusters.commands', { clusterId: profile.id })).toMatchObject({ counts: [], latest: [] });
    const nobody = { clusterId: ClusterId.parse('nobody') };
    await expect(core.call('clusters.commands', nobody)).rejects.toMatchObject({ name: 'CLUSTER_NOT_FOUND' });
    await expect(core.call('clusters.forgetSecrets', nobody)).rejects.toMatchObject({ name: 'CLUSTER_NOT_FOUND' });
    await expect(core.call('clusters.usage', nobody)).rejects.toMatchObject({ name: 'CLUSTER_NOT_FOUND' });
    await expect(core.call('clusters.modules', nobody)).rejects.toMatchObject({ name: 'CLUSTER_NOT_FOUND' });
    await expect(
      core.call('clusters.forgetHostKey', { ...nobody, host: 'a', port: 22, fingerprint: 'SHA256:x' }),
    ).rejects.toMatchObject({ name: 'CLUSTER_NOT_FOUND' });
  });
});
