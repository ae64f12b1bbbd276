import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operations } from '../../../shared/contract/index.ts';
import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { DEFAULT_RUN_ROOT } from '../../../shared/domain/cluster/defaults.ts';
import { createSshConfigReader } from '../../ssh/index.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';
import type { CorePorts } from '../ports.ts';

let folder: string;
let home: string;
let core: CoreUnderTest;

async function open(overrides: Partial<CorePorts> = {}): Promise<CoreUnderTest> {
  const sshConfig = createSshConfigReader({ home, systemFile: path.join(home, 'none'), userName: 'ada' });
  core = await startCore({
    dataFolder: path.join(folder, 'data'),
    hostKeyFingerprint: '',
    overrides: { usualPlaces: { home, ssh: [path.join(home, '.ssh')] }, host: 'cli', sshConfig, ...overrides },
  });
  return core;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-places-'));
  home = path.join(folder, 'home');
  mkdirSync(path.join(home, '.ssh'), { recursive: true });
});
afterEach(async () => {
  await core.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const profile = (changes: Record<string, unknown> = {}): ClusterProfile =>
  ClusterProfile.parse({
    id: 'c',
    name: 'Cluster',
    kind: 'ssh',
    host: 'login',
    port: 22,
    user: 'ada',
    auth: [{ kind: 'password' }],
    ...changes,
  });
const save = (changes: Record<string, unknown>): Promise<unknown> =>
  core.call('clusters.save', { profile: profile(changes) });
const key = (file: string): Record<string, unknown> => ({ auth: [{ kind: 'key', path: file, certificate: null }] });
const knownHosts = (...files: string[]): Record<string, unknown> => ({ hostKeys: { files, hash: false, alias: null } });

describe('a profile that whoever calls has made', () => {
  it.each([
    ['a key elsewhere', () => key('/etc/passwd')],
    ['a key by a detour', () => key('~/.ssh/../secret')],
    ['a key on another computer', () => key('\\\\evil\\share\\key')],
    ['a certificate elsewhere', () => ({ auth: [{ kind: 'key', path: '~/.ssh/id', certificate: '/etc/shadow' }] })],
    [
      'the key of the demo cluster, for a way around its question',
      () => key(path.join(folder, 'data', 'demo', 'keys', 'id_ed25519')),
    ],
    [
      'a socket that is no agent of mine',
      () => ({ auth: [{ kind: 'agent', socket: '/var/run/docker.sock', only: [] }] }),
    ],
    ['a public key elsewhere', () => ({ auth: [{ kind: 'agent', socket: null, only: ['/etc/passwd'] }] })],
    [
      'a key of a jump host',
      () => ({ jump: [{ host: 'j', user: 'ada', auth: [{ kind: 'key', path: '/etc/passwd', certificate: null }] }] }),
    ],
    ['host keys in a start-up file', () => knownHosts('~/.bashrc')],
    ['host keys in authorized_keys', () => knownHosts('~/.ssh/authorized_keys')],
    ['host keys in ssh’s configuration', () => knownHosts('~/.ssh/known_hosts', '~/.ssh/config')],
    ['an alias of two lines', () => ({ hostKeys: { files: null, hash: false, alias: 'x\nssh-ed25519 AAAA' } })],
    ['an alias that is a pattern', () => ({ hostKeys: { files: null, hash: false, alias: '*' } })],
    ['a blank name', () => ({ name: '   ' })],
    ['a name that turns around', () => ({ name: 'a\u202Eb' })],
    ['a host of two lines', () => ({ host: 'a\nb' })],
    ['a user with an escape', () => ({ user: 'a\u001B[2J' })],
    ['a hop with a blank', () => ({ jump: [{ host: 'a b', user: 'ada' }] })],
  ])('cannot name %s: neither saved nor tried', async (_, changes) => {
    await open();
    await expect(save(changes())).rejects.toMatchObject({
      name: expect.stringMatching(/^(LOCAL_PLACE_REFUSED|SETTING_INVALID)$/) as string,
    });
    await expect(
      core.call('clusters.test', { clusterId: profile().id, profile: profile(changes()) }),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^(LOCAL_PLACE_REFUSED|SETTING_INVALID)$/) as string });
    expect((await core.call('clusters.list', {})).map(({ profile: { id } }) => id)).not.toContain('c');
  });

  it('may name what lies in ~/.ssh', async () => {
    await open();
    await save({
      ...key('~/.ssh/keys/id_rsa'),
      ...knownHosts('~/.ssh/known_hosts', path.join(home, '.ssh', 'known_hosts.work'), 'none'),
    });
  });

  it('may name what stands in the person’s own ssh_config, for the name it came from and for any other', async () => {
    writeFileSync(
      path.join(home, '.ssh', 'config'),
      `Host work\n  IdentityFile ${folder}/keys/work\n  UserKnownHostsFile ${folder}/hosts\n`,
    );
    mkdirSync(path.join(folder, 'keys'));
    writeFileSync(path.join(folder, 'keys', 'work'), 'key');
    await open();
    const { profile: found } = await core.call('clusters.fromSshConfig', { alias: 'work' });
    await core.call('clusters.save', { profile: found });
    await save({ id: 'by-hand', ...key(path.join(folder, 'keys', 'work')) });
    await expect(save({ id: 'other', ...key(path.join(folder, 'keys', 'home')) })).rejects.toMatchObject({
      name: 'LOCAL_PLACE_REFUSED',
    });
  });

  it('may name what the person has allowed, and says by which command', async () => {
    await open();
    const file = path.join(folder, 'my keys', 'id');
    await expect(save(key(file))).rejects.toMatchObject({
      name: 'LOCAL_PLACE_REFUSED',
      code: 5020,
      hint: expect.stringContaining(` allow key '${file}'`) as string,
    });
    core.core.allowPlace('key', file, 'command');
    await save(key(file));
    // for what it was allowed, and no other
    await expect(save(knownHosts(file))).rejects.toMatchObject({ name: 'LOCAL_PLACE_REFUSED' });
    core.core.allowPlace('folder', path.join(folder, 'all'), 'command');
    await save({ ...key(path.join(folder, 'all', 'k')), ...knownHosts(path.join(folder, 'all', 'hosts')) });
    await expect(save(key(`${folder}/all/../k`))).rejects.toMatchObject({ name: 'SETTING_INVALID' });
  });

  it('is looked at when it is used, too', async () => {
    await open();
    core.store.documents.set('clusters', 'c', profile({ host: '127.0.0.1', port: 1, ...knownHosts('/etc/hosts') }));
    expect(await core.connect(profile().id)).toMatchObject({ phase: 'failed', error: { name: 'LOCAL_PLACE_REFUSED' } });
  });
});

describe('what was stored before there were grants', () => {
  it('keeps working: it is granted at the first start that knows of them, and never again', async () => {
    await open();
    core.store.documents.delete('program', 'placesGranted');
    core.store.documents.set(
      'clusters',
      'c',
      profile({ host: '127.0.0.1', port: 1, ...key('keys/relative'), ...knownHosts(path.join(folder, 'hosts')) }),
    );
    core.store.documents.set('settings', 'settings', { communityTemplates: path.join(folder, 'shared') });
    await core.dispose();
    await open();
    expect(await core.call('settings.get', {})).toMatchObject({ communityTemplates: path.join(folder, 'shared') });
    await save({ name: 'Renamed', ...key('keys/relative'), ...knownHosts(path.join(folder, 'hosts')) });
    core.store.documents.set('settings', 'settings', { communityTemplates: '/etc' });
    await core.dispose();
    await open();
    expect(await core.call('settings.get', {})).toMatchObject({ communityTemplates: null });
  });
});

describe('grants', () => {
  it('cannot be made by any operation', async () => {
    await open();
    expect(Object.keys(operations).filter((name) => /allow|grant|place/i.test(name))).toEqual([]);
    await core.call('ui.set', {
      key: 'placeGrants',
      value: JSON.stringify({ purpose: 'templates', path: '/etc', by: 'dialog', at: 0 }),
    });
    await core.call('templates.keepUnsaved', { key: 'placeGrants', text: '/etc' });
    await expect(core.call('settings.update', { changes: { communityTemplates: '/etc' } })).rejects.toMatchObject({
      name: 'LOCAL_PLACE_REFUSED',
    });
    await core.dispose();
    await open();
    await expect(core.call('settings.update', { changes: { privateTemplates: '/etc' } })).rejects.toMatchObject({
      name: 'LOCAL_PLACE_REFUSED',
    });
  });

  it('outlive the program', async () => {
    await open();
    const shared = path.join(folder, 'shared');
    core.core.allowPlace('templates', shared, 'dialog');
    await core.dispose();
    await open();
    expect(
      await core.call('settings.update', { changes: { communityTemplates: path.join(shared, 'below') } }),
    ).toMatchObject({ communityTemplates: path.join(shared, 'below') });
  });
});

describe('the demo cluster, which is this computer', () => {
  const demo = async (): Promise<ClusterProfile> =>
    (await core.call('clusters.list', {})).find(({ profile: { kind } }) => kind === 'demo')!.profile;

  it('runs nothing before the person was told outside of the page, and is told of once', async () => {
    const asked: string[] = [];
    await writeTestTemplates(path.join(folder, 'data'));
    let agrees = false;
    await open({ confirmDemo: () => Promise.resolve(agrees).finally(() => asked.push('asked')) });
    const draft = await testDraft(core, await demo(), null);
    await expect(core.call('jobs.submit', { draft })).rejects.toMatchObject({ name: 'DEMO_NOT_CONFIRMED' });
    expect((await core.call('jobs.list', {})).total).toBe(0);
    agrees = true;
    for (let i = 0; i < 2; i += 1)
      await core
        .call('jobs.submit', { draft })
        .catch((error: unknown) => expect(error).not.toMatchObject({ name: 'DEMO_NOT_CONFIRMED' }));
    expect(asked).toEqual(['asked', 'asked']);
  });

  it('is not made to run a command or read a folder by its settings either', async () => {
    await open({ confirmDemo: () => Promise.resolve(false) });
    const before = await demo();
    for (const changes of [
      { quotaCommand: 'touch /tmp/x' },
      { slurmBin: '/tmp/bin' },
      { communityFolder: '/etc' },
      { runRoot: '/tmp' },
      { imageFolders: ['/etc'] },
    ]) {
      await expect(core.call('clusters.save', { profile: { ...before, ...changes } })).rejects.toMatchObject({
        name: 'DEMO_NOT_CONFIRMED',
      });
      await expect(
        core.call('clusters.test', { clusterId: before.id, profile: { ...before, ...changes } }),
      ).rejects.toMatchObject({ name: 'DEMO_NOT_CONFIRMED' });
    }
    expect(before).toMatchObject({ runRoot: DEFAULT_RUN_ROOT, imageFolders: [] });
    await core.call('clusters.save', { profile: { ...before, name: 'Practice' } });
  });
});
