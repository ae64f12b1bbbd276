import { describe, expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import type { AuthQuestion, Vault } from '../ports.ts';
import { Credentials } from './credentials.ts';

const ID = ClusterId.parse('cori');
const PASSWORD: AuthQuestion = { asker: 'ada@cori', method: 'password', title: 'ada@cori', instructions: '', fields: [{ label: 'Password', echo: false }] };
const CODE: AuthQuestion = { ...PASSWORD, method: 'keyboard-interactive' };

function keychain(): Vault & { secrets: Map<string, string> } {
  const secrets = new Map<string, string>();
  return {
    secrets,
    persistent: true,
    get: (key) => Promise.resolve(secrets.get(key) ?? null),
    set: (key, secret) => Promise.resolve(void secrets.set(key, secret)),
    delete: (key) => Promise.resolve(void secrets.delete(key)),
  };
}

describe('passwords of a cluster', () => {
  it('are asked once per session when the person keeps nothing', async () => {
    const vault = keychain();
    const credentials = new Credentials(vault, ID);
    credentials.begin();
    expect(await credentials.recall(PASSWORD)).toBeNull();
    credentials.given(PASSWORD, ['secret'], false);
    await credentials.accepted();
    credentials.begin();
    expect(await credentials.recall(PASSWORD)).toEqual(['secret']);
    expect(vault.secrets.size).toBe(0);
    credentials.forget();
    credentials.begin();
    expect(await credentials.recall(PASSWORD)).toBeNull();
  });

  it('go into the keychain only when the person wants it and the login went well', async () => {
    const vault = keychain();
    const credentials = new Credentials(vault, ID);
    credentials.begin();
    credentials.given(PASSWORD, ['wrong'], true);
    await credentials.refused();
    expect(vault.secrets.size).toBe(0);
    credentials.begin();
    credentials.given(PASSWORD, ['right'], true);
    await credentials.accepted();
    expect(await new Credentials(vault, ID).recall(PASSWORD)).toEqual(['right']);
  });

  it('are offered once in an attempt, and never again after a refusal', async () => {
    const vault = keychain();
    const credentials = new Credentials(vault, ID);
    credentials.given(PASSWORD, ['old'], true);
    await credentials.accepted();
    credentials.begin();
    expect(await credentials.recall(PASSWORD)).toEqual(['old']);
    expect(await credentials.recall(PASSWORD)).toBeNull();
    await credentials.refused();
    credentials.begin();
    expect(await credentials.recall(PASSWORD)).toBeNull();
    expect(vault.secrets.size).toBe(0);
  });

  it('never include one-time codes', async () => {
    const credentials = new Credentials(keychain(), ID);
    credentials.begin();
    credentials.given(CODE, ['123456'], true);
    await credentials.accepted();
    credentials.begin();
    expect(await credentials.recall(CODE)).toBeNull();
  });
});
