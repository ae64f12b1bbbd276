import { describe, expect, it } from 'vitest';
import { ClusterProfile } from '../../../shared/domain/cluster.ts';
import { draftOf, idFor, NEW_PROFILE, problemsOf, profileOf, type ProfileDraft } from './profile.ts';

const FILLED: ProfileDraft = { ...NEW_PROFILE, name: 'Cori (NERSC)', host: 'login.site.edu', user: 'ada' };

describe('the form of a cluster', () => {
  it('asks for name, host and user, and for nothing else', () => {
    expect(problemsOf(NEW_PROFILE)).toEqual({ name: 'needed', host: 'needed', user: 'needed' });
    expect(problemsOf(FILLED)).toEqual({});
  });

  it('makes a profile that the core takes, and finds its own values in it again', () => {
    const profile = ClusterProfile.parse(profileOf(FILLED, null, idFor(FILLED.name, [])));
    expect(profile.id).toBe('cori-nersc');
    expect(draftOf(profile)).toEqual(FILLED);
  });

  it('keeps what it does not show and does not round what it only displays', () => {
    const before = ClusterProfile.parse({ ...profileOf(FILLED, null, 'demo'), kind: 'demo', maxFileSize: 1_234_567_890 });
    const after = ClusterProfile.parse(profileOf({ ...draftOf(before), name: 'Demo' }, before, 'unused'));
    expect(after).toEqual({ ...before, name: 'Demo' });
  });

  it.each<[keyof ProfileDraft, Partial<ProfileDraft>]>([
    ['port', { port: 0 }],
    ['port', { port: 22.5 }],
    ['port', { port: null }],
    ['pollSeconds', { pollSeconds: 1 }],
    ['maxFileSize', { maxFileSize: 'much' }],
    ['currency', { currency: 'dollars' }],
    ['gpuHour', { gpuHour: -1 }],
    ['auth', { auth: [] }],
    ['auth', { auth: [{ kind: 'key', path: ' ', certificate: null }] }],
  ])('marks %s when it is %j', (field, change) => {
    expect(Object.keys(problemsOf({ ...FILLED, ...change }))).toEqual([field]);
  });

  it('finds a free id whatever the name is', () => {
    expect(idFor('Cori', ['cori', 'cori-2'])).toBe('cori-3');
    expect(idFor('한국 슈퍼컴퓨터', [])).toBe('cluster');
    expect(idFor('new', [])).toBe('new-2');
  });
});
