import { describe, expect, it } from 'vitest';
import { keyChangeOf } from './keyChange.ts';

describe('a changed host key', () => {
  const details = {
    host: 'login',
    port: 2222,
    file: '/home/ada/.ssh/known_hosts',
    line: 7,
    knownFingerprints: ['SHA256:old'],
    offeredFingerprint: 'SHA256:new',
  };

  it('is told with both fingerprints and the place of the old one', () => {
    expect(keyChangeOf({ name: 'HOST_KEY_CHANGED', details })).toEqual({
      host: 'login',
      port: 2222,
      file: '/home/ada/.ssh/known_hosts',
      line: 7,
      known: ['SHA256:old'],
      offered: 'SHA256:new',
    });
  });

  it('is not guessed from another error, nor from one that does not say which key', () => {
    expect(keyChangeOf({ name: 'AUTH_FAILED', details })).toBeNull();
    expect(keyChangeOf({ name: 'HOST_KEY_CHANGED' })).toBeNull();
    expect(keyChangeOf({ name: 'HOST_KEY_CHANGED', details: { ...details, offeredFingerprint: 3 } })).toBeNull();
  });

  it('does not stumble over details of another form', () => {
    expect(
      keyChangeOf({
        name: 'HOST_KEY_CHANGED',
        details: { host: 'login', offeredFingerprint: 'SHA256:new', knownFingerprints: 'x', line: '7', port: null },
      }),
    ).toEqual({ host: 'login', port: 22, file: null, line: null, known: [], offered: 'SHA256:new' });
  });
});
