import type { ClusterProfile, ConnectionTestStep, ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { isMessage } from '../../../shared/messages/message.ts';
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

const VERDICTS: Record<Extract<ConnectionTrace, { kind: 'hostKey' }>['verdict'], string> = {
  known: 'known from before',
  certified: 'signed by an authority that you trust',
  confirmed: 'confirmed by you just now',
  pinned: 'the one that was expected',
};

const OUTCOMES: Record<Extract<ConnectionTrace, { kind: 'authTried' }>['outcome'], string> = {
  accepted: 'accepted',
  partial: 'accepted, and the server asks for more',
  refused: 'refused',
  skipped: 'not tried',
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
  #notes: string[] = [];

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
        this.#passed('name', event.address);
        return;
      case 'connected':
        this.#passed('tcp', this.#place(event.hop));
        return;
      case 'hostKey':
        this.#passed('hostKey', `${event.algorithm} ${event.fingerprint}, ${VERDICTS[event.verdict]}`);
        return;
      case 'authOffered':
        this.#note(`The server offers: ${event.methods.join(', ')}`);
        return;
      case 'authTried':
        this.#note(`${event.what === '' ? event.method : event.what}: ${OUTCOMES[event.outcome]}`);
        return;
      case 'loggedIn':
        this.#passed('login', `as ${event.hop.replace(/@[^@]*$/, '')}`);
        return;
      default:
        assertNever(event);
    }
  }

  /** The connection stands: whatever was not told went well too. */
  connected(): void {
    this.going();
    while (this.#left.length > 0) this.#end('ok', '', '');
  }

  /** The attempt failed. Steps after the one it failed in are left for the caller. */
  failed(error: unknown): void {
    this.going();
    const at = stepOfError(error);
    while (at !== null && this.#left.length > 1 && this.#left[0]?.step !== at) this.#end('ok', '', '');
    const { message, hint, details } = toWire(error);
    const { reason } = details;
    const words = isMessage(reason) ? inWords(reason) : typeof reason === 'string' ? reason : '';
    // the server's own words, where the sentence leaves them out
    if (words !== '' && !message.includes(words)) this.#note(words);
    this.#end('failed', message, hint);
  }

  /** Steps that were not come to. */
  get left(): readonly PlannedStep[] {
    return this.#left;
  }

  #passed(step: StepName, detail: string): void {
    if (!this.#left.some((planned) => planned.step === step)) return;
    while (this.#left[0]?.step !== step) this.#end('ok', '', '');
    this.#end('ok', detail, '');
  }

  /** A server's place, and the one that it is reached through. */
  #place(hop: string): string {
    const { jump } = this.#profile;
    const serversLeft = new Set(this.#left.map((planned) => planned.hop)).size;
    const through = jump[jump.length - serversLeft];
    return `${hop.replace(/^.*@/, '')}${through === undefined ? '' : ` through ${through.host}`}`;
  }

  #note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  #end(outcome: 'ok' | 'failed', detail: string, hint: string): void {
    const planned = this.#left.shift();
    if (planned === undefined) return;
    const now = this.#clock.now();
    this.#ended({ ...planned, outcome, elapsed: now - this.#since, detail, hint, notes: this.#notes });
    this.#since = now;
    this.#notes = [];
  }
}
