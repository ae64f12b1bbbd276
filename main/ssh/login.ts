import type { AnyAuthMethod, AuthHandlerMiddleware, Prompt } from 'ssh2';
import type { AuthMethod, ClusterProfile } from '../../shared/domain/cluster.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { assertNever } from '../../shared/lib/assertNever.ts';
import type { AuthQuestion } from '../core/ports.ts';
import { printable } from './errors.ts';
import { loadPrivateKey } from './privateKey.ts';

type WireMethod = 'publickey' | 'password' | 'keyboard-interactive';

export interface LoginOptions {
  readonly profile: ClusterProfile;
  /** Null: the person gave up. */
  readonly ask: (question: AuthQuestion) => Promise<readonly string[] | null>;
  /** Ends the attempt. */
  readonly fail: (error: unknown) => void;
}

/**
 * Goes through the profile's ways to log in, in their order, as far as the server offers them. Each is tried once. An answer of the person
 * that the server refuses ends the attempt: sites lock accounts and ban addresses that guess.
 */
export class Login {
  readonly #profile: ClusterProfile;
  readonly #ask: LoginOptions['ask'];
  readonly #fail: LoginOptions['fail'];
  readonly #left: AuthMethod[];
  readonly #tried: string[] = [];
  #offered: readonly string[] = [];
  #personAnswered = false;

  constructor(options: LoginOptions) {
    this.#profile = options.profile;
    this.#ask = options.ask;
    this.#fail = options.fail;
    this.#left = [...options.profile.auth];
  }

  get #asker(): string {
    return `${this.#profile.user}@${this.#profile.host}`;
  }

  /** For ssh2, which calls it before the first attempt (with null) and after each refusal or partial success. */
  readonly handler: AuthHandlerMiddleware = (offered, partialSuccess, next) => {
    // typed otherwise, but null the first time; `none` makes the server say what it offers
    if ((offered as string[] | null) === null) {
      next({ type: 'none', username: this.#profile.user });
      return;
    }
    this.#offered = offered;
    this.#next(partialSuccess).then(next, this.#fail);
  };

  /** AUTH_FAILED with what was tried and what the server would have taken. */
  refusal(reason?: string): AppError {
    const { host, user } = this.#profile;
    return new AppError('AUTH_FAILED', { details: { host, user, tried: [...this.#tried], offered: [...this.#offered], ...(reason === undefined ? {} : { reason }) } });
  }

  async #next(partialSuccess: boolean): Promise<AnyAuthMethod> {
    if (this.#personAnswered && !partialSuccess) throw this.refusal();
    this.#personAnswered = false;
    for (const method of [...this.#left]) {
      const wire = this.#wireMethod(method);
      if (wire === null) continue;
      this.#left.splice(this.#left.indexOf(method), 1);
      const attempt = await this.#attempt(method, wire);
      if (attempt === null) continue;
      this.#tried.push(method.kind);
      return attempt;
    }
    // a second factor that the profile does not mention
    if (partialSuccess && this.#offered.includes('keyboard-interactive')) {
      this.#tried.push('keyboard-interactive');
      return this.#interactive();
    }
    throw this.refusal();
  }

  /** What a method is on the wire now, or null while the server does not offer it. */
  #wireMethod(method: AuthMethod): WireMethod | null {
    const offers = (wire: WireMethod): WireMethod | null => (this.#offered.includes(wire) ? wire : null);
    switch (method.kind) {
      case 'agent':
      case 'key':
        return offers('publickey');
      case 'password':
        // sshd with PAM and without PasswordAuthentication asks for the password this way
        return offers('password') ?? offers('keyboard-interactive');
      case 'keyboard-interactive':
        return offers('keyboard-interactive');
      default:
        return assertNever(method);
    }
  }

  /** Null: there is nothing to try this method with. */
  async #attempt(method: AuthMethod, wire: WireMethod): Promise<AnyAuthMethod | null> {
    const username = this.#profile.user;
    switch (method.kind) {
      case 'agent': {
        const agent = method.socket ?? process.env['SSH_AUTH_SOCK'] ?? (process.platform === 'win32' ? String.raw`\\.\pipe\openssh-ssh-agent` : '');
        return agent === '' ? null : { type: 'agent', username, agent };
      }
      case 'key': {
        const key = await loadPrivateKey(method.path, async (keyPath, attempt) => {
          const instructions = attempt === 1 ? '' : 'That passphrase was wrong.';
          return this.#one({ asker: this.#asker, method: 'passphrase', title: `Passphrase of ${keyPath}`, instructions, fields: [{ label: 'Passphrase', echo: false }] });
        });
        return { type: 'publickey', username, key };
      }
      case 'password': {
        if (wire !== 'password') return this.#interactive();
        const title = `Password of ${username} on ${this.#profile.host}`;
        const password = await this.#one({ asker: this.#asker, method: 'password', title, instructions: '', fields: [{ label: 'Password', echo: false }] });
        this.#personAnswered = true;
        return { type: 'password', username, password };
      }
      case 'keyboard-interactive':
        return this.#interactive();
      default:
        return assertNever(method);
    }
  }

  /** Any number of rounds; ssh2 answers those without a question itself. */
  #interactive(): AnyAuthMethod {
    const { user, host } = this.#profile;
    return {
      type: 'keyboard-interactive',
      username: user,
      prompt: (name, instructions, _language, prompts, finish) => {
        const question: AuthQuestion = {
          asker: this.#asker,
          method: 'keyboard-interactive',
          title: printable(name) || `Login of ${user} on ${host}`,
          instructions: printable(instructions),
          fields: prompts.map(({ prompt, echo }: Prompt) => ({ label: printable(prompt), echo: echo ?? false })),
        };
        this.#answers(question).then((answers) => {
          this.#personAnswered = true;
          finish([...answers]);
        }, this.#fail);
      },
    };
  }

  async #one(question: AuthQuestion): Promise<string> {
    const [answer] = await this.#answers(question);
    if (answer === undefined) throw new AppError('CANCELLED');
    return answer;
  }

  async #answers(question: AuthQuestion): Promise<readonly string[]> {
    const answers = await this.#ask(question);
    if (answers === null) throw new AppError('CANCELLED');
    return answers;
  }
}
