import { describe, expect, it } from 'vitest';
import { isRealKeychain } from './realKeychain.ts';

describe('a keychain that secrets may go into', () => {
  it.each(['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'])('is %s on Linux', (backend) =>
    expect(isRealKeychain({ platform: 'linux', isAvailable: true, backend })).toBe(true),
  );
  it.each(['basic_text', 'unknown', null])(
    'is not %s on Linux: a key that everybody has keeps no secret',
    (backend) => {
      expect(isRealKeychain({ platform: 'linux', isAvailable: true, backend })).toBe(false);
    },
  );
  it.each(['darwin', 'win32'] as const)('is that of %s, where it is there', (platform) => {
    expect(isRealKeychain({ platform, isAvailable: true, backend: null })).toBe(true);
    expect(isRealKeychain({ platform, isAvailable: false, backend: null })).toBe(false);
  });
});
