import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import { openTarget, profileOf, type ClusterTarget } from '../../testing/clusterTarget.ts';
import { startCore, type CoreUnderTest } from '../../testing/coreUnderTest.ts';

let cluster: { target: ClusterTarget; dispose: () => Promise<void> };
let folder: string;
/** A folder that the cluster sees too: the demo cluster is this computer. */
let remote: string;
let core: CoreUnderTest;
let profile: ClusterProfile;

const yaml = (id: string, name = id): string =>
  `template: {id: ${id}, display_name: "${name}"}\nscript: {main_exec: hostname}\n`;
const community = async (): Promise<[string, string][]> =>
  (await core.call('templates.list', {}))
    .filter(({ source }) => source === 'community')
    .map(({ id, displayName }) => [id, displayName]);

beforeAll(async () => {
  cluster = await openTarget();
});
afterAll(() => cluster.dispose());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-publish-'));
  remote = path.join(folder, 'on the cluster');
  await mkdir(path.join(folder, 'official'));
  profile = ClusterProfile.parse({ ...profileOf(cluster.target), communityFolder: remote });
  core = await startCore({
    dataFolder: path.join(folder, 'data'),
    hostKeyFingerprint: cluster.target.hostKeyFingerprint,
    overrides: { folders: { data: path.join(folder, 'data'), officialTemplates: path.join(folder, 'official') } },
  });
  await core.call('clusters.save', { profile });
});
afterEach(async () => {
  await core.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('publishing to a folder on this computer', () => {
  test('copies the template with its samples, and overwrites no other one unless asked to', async () => {
    const shared = path.join(folder, 'shared');
    await expect(core.call('templates.publish', { id: 'a', to: { kind: 'local' } })).rejects.toMatchObject({
      code: 1001,
    });
    const { fileHash } = await core.call('templates.save', { source: 'private', text: yaml('a', 'One') });
    await expect(core.call('templates.publish', { id: 'a', to: { kind: 'local' } })).rejects.toMatchObject({
      code: 1010,
    });
    core.core.allowPlace('templates', shared, 'command');
    await core.call('settings.update', { changes: { communityTemplates: shared } });
    await mkdir(path.join(folder, 'data/templates/private/a.samples'));
    await writeFile(path.join(folder, 'data/templates/private/a.samples/in.dat'), 'sample');
    expect(await core.call('templates.publish', { id: 'a', to: { kind: 'local' } })).toEqual({
      where: path.join(shared, 'a.yaml'),
    });
    expect(await readFile(path.join(shared, 'a.samples/in.dat'), 'utf8')).toBe('sample');
    expect(await community()).toEqual([['a', 'One']]);
    await core.call('templates.save', { source: 'private', id: 'a', baseHash: fileHash, text: yaml('a', 'Two') });
    await expect(core.call('templates.publish', { id: 'a', to: { kind: 'local' } })).rejects.toMatchObject({
      code: 1006,
    });
    expect(await readFile(path.join(shared, 'a.yaml'), 'utf8')).toBe(yaml('a', 'One'));
    await core.call('templates.publish', { id: 'a', to: { kind: 'local' }, replace: true });
    expect(await community()).toEqual([['a', 'Two']]);
    expect((await core.call('templates.versions', { id: 'a', source: 'community' })).map(({ hash }) => hash)).toContain(
      fileHash,
    );
  });
});

describe('publishing one that is not meant for others', () => {
  test('is refused until the person says so; the copy says it then, and the own file stays as it is', async () => {
    const shared = path.join(folder, 'shared');
    core.core.allowPlace('templates', shared, 'command');
    await core.call('settings.update', { changes: { communityTemplates: shared } });
    const text = '# mine\ntemplate:\n  id: a\n  is_public: false   # not yet\nscript: {main_exec: hostname}\n';
    await core.call('templates.save', { source: 'private', text });
    const to = { kind: 'local' } as const;
    await expect(core.call('templates.publish', { id: 'a', to })).rejects.toMatchObject({ code: 1011 });
    await core.call('templates.publish', { id: 'a', to, makePublic: true });
    expect(await readFile(path.join(shared, 'a.yaml'), 'utf8')).toBe(text.replace('false', 'true'));
    expect(await readFile(path.join(folder, 'data/templates/private/a.yaml'), 'utf8')).toBe(text);
    await core.call('templates.publish', { id: 'a', to, makePublic: true });
  });
});

describe('a tree of sources on a cluster', () => {
  test('is published to where its community lies, and scanned with what was found', async () => {
    await mkdir(path.join(remote, 'official/ml'), { recursive: true });
    await writeFile(path.join(remote, 'official/ml/site.yaml'), yaml('site'));
    await mkdir(path.join(remote, 'private/somebody-else'), { recursive: true });
    await writeFile(path.join(remote, 'private/somebody-else/secret.yaml'), yaml('secret'));
    await core.connect(profile.id);
    const { folders, failed } = await core.call('templates.scan', {});
    expect(failed).toEqual([]);
    expect(
      folders
        .filter(({ clusterId }) => clusterId === profile.id)
        .map(({ source, site, templates }) => [source, site, templates]),
    ).toEqual([
      ['official', true, 1],
      ['community', false, 0],
      ['community', false, 0],
    ]);
    await core.call('templates.save', { source: 'private', text: yaml('a', 'Mine') });
    await core.call('templates.publish', { id: 'a', to: { kind: 'cluster', clusterId: profile.id } });
    expect(await readFile(path.join(remote, 'community/a.yaml'), 'utf8')).toBe(yaml('a', 'Mine'));
    expect(
      (await core.call('templates.list', { archived: true })).map(({ source, id, site }) => [source, id, site]),
    ).toEqual([
      ['private', 'a', false],
      ['community', 'a', false],
      ['official', 'site', true],
    ]);
  });
});

describe('a community folder on a cluster', () => {
  test('is copied when the cluster is connected, follows what others do there, and stays without a connection', async () => {
    await mkdir(path.join(remote, 'md/run.samples'), { recursive: true });
    await writeFile(path.join(remote, 'md/run.yaml'), yaml('run', 'One'));
    await writeFile(path.join(remote, 'md/run.samples/in.dat'), 'sample');
    await writeFile(path.join(remote, 'notes.txt'), 'no template');
    await writeFile(path.join(remote, '.hidden.yaml'), yaml('hidden'));
    await core.connect(profile.id);
    expect((await core.call('templates.sync', {})).failed).toEqual([]);
    const [listed] = await core.call('templates.list', {});
    expect(listed).toMatchObject({
      id: 'run',
      source: 'community',
      writable: false,
      origin: { clusterId: profile.id },
    });
    expect(
      (await core.call('files.samples', { templateId: 'run', templateSource: 'community' })).map(({ name }) => name),
    ).toEqual(['in.dat']);

    await writeFile(path.join(remote, 'md/run.yaml'), yaml('run', 'Two'));
    await writeFile(path.join(remote, 'new.yaml'), yaml('new'));
    expect(await core.call('templates.sync', {})).toEqual({ changed: 2, failed: [] });
    expect(await community()).toEqual([
      ['run', 'Two'],
      ['new', 'new'],
    ]);
    expect(await core.call('templates.sync', {})).toEqual({ changed: 0, failed: [] });
    await rm(path.join(remote, 'md'), { recursive: true });
    await core.call('templates.sync', {});
    expect(await community()).toEqual([['new', 'new']]);

    await core.call('clusters.disconnect', { clusterId: profile.id });
    expect(await core.call('templates.sync', {})).toMatchObject({ changed: 0, failed: [{ clusterId: profile.id }] });
    expect(await community()).toEqual([['new', 'new']]);
    await expect(core.call('templates.archive', { id: 'new', source: 'community' })).rejects.toMatchObject({
      code: 1007,
    });
  });

  test('that vanished leaves the copy as it was, and says so', async () => {
    await mkdir(remote);
    await writeFile(path.join(remote, 'a.yaml'), yaml('a'));
    await core.connect(profile.id);
    await core.call('templates.sync', {});
    await rm(remote, { recursive: true });
    expect(await core.call('templates.sync', {})).toMatchObject({
      changed: 0,
      failed: [{ clusterId: profile.id, reason: expect.any(String) as string }],
    });
    expect(await community()).toEqual([['a', 'a']]);
  });

  test('gets a template with its samples, and what another one published meanwhile is not overwritten', async () => {
    await core.call('templates.save', { source: 'private', text: yaml('a', 'Mine') });
    await mkdir(path.join(folder, 'data/templates/private/a.samples'));
    await writeFile(path.join(folder, 'data/templates/private/a.samples/in put.dat'), 'sample');
    await core.connect(profile.id);
    const to = { kind: 'cluster', clusterId: profile.id } as const;
    expect((await core.call('templates.publish', { id: 'a', to })).where).toContain('a.yaml');
    expect(await readFile(path.join(remote, 'a.yaml'), 'utf8')).toBe(yaml('a', 'Mine'));
    expect(await readFile(path.join(remote, 'a.samples/in put.dat'), 'utf8')).toBe('sample');
    expect(await community()).toEqual([['a', 'Mine']]);

    await writeFile(path.join(remote, 'a.yaml'), yaml('a', 'Hers'));
    await expect(core.call('templates.publish', { id: 'a', to })).rejects.toMatchObject({ code: 1006 });
    expect(await readFile(path.join(remote, 'a.yaml'), 'utf8')).toBe(yaml('a', 'Hers'));
    await core.call('templates.publish', { id: 'a', to, replace: true });
    expect(await readFile(path.join(remote, 'a.yaml'), 'utf8')).toBe(yaml('a', 'Mine'));
    expect((await readdir(remote)).sort()).toEqual(['a.samples', 'a.yaml']);
  });
});
