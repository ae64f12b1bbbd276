import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ConnectionPrompt } from '../../../shared/domain/cluster.ts';
import type { AuthQuestion, Vault } from '../ports.ts';

export type Remember = Extract<ConnectionPrompt, { kind: 'auth' }>['remember'];

/**
 * Passwords and passphrases of one cluster, so that a reconnection need not ask again: in memory for as long as the session
 * lives, in the vault when the person asked for it. One-time codes (keyboard-interactive) are never kept.
 */
export class Credentials {
  readonly #vault: Vault;
  readonly #clusterId: ClusterId;
  readonly #held = new Map<string, readonly string[]>();
  #offered = new Set<string>();
  #given = new Map<string, { values: readonly string[]; remember: boolean }>();

  constructor(vault: Vault, clusterId: ClusterId) {
    this.#vault = vault;
    this.#clusterId = clusterId;
  }

  /** A new attempt begins: each known answer may be offered once. */
  begin(): void {
    this.#offered = new Set();
    this.#given = new Map();
  }

  /** What is known for a question, once per attempt: a second asking means that it was wrong. */
  async recall(question: AuthQuestion): Promise<readonly string[] | null> {
    const key = this.#key(question);
    if (key === null || this.#offered.has(key)) return null;
    this.#offered.add(key);
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const kept = await this.#vault.get(key);
    return kept === null ? null : [kept];
  }

  /** Whether an answer may go into the keychain, and if not, why. */
  keeps({ method, fields }: Pick<AuthQuestion, 'method' | 'fields'>): Remember {
    if (method === 'keyboard-interactive' || fields.length !== 1) return { possible: false, reason: 'one-time' };
    return this.#vault.persistent ? { possible: true } : { possible: false, reason: 'no-keychain' };
  }

  given(question: AuthQuestion, values: readonly string[], remember: boolean): void {
    const key = this.#key(question);
    if (key !== null) this.#given.set(key, { values, remember });
  }

  /** The login went well: what was given is right. */
  async accepted(): Promise<void> {
    for (const [key, { values, remember }] of this.#given) {
      this.#held.set(key, values);
      const [secret] = values;
      if (remember && secret !== undefined) await this.#vault.set(key, secret);
    }
    this.#given.clear();
  }

  /** The login was refused: whatever was offered may be wrong and is never offered again. */
  async refused(): Promise<void> {
    this.#given.clear();
    for (const key of this.#offered) {
      this.#held.delete(key);
      await this.#vault.delete(key);
    }
  }

  forget(): void {
    this.#held.clear();
    this.#given.clear();
  }

  #key(question: AuthQuestion): string | null {
    if (question.method === 'keyboard-interactive' || question.fields.length !== 1) return null;
    return `cluster/${this.#clusterId}/${question.method}/${question.title}`;
  }
}
