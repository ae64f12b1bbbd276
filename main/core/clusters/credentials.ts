import { z } from 'zod';
import type { ConnectionPrompt } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { AuthQuestion, DocumentRepository, Vault } from '../ports.ts';

export type Remember = Extract<ConnectionPrompt, { kind: 'auth' }>['remember'];

/** Names of what the vault keeps for a cluster, without the secrets: a keychain cannot be asked for a list. */
const COLLECTION = 'clusterSecrets';
const Names = z.array(z.string());

interface CredentialStores {
  readonly vault: Vault;
  readonly documents: DocumentRepository;
}

/**
 * Passwords and passphrases of one cluster, so that a reconnection need not ask again: in memory for as long as the session
 * lives, in the vault when the person asked for it. A password belongs to the server that asks for it, be it a jump host; a passphrase
 * to its key. One-time codes (keyboard-interactive) are never kept.
 */
export class Credentials {
  readonly #stores: CredentialStores;
  readonly #clusterId: ClusterId;
  readonly #held = new Map<string, string>();

  constructor(stores: CredentialStores, clusterId: ClusterId) {
    this.#stores = stores;
    this.#clusterId = clusterId;
  }

  /** For one attempt to connect; several may be under way at once. */
  attempt(): CredentialAttempt {
    return new CredentialAttempt(this, this.#clusterId, this.#stores.vault.persistent);
  }

  async known(name: string): Promise<string | null> {
    return this.#held.get(name) ?? (await this.#stores.vault.get(name));
  }

  async keep(name: string, secret: string, remember: boolean): Promise<void> {
    this.#held.set(name, secret);
    if (!remember || !this.#stores.vault.persistent) return;
    // the name first: a secret that nothing names could never be removed
    const names = this.#names();
    if (!names.includes(name)) this.#stores.documents.set(COLLECTION, this.#clusterId, [...names, name]);
    await this.#stores.vault.set(name, secret);
  }

  async drop(name: string): Promise<void> {
    this.#held.delete(name);
    await this.#stores.vault.delete(name);
    const names = this.#names();
    if (names.includes(name))
      this.#stores.documents.set(
        COLLECTION,
        this.#clusterId,
        names.filter((other) => other !== name),
      );
  }

  /** The session ended: what was only in memory is gone. */
  forget(): void {
    this.#held.clear();
  }

  /** Removes everything, from the vault too. */
  async forgetAll(): Promise<void> {
    this.#held.clear();
    for (const name of this.#names()) await this.#stores.vault.delete(name);
    this.#stores.documents.delete(COLLECTION, this.#clusterId);
  }

  #names(): string[] {
    const parsed = Names.safeParse(this.#stores.documents.get(COLLECTION, this.#clusterId));
    return parsed.success ? parsed.data : [];
  }
}

/** Clusters for which the vault keeps something. */
export function clustersWithSecrets(documents: DocumentRepository): string[] {
  return documents.keys(COLLECTION);
}

/** What one attempt to connect offered and was given. */
export class CredentialAttempt {
  readonly #credentials: Credentials;
  readonly #clusterId: ClusterId;
  readonly #persistent: boolean;
  /** By name, the server that a password was for. */
  readonly #offered = new Map<string, string | null>();
  readonly #given = new Map<string, { secret: string; remember: boolean }>();

  constructor(credentials: Credentials, clusterId: ClusterId, persistent: boolean) {
    this.#credentials = credentials;
    this.#clusterId = clusterId;
    this.#persistent = persistent;
  }

  /** Whether an answer may go into the keychain, and if not, why. */
  remember(question: AuthQuestion): Remember {
    if (this.#name(question) === null) return { possible: false, reason: 'one-time' };
    return this.#persistent ? { possible: true } : { possible: false, reason: 'no-keychain' };
  }

  /** What is known for a question, once per attempt: a second asking means that it was wrong, and it is forgotten. */
  async recall(question: AuthQuestion): Promise<readonly string[] | null> {
    const name = this.#name(question);
    if (name === null) return null;
    if (this.#offered.has(name)) {
      await this.#credentials.drop(name);
      return null;
    }
    const secret = await this.#credentials.known(name);
    if (secret === null) return null;
    this.#offered.set(name, question.method === 'password' ? question.asker : null);
    return [secret];
  }

  given(question: AuthQuestion, [secret]: readonly string[], remember: boolean): void {
    const name = this.#name(question);
    if (name !== null && secret !== undefined) this.#given.set(name, { secret, remember });
  }

  /** The login went well: what was given is right. */
  async accepted(): Promise<void> {
    for (const [name, { secret, remember }] of this.#given) await this.#credentials.keep(name, secret, remember);
    this.#given.clear();
  }

  /**
   * The login was refused: a known password that was offered may be wrong and is never offered again. `asker` is the server that
   * refused, when that is known: what the servers before it took is right. A passphrase opened its key or was asked for again.
   */
  async refused(asker: string | null): Promise<void> {
    this.#given.clear();
    const passwords = [...this.#offered].flatMap(([name, server]) => (server === null ? [] : [{ name, server }]));
    const its = passwords.filter(({ server }) => server === asker);
    // rather asked once too often than stuck with a wrong one
    for (const { name } of its.length > 0 ? its : passwords) await this.#credentials.drop(name);
  }

  #name({ method, asker, fields, keyPath }: AuthQuestion): string | null {
    if (method === 'keyboard-interactive' || fields.length !== 1) return null;
    // as the question was worded when the first of them were kept: another name would not find those
    return `cluster/${this.#clusterId}/${method}/${method === 'password' ? asker : `Passphrase of ${keyPath ?? ''}`}`;
  }
}
