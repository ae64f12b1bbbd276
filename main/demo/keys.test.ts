import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyPair, newKeyPair } from './keys.ts';

describe('the demo’s keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are whole every time, also when a number begins with a zero byte', () => {
    for (let made = 0; made < 2000; made += 1) {
      const { privateKey, publicKey } = newKeyPair();
      const parsed = ssh2.utils.parseKey(privateKey);
      if (parsed instanceof Error) throw parsed;
      expect(parsed.getPublicSSH().toString('base64')).toBe(publicKey.split(' ')[1]);
    }
  });

  it('are what OpenSSH takes them for', () => {
    const { privateKeyPath, fingerprint } = keyPair(folder, 'id');
    const listed = execFileSync('ssh-keygen', ['-lf', privateKeyPath], { encoding: 'utf8' });
    expect(listed).toBe(`256 ${fingerprint} slipway-demo (ED25519)\n`);
    expect(execFileSync('ssh-keygen', ['-yf', privateKeyPath], { encoding: 'utf8' })).toMatch(
      /^ssh-ed25519 \S+ slipway-demo\n$/,
    );
    expect(statSync(privateKeyPath).mode & 0o777).toBe(0o600);
  });

  it('are kept, and made anew only when they cannot be read', () => {
    const { fingerprint, privateKeyPath } = keyPair(folder, 'id');
    expect(keyPair(folder, 'id').fingerprint).toBe(fingerprint);
    writeFileSync(privateKeyPath, 'damaged');
    expect(keyPair(folder, 'id').fingerprint).not.toBe(fingerprint);
  });
});
