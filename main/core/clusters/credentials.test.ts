import { describe, expect, it } from 'vitest';
import { message } from '../../../shared/messages/message.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { createMemoryDocuments } from '../testing/memoryDocuments.ts';
import type { AuthQuestion, DocumentRepository, Vault } from '../ports.ts';
import { clustersWithSecrets, Credentials } from './credentials.ts';

const ID = ClusterId.parse('cori');
const PASSWORD: AuthQuestion = {
  asker: 'ada@cori',
  method: 'password',
  title: message('login.passwordOf', { user: 'ada', host: 'cori' }),
  instructions: null,
  fields: [{ label: message('login.password'), echo: false }],
  keyPath: null,
};
const OF_JUMP: AuthQuestion = { ...PASSWORD, asker: 'ada@gate' };
const PASSPHRASE: AuthQuestion = { ...PASSWORD, method: 'passphrase', keyPath: '~/.ssh/id_ed25519' };
const CODE: AuthQuestion = { ...PASSWORD, method: 'keyboard-interactive' };

interface Keychain {
  readonly vault: Vault;
  readonly documents: DocumentRepository;
  readonly secrets: Map<string, string>;
}

function keychain(persistent = true): Keychain {
  const secrets = new Map<string, string>();
  return {
    secrets,
    documents: createMemoryDocuments(),
    vault: {
      persistent,
      get: (key) => Promise.resolve(secrets.get(key) ?? null),
      set: (key, secret) => Promise.resolve(void secrets.set(key, secret)),
      delete: (key) => Promise.resolve(void secrets.delete(key)),
    },
  };
}

/** A login that goes well with these answers, each kept. */
async function loginWith(
  credentials: Credentials,
  answers: readonly (readonly [AuthQuestion, string])[],
  remember: boolean,
): Promise<void> {
  const attempt = credentials.attempt();
  for (const [question, answer] of answers) attempt.given(question, [answer], remember);
  await attempt.accepted();
}

describe('passwords of a cluster', () => {
  it('are asked once per session when the person keeps nothing', async () => {
    const keys = keychain();
    const credentials = new Credentials(keys, ID);
    expect(await credentials.attempt().recall(PASSWORD)).toBeNull();
    await loginWith(credentials, [[PASSWORD, 'secret']], false);
    expect(await credentials.attempt().recall(PASSWORD)).toEqual(['secret']);
    expect(keys.secrets.size).toBe(0);
    credentials.forget();
    expect(await credentials.attempt().recall(PASSWORD)).toBeNull();
  });

  it('go into the keychain only when the person wants it and the login went well', async () => {
    const keys = keychain();
    const credentials = new Credentials(keys, ID);
    const wrong = credentials.attempt();
    wrong.given(PASSWORD, ['wrong'], true);
    await wrong.refused('ada@cori');
    expect(keys.secrets.size).toBe(0);
    await loginWith(credentials, [[PASSWORD, 'right']], true);
    expect(await new Credentials(keys, ID).attempt().recall(PASSWORD)).toEqual(['right']);
  });

  it('never go into a vault that is no keychain, and the person is told why', async () => {
    const keys = keychain(false);
    const credentials = new Credentials(keys, ID);
    expect(credentials.attempt().remember(PASSWORD)).toEqual({ possible: false, reason: 'no-keychain' });
    await loginWith(credentials, [[PASSWORD, 'secret']], true);
    expect(keys.secrets.size).toBe(0);
    expect(clustersWithSecrets(keys.documents)).toEqual([]);
    expect(new Credentials(keychain(), ID).attempt().remember(PASSWORD)).toEqual({ possible: true });
  });

  it('are offered once in an attempt, and never again after a refusal', async () => {
    const keys = keychain();
    const credentials = new Credentials(keys, ID);
    await loginWith(credentials, [[PASSWORD, 'old']], true);
    const attempt = credentials.attempt();
    expect(await attempt.recall(PASSWORD)).toEqual(['old']);
    expect(await attempt.recall(PASSWORD)).toBeNull();
    await attempt.refused('ada@cori');
    expect(await credentials.attempt().recall(PASSWORD)).toBeNull();
    expect(keys.secrets.size).toBe(0);
  });

  it('never include one-time codes', async () => {
    const credentials = new Credentials(keychain(), ID);
    expect(credentials.attempt().remember(CODE)).toEqual({ possible: false, reason: 'one-time' });
    await loginWith(credentials, [[CODE, '123456']], true);
    expect(await credentials.attempt().recall(CODE)).toBeNull();
  });

  it('belong to the server that asks: a refusal by the cluster leaves the jump host’s alone', async () => {
    const keys = keychain();
    const credentials = new Credentials(keys, ID);
    await loginWith(
      credentials,
      [
        [OF_JUMP, 'gate'],
        [PASSWORD, 'cori'],
      ],
      true,
    );
    const attempt = credentials.attempt();
    expect(await attempt.recall(OF_JUMP)).toEqual(['gate']);
    expect(await attempt.recall(PASSWORD)).toEqual(['cori']);
    await attempt.refused('ada@cori');
    expect(await credentials.attempt().recall(OF_JUMP)).toEqual(['gate']);
    expect(await credentials.attempt().recall(PASSWORD)).toBeNull();
  });

  it('are all asked anew when it is not known which server refused', async () => {
    const credentials = new Credentials(keychain(), ID);
    await loginWith(
      credentials,
      [
        [OF_JUMP, 'gate'],
        [PASSWORD, 'cori'],
        [PASSPHRASE, 'of my key'],
      ],
      true,
    );
    const attempt = credentials.attempt();
    for (const question of [OF_JUMP, PASSWORD, PASSPHRASE]) await attempt.recall(question);
    await attempt.refused(null);
    const next = credentials.attempt();
    expect(await Promise.all([OF_JUMP, PASSWORD, PASSPHRASE].map((question) => next.recall(question)))).toEqual([
      null,
      null,
      ['of my key'],
    ]);
  });

  it('asks anew for a passphrase that does not open its key', async () => {
    const keys = keychain();
    const credentials = new Credentials(keys, ID);
    await loginWith(credentials, [[PASSPHRASE, 'of the old key']], true);
    const attempt = credentials.attempt();
    expect(await attempt.recall(PASSPHRASE)).toEqual(['of the old key']);
    expect(await attempt.recall(PASSPHRASE)).toBeNull();
    expect(keys.secrets.size).toBe(0);
  });

  it('are removed with everything that names them, and nothing of them is in the store', async () => {
    const keys = keychain();
    await loginWith(
      new Credentials(keys, ID),
      [
        [OF_JUMP, 'hunter2'],
        [PASSWORD, 'hunter3'],
      ],
      true,
    );
    await loginWith(new Credentials(keys, ClusterId.parse('other')), [[PASSWORD, 'hunter4']], true);
    expect(JSON.stringify(keys.documents.get('clusterSecrets', ID))).not.toContain('hunter');
    await new Credentials(keys, ID).forgetAll();
    expect([...keys.secrets.values()]).toEqual(['hunter4']);
    expect(clustersWithSecrets(keys.documents)).toEqual(['other']);
  });

  it('of two attempts at once do not disturb each other', async () => {
    const credentials = new Credentials(keychain(), ID);
    await loginWith(credentials, [[PASSWORD, 'secret']], false);
    const live = credentials.attempt();
    const test = credentials.attempt();
    expect(await live.recall(PASSWORD)).toEqual(['secret']);
    expect(await test.recall(PASSWORD)).toEqual(['secret']);
  });
});
