import type { ClusterProfile, ConnectionTestStep, ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import { isMessage, message, quoted, verbatim, type Message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import type { Clock } from '../ports.ts';

type StepName = ConnectionTestStep['step'];

/** A step that is still to come: which one, and of which server. */
export type PlannedStep = Pick<ConnectionTestStep, 'step' | 'hop'>;

const CONNECT_STEPS = ['name', 'tcp', 'hostKey', 'login'] as const satisfies readonly StepName[];

/** What a connection attempt goes through. The name of a server behind a jump host is looked up there, where nothing tells of it. */
export function plannedConnectSteps(profile: Pick<ClusterProfile, 'jump'>): PlannedStep[] {
  const hops = [...profile.jump.map(({ user, host, port }) => `${user}@${host}:${String(port)}`), null];
  return hops.flatMap((hop, index) =>
    CONNECT_STEPS.filter((step) => index === 0 || step !== 'name').map((step) => ({ step, hop })),
  );
}

/** The step that an error belongs to whatever was heard before it; null for one that can come at any point. */
function stepOfError(error: unknown): StepName | null {
  if (AppError.is(error, 'HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED', 'HOST_KEY_REVOKED')) return 'hostKey';
  if (AppError.is(error, 'AUTH_FAILED', 'KEY_UNREADABLE')) return 'login';
  return AppError.is(error, 'JUMP_REFUSED') ? 'tcp' : null;
}

const VERDICTS: Record<Extract<ConnectionTrace, { kind: 'hostKey' }>['verdict'], Message> = {
  known: message('diagnosis.verdict.known'),
  certified: message('diagnosis.verdict.certified'),
  confirmed: message('diagnosis.verdict.confirmed'),
  pinned: message('diagnosis.verdict.pinned'),
};

const OUTCOMES: Record<Extract<ConnectionTrace, { kind: 'authTried' }>['outcome'], Message> = {
  accepted: message('diagnosis.outcome.accepted'),
  partial: message('diagnosis.outcome.partial'),
  refused: message('diagnosis.outcome.refused'),
  skipped: message('diagnosis.outcome.skipped'),
};

/**
 * Makes steps of a connection test from what an attempt tells. They end in the order in which they were planned; a step of which
 * nothing was told ends with the one after it. The time that a person takes to answer does not count.
 */
export class ConnectSteps {
  readonly #left: PlannedStep[];
  readonly #profile: ClusterProfile;
  readonly #clock: Clock;
  readonly #ended: (step: ConnectionTestStep) => void;
  #since: number;
  #begun = false;
  #askingSince: number | null = null;
  #notes: Message[] = [];

  constructor(profile: ClusterProfile, clock: Clock, ended: (step: ConnectionTestStep) => void) {
    this.#left = plannedConnectSteps(profile);
    this.#profile = profile;
    this.#clock = clock;
    this.#ended = ended;
    this.#since = clock.now();
  }

  /** A question is put to the person. */
  asking(): void {
    this.#askingSince ??= this.#clock.now();
  }

  /** The attempt goes on. What was before it began, such as starting a thread for it, is no step of the connection. */
  going(): void {
    if (!this.#begun) this.#since = this.#clock.now();
    this.#begun = true;
    if (this.#askingSince === null) return;
    this.#since += this.#clock.now() - this.#askingSince;
    this.#askingSince = null;
  }

  heard(event: ConnectionTrace): void {
    this.going();
    switch (event.kind) {
      case 'resolved':
        this.#passed('name', verbatim(event.address));
        return;
      case 'connected':
        this.#passed('tcp', this.#place(event.hop));
        return;
      case 'hostKey':
        this.#passed(
          'hostKey',
          message('diagnosis.hostKey', {
            key: `${event.algorithm} ${event.fingerprint}`,
            verdict: VERDICTS[event.verdict],
          }),
        );
        return;
      case 'authOffered':
        this.#note(message('diagnosis.offers', { methods: event.methods.join(', ') }));
        return;
      case 'authTried':
        this.#note(message('diagnosis.tried', { what: event.what ?? event.method, outcome: OUTCOMES[event.outcome] }));
        return;
      case 'loggedIn':
        this.#passed('login', message('diagnosis.loggedInAs', { user: event.hop.replace(/@[^@]*$/, '') }));
        return;
      default:
        assertNever(event);
    }
  }

  /** The connection stands: whatever was not told went well too. */
  connected(): void {
    this.going();
    while (this.#left.length > 0) this.#end('ok', null, null);
  }

  /** The attempt failed. Steps after the one it failed in are left for the caller. */
  failed(error: unknown): void {
    this.going();
    const at = stepOfError(error);
    while (at !== null && this.#left.length > 1 && this.#left[0]?.step !== at) this.#end('ok', null, null);
    const wire = toWire(error);
    const { reason } = wire.details;
    const words = isMessage(reason) ? reason : typeof reason === 'string' ? quoted(reason) : null;
    const told = errorMessages(wire);
    // the server's own words, where the sentence leaves them out
    if (words !== null && !inWords(told.message).includes(inWords(words))) this.#note(words);
    this.#end('failed', told.message, told.hint);
  }

  /** Steps that were not come to. */
  get left(): readonly PlannedStep[] {
    return this.#left;
  }

  #passed(step: StepName, detail: Message): void {
    if (!this.#left.some((planned) => planned.step === step)) return;
    while (this.#left[0]?.step !== step) this.#end('ok', null, null);
    this.#end('ok', detail, null);
  }

  /** A server's place, and the one that it is reached through. */
  #place(hop: string): Message {
    const { jump } = this.#profile;
    const serversLeft = new Set(this.#left.map((planned) => planned.hop)).size;
    const through = jump[jump.length - serversLeft];
    const place = hop.replace(/^.*@/, '');
    return through === undefined ? verbatim(place) : message('diagnosis.through', { place, host: through.host });
  }

  #note(said: Message): void {
    const words = inWords(said);
    if (!this.#notes.some((note) => inWords(note) === words)) this.#notes.push(said);
  }

  #end(outcome: 'ok' | 'failed', detail: Message | null, hint: Message | null): void {
    const planned = this.#left.shift();
    if (planned === undefined) return;
    const now = this.#clock.now();
    this.#ended({ ...planned, outcome, elapsed: now - this.#since, detail, hint, notes: this.#notes });
    this.#since = now;
    this.#notes = [];
  }
}
