import { describe, expect, it } from 'vitest';
import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { draftOf, idFor, NEW_HOP, NEW_PROFILE, problemsOf, profileOf, type ProfileDraft } from './profile.ts';

const FILLED: ProfileDraft = { ...NEW_PROFILE, name: 'Cori (NERSC)', host: 'login.site.edu', user: 'ada' };

describe('the form of a cluster', () => {
  it('asks for name, host and user, and for nothing else', () => {
    expect(problemsOf(NEW_PROFILE)).toEqual({ name: 'needed', host: 'needed', user: 'needed' });
    expect(problemsOf({ ...NEW_PROFILE, runRoot: '/scratch/100%' })).toMatchObject({ runRoot: 'runRoot' });
    expect(problemsOf(FILLED)).toEqual({});
  });

  it('has no rates until somebody sets one, and then those that are left empty are free', () => {
    const free = { ...FILLED, nodeHour: null, memoryGbHour: null, gpuHour: null, coreHour: null };
    expect(NEW_PROFILE).toMatchObject({ nodeHour: null, memoryGbHour: null, gpuHour: null, coreHour: null });
    expect(problemsOf({ ...free, currency: '' })).toEqual({});
    const saved = ClusterProfile.parse(profileOf(free, null, 'cori'));
    expect(saved.rates).toBeNull();
    expect(draftOf(saved)).toMatchObject({ nodeHour: null, coreHour: null });
    expect(profileOf({ ...free, currency: 'eur', gpuHour: 2 }, null, 'cori').rates).toEqual({
      currency: 'EUR',
      nodeHour: 0,
      memoryGbHour: 0,
      gpuHour: 2,
      coreHour: 0,
    });
    expect(problemsOf({ ...free, currency: '', gpuHour: 2 })).toEqual({ currency: 'currency' });
  });

  it('takes the folders on compute nodes a partition a line, and says where a line is none', () => {
    const imageNodes = 'gpu: /scratch/images, /local/images\n\nviz : ~/images\ngpu: /more';
    const saved = ClusterProfile.parse(profileOf({ ...FILLED, imageNodes }, null, 'cori'));
    expect(saved.imageNodes).toEqual([
      { partition: 'gpu', folders: ['/scratch/images', '/local/images', '/more'] },
      { partition: 'viz', folders: ['~/images'] },
    ]);
    expect(draftOf(saved).imageNodes).toBe('gpu: /scratch/images, /local/images, /more\nviz: ~/images');
    for (const wrong of ['/scratch/images', 'gpu:', 'two words: /x'])
      expect(problemsOf({ ...FILLED, imageNodes: wrong })).toEqual({ imageNodes: 'imageNodes' });
  });

  it('makes a profile that the core takes, and finds its own values in it again', () => {
    const profile = ClusterProfile.parse(profileOf(FILLED, null, idFor(FILLED.name, [])));
    expect(profile.id).toBe('cori-nersc');
    expect(draftOf(profile)).toEqual(FILLED);
  });

  it('keeps hops, certificates, restricted agents, host key rules and the quota command', () => {
    const draft: ProfileDraft = {
      ...FILLED,
      auth: [
        { kind: 'agent', socket: '/run/agent', only: ['~/.ssh/hpc'] },
        { kind: 'key', path: '~/.ssh/hpc', certificate: '~/.ssh/hpc-cert.pub' },
      ],
      jump: [
        { host: 'gate.site.edu', port: 2222, user: 'ada', auth: null },
        { host: 'bastion', port: 22, user: 'guest', auth: [{ kind: 'password' }] },
      ],
      knownHosts: '~/.ssh/known_hosts\n~/.ssh/hpc_hosts',
      hashHosts: true,
      hostKeyAlias: 'cori',
      quotaCommand: 'myquota -H',
      communityFolder: '/shared/templates',
    };
    expect(problemsOf(draft)).toEqual({});
    expect(draftOf(ClusterProfile.parse(profileOf(draft, null, 'cori')))).toEqual(draft);
  });

  it('keeps what it does not show and does not round what it only displays', () => {
    const before = ClusterProfile.parse({
      ...profileOf(FILLED, null, 'demo'),
      kind: 'demo',
      importedFrom: 'cori',
      maxFileSize: 1_234_567_890,
    });
    const after = ClusterProfile.parse(profileOf({ ...draftOf(before), name: 'Demo' }, before, 'demo'));
    expect(after).toEqual({ ...before, name: 'Demo' });
  });

  it.each<[string, Partial<ProfileDraft>]>([
    ['port', { port: 0 }],
    ['port', { port: 22.5 }],
    ['port', { port: null }],
    ['pollSeconds', { pollSeconds: 1 }],
    ['maxFileSize', { maxFileSize: 'much' }],
    ['currency', { currency: 'dollars' }],
    ['gpuHour', { gpuHour: -1 }],
    ['auth', { auth: [] }],
    ['auth.0.path', { auth: [{ kind: 'key', path: ' ', certificate: null }] }],
    ['jump.0.host', { jump: [{ ...NEW_HOP, user: 'ada' }] }],
    ['jump.0.user', { jump: [{ ...NEW_HOP, host: 'gate' }] }],
    ['jump.0.port', { jump: [{ ...NEW_HOP, host: 'gate', user: 'ada', port: 70_000 }] }],
    ['jump.0.auth', { jump: [{ ...NEW_HOP, host: 'gate', user: 'ada', auth: [] }] }],
  ])('marks %s when it is %j', (field, change) => {
    expect(Object.keys(problemsOf({ ...FILLED, ...change }))).toEqual([field]);
  });

  it('finds a free id whatever the name is', () => {
    expect(idFor('Cori', ['cori', 'cori-2'])).toBe('cori-3');
    expect(idFor('한국 슈퍼컴퓨터', [])).toBe('cluster');
    expect(idFor('new', [])).toBe('new-2');
    expect(idFor('Import', [])).toBe('import-2');
  });
});
