import type { AnyAuthMethod, AuthHandlerMiddleware, Prompt } from 'ssh2';
import type { AuthMethod, ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { ReasonError } from '../../../shared/errors/reasonMessage.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message, verbatim, type Message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import type { AuthQuestion } from '../../core/ports.ts';
import type { Hop } from './hop.ts';
import { gatherIdentities, skippedBecause, type Identity, type KeyRing } from '../keys/identities.ts';
import { offeredKey } from '../ssh2/offeredKey.ts';

/** Refused keys that are borne, so that a password still has its turn: sshd ends the login at the sixth refusal (MaxAuthTries). */
const MAX_KEY_REFUSALS = 5;

export interface LoginOptions {
  readonly hop: Hop;
  readonly keys: KeyRing;
  /** Null: the person gave up. */
  readonly ask: (question: AuthQuestion) => Promise<readonly string[] | null>;
  readonly trace: (event: ConnectionTrace) => void;
  /** Ends the attempt. */
  readonly fail: (error: unknown) => void;
}

type Outcome = Extract<ConnectionTrace, { kind: 'authTried' }>['outcome'];

/**
 * Goes through the ways to log in to one server, in their order, as far as the server offers them. Each is tried once. An answer of the person
 * that the server refuses ends the attempt: sites lock accounts and ban addresses that guess.
 */
export class Login {
  readonly #options: LoginOptions;
  readonly #left: AuthMethod[];
  readonly #tried = new Set<string>();
  readonly #attempts: string[] = [];
  #identities: Identity[] | null = null;
  #keyRefusals = 0;
  /** What the server has not judged yet. */
  #current: { readonly method: string; readonly what: Message } | null = null;
  #offered: readonly string[] = [];
  #personAnswered = false;
  /** A key file that cannot be used: the reason to give when nothing else could be tried. */
  #keyProblem: AppError | null = null;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#left = [...options.hop.auth];
  }

  /** For ssh2, which calls it before the first attempt (with null) and after each refusal or partial success. */
  readonly handler: AuthHandlerMiddleware = (offered, partialSuccess, next) => {
    // typed otherwise, but null the first time; `none` makes the server say what it offers
    if ((offered as string[] | null) === null) {
      next({ type: 'none', username: this.#options.hop.user });
      return;
    }
    this.#settle(partialSuccess ? 'partial' : 'refused');
    this.#offered = offered;
    this.#options.trace({ kind: 'authOffered', hop: this.#options.hop.label, methods: [...offered] });
    this.#next(partialSuccess).then(next, this.#options.fail);
  };

  /** The server let the person in. */
  accepted(): void {
    this.#settle('accepted');
    this.#options.trace({ kind: 'loggedIn', hop: this.#options.hop.label });
  }

  /** AUTH_FAILED with what was tried and what the server would have taken. */
  refusal(reason?: Message): AppError {
    this.#settle('refused');
    const { host, user, label } = this.#options.hop;
    const details = {
      host,
      user,
      hop: label,
      tried: [...this.#tried],
      offered: [...this.#offered],
      attempts: [...this.#attempts],
    };
    const tooMany = reason !== undefined && /too many authentication failures/i.test(inWords(reason));
    return new AppError('AUTH_FAILED', {
      details: { ...details, ...(reason === undefined ? {} : { reason }) },
      ...(tooMany ? { hint: message('connection.tooManyTries') } : {}),
    });
  }

  #settle(outcome: Outcome): void {
    if (this.#current === null) return;
    const { method, what } = this.#current;
    this.#current = null;
    if (outcome === 'refused' && method === 'publickey') this.#keyRefusals += 1;
    this.#report(method, what, outcome);
  }

  #report(method: string, what: Message, outcome: Outcome): void {
    this.#attempts.push(`${method} ${outcome}: ${inWords(what)}`);
    this.#options.trace({ kind: 'authTried', hop: this.#options.hop.label, method, what, outcome });
  }

  async #next(partialSuccess: boolean): Promise<AnyAuthMethod> {
    if (this.#personAnswered && !partialSuccess) throw this.refusal();
    this.#personAnswered = false;
    for (const method of [...this.#left]) {
      const attempt = await this.#attempt(method);
      if (attempt !== null) return attempt;
    }
    // a second factor that the profile does not mention
    if (partialSuccess) {
      if (this.#offered.includes('keyboard-interactive')) return this.#interactive('keyboard-interactive');
      if (this.#offered.includes('password')) return this.#password();
    }
    if (this.#keyProblem !== null && this.#tried.size === 0) throw this.#keyProblem;
    throw this.refusal();
  }

  /** Null: the server does not offer it, or there is nothing (more) to try it with. */
  async #attempt(method: AuthMethod): Promise<AnyAuthMethod | null> {
    const done = (): void => void this.#left.splice(this.#left.indexOf(method), 1);
    switch (method.kind) {
      case 'agent':
      case 'key':
        return this.#offered.includes('publickey') ? this.#publicKey() : null;
      case 'password':
        if (this.#offered.includes('password')) {
          done();
          return this.#password();
        }
        // sshd with PAM and without PasswordAuthentication asks for the password this way
        if (!this.#offered.includes('keyboard-interactive')) return null;
        done();
        return this.#interactive('password');
      case 'keyboard-interactive':
        if (!this.#offered.includes('keyboard-interactive')) return null;
        done();
        return this.#interactive('keyboard-interactive');
    }
  }

  /** The next of all the keys, the agents' and the files'. */
  async #publicKey(): Promise<AnyAuthMethod | null> {
    const { hop, keys } = this.#options;
    this.#identities ??= await gatherIdentities({
      auth: hop.auth,
      user: hop.user,
      keys,
      ask: (keyPath, attempt) => this.#passphrase(keyPath, attempt),
      skipped: (method, what, error) => {
        this.#skip(method, what, error);
      },
      now: Date.now(),
    });
    if (this.#keyRefusals >= MAX_KEY_REFUSALS) {
      const reason = new ReasonError(message('login.notOffered'));
      for (const { kind, what } of this.#identities.splice(0)) this.#skip(kind, what, reason);
    }
    const identity = this.#identities.shift();
    if (identity === undefined) return null;
    this.#tried.add(identity.kind);
    this.#current = { method: 'publickey', what: identity.what };
    return {
      type: 'publickey',
      username: hop.user,
      key: offeredKey({ ...identity, sign: (data, algorithm) => this.#sign(identity, data, algorithm) }),
    };
  }

  /** An identity that signs nothing is passed over, but a person who gives up ends the attempt. */
  async #sign(identity: Identity, data: Buffer, algorithm: string): Promise<Buffer> {
    try {
      return await identity.sign(data, algorithm);
    } catch (error) {
      this.#current = null;
      this.#skip(identity.kind, identity.what, error);
      if (AppError.is(error, 'KEY_UNREADABLE')) this.#tried.delete(identity.kind);
      throw error;
    }
  }

  #skip(kind: 'agent' | 'key', what: Message, error: unknown): void {
    if (AppError.is(error, 'CANCELLED')) {
      this.#options.fail(error);
      return;
    }
    if (AppError.is(error, 'KEY_UNREADABLE')) this.#keyProblem ??= error;
    this.#report(kind === 'agent' ? 'agent' : 'publickey', skippedBecause(what, error), 'skipped');
  }

  async #passphrase(keyPath: string, attempt: number): Promise<string> {
    const { asker } = this.#options.hop;
    return this.#one({
      asker,
      method: 'passphrase',
      title: message('login.passphraseOf', { path: keyPath }),
      instructions: attempt === 1 ? null : message('login.wrongPassphrase'),
      fields: [{ label: message('login.passphrase'), echo: false }],
      keyPath,
    });
  }

  async #password(): Promise<AnyAuthMethod> {
    const { user, host, asker } = this.#options.hop;
    this.#tried.add('password');
    const password = await this.#one({
      asker,
      method: 'password',
      title: message('login.passwordOf', { user, host }),
      instructions: null,
      fields: [{ label: message('login.password'), echo: false }],
      keyPath: null,
    });
    this.#personAnswered = true;
    this.#current = { method: 'password', what: message('login.thePassword') };
    return { type: 'password', username: user, password };
  }

  /**
   * Any number of rounds; ssh2 answers those without a question itself. When the person's way is a password, a first round that asks for just
   * one hidden thing called a password is that: it can be kept like one.
   */
  #interactive(kind: 'password' | 'keyboard-interactive'): AnyAuthMethod {
    const { user, host, asker } = this.#options.hop;
    this.#tried.add(kind);
    let round = 0;
    this.#current = { method: 'keyboard-interactive', what: message('login.questions') };
    return {
      type: 'keyboard-interactive',
      username: user,
      prompt: (name, instructions, _language, prompts, finish) => {
        const asked = prompts.map(({ prompt, echo }: Prompt) => ({ label: plain(prompt), echo: echo ?? false }));
        const [first] = asked;
        const isPassword =
          kind === 'password' &&
          round === 0 &&
          asked.length === 1 &&
          first?.echo === false &&
          /password|passwort|mot de passe|암호|비밀번호/i.test(first.label);
        round += 1;
        const question: AuthQuestion = {
          asker,
          method: isPassword ? 'password' : 'keyboard-interactive',
          title: plain(name) === '' ? message('login.loginOf', { user, host }) : verbatim(plain(name)),
          instructions: instructions === '' ? null : verbatim(plain(instructions)),
          fields: asked.map(({ label, echo }) => ({ label: verbatim(label), echo })),
          keyPath: null,
        };
        this.#answers(question).then((answers) => {
          this.#personAnswered = true;
          finish([...answers]);
        }, this.#options.fail);
      },
    };
  }

  async #one(question: AuthQuestion): Promise<string> {
    const [answer] = await this.#answers(question);
    if (answer === undefined) throw new AppError('CANCELLED');
    return answer;
  }

  async #answers(question: AuthQuestion): Promise<readonly string[]> {
    const answers = await this.#options.ask(question);
    if (answers === null) throw new AppError('CANCELLED');
    return answers;
  }
}
