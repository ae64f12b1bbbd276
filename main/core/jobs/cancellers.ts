import type { CancelledBy } from '../../../shared/domain/job/schema.ts';
import { parseUsers, usersScript } from '../../slurm/users.ts';

/** Runs a script on the cluster and answers its standard output. */
type Run = (script: string) => Promise<string>;

/** Slurm names who cancelled a job by a number, some releases by a name. Each number is asked for once. */
export class Cancellers {
  readonly #known = new Map<string, CancelledBy>();

  /** Who the word means; null while it is not known. */
  who(word: string, ownName: string): CancelledBy | null {
    if (word === '0' || word === 'root') return { who: ownName === 'root' ? 'you' : 'system', name: null };
    if (/^\d+$/.test(word)) return this.#known.get(word) ?? null;
    return word === ownName ? { who: 'you', name: null } : { who: 'other', name: word };
  }

  /** Learns the numbers among the words that are not known yet. A number without a name is kept as it is. */
  async learn(words: readonly string[], ownName: string, run: Run): Promise<void> {
    const unknown = [...new Set(words)].filter((word) => this.who(word, ownName) === null);
    if (unknown.length === 0) return;
    const { own, names } = parseUsers(await run(usersScript(unknown)));
    for (const uid of unknown) {
      const name = names.get(uid) ?? null;
      this.#known.set(
        uid,
        uid === own || name === ownName ? { who: 'you', name: null } : { who: 'other', name: name ?? uid },
      );
    }
  }
}
