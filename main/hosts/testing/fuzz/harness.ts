import { operations, type Envelope, type OperationName } from '../../../../shared/contract/index.ts';
import type { Dice } from './dice.ts';
import { Generator } from './generate.ts';
import { HoldMeter, type Hold } from './holdMeter.ts';
import { keepInside } from './keepInside.ts';
import { Known } from './known.ts';
import { WAITS } from './slowOperations.ts';
import type { World } from './world.ts';

/** In the place of an answer that never came. */
const SILENCE: Envelope<unknown> = {
  ok: false,
  error: { name: 'SILENCE', code: 0, message: '', hint: '', retry: false, details: {}, requestId: null },
  requestId: '',
};

/** What a call may cost. Milliseconds; processor time where a call computes, since other programs of the computer are none of its fault. */
export const LIMITS = {
  /** Processor time of the whole process. */
  answer: 2000,
  /** Processor time of the main thread without a break. */
  hold: 500,
  /** By the clock, for a call that waits for nothing but this computer: beyond this it does not answer at all. */
  silence: 20_000,
  /** By the clock, from the moment its caller gave up. */
  giveUp: 10_000,
} as const;

/** A caller’s patience with a cluster. */
const PATIENCE = 3000;

export interface Finding {
  readonly seed: number;
  readonly index: number;
  readonly operation: string;
  readonly what: string;
  readonly input: unknown;
}

export interface Tally {
  calls: number;
  internal: number;
  readonly byOperation: Map<string, { calls: number; good: number; invalid: number }>;
  readonly codes: Map<number, number>;
  /** How often an operation said a sentence, figures apart: where the inputs get stuck. */
  readonly refusals: Map<string, number>;
  /** The longest holds, worst first. */
  readonly holds: Hold[];
  slowest: { readonly ms: number; readonly call: string };
  readonly findings: Finding[];
}

const WORST = 10;
const MOST_REFUSALS = 2000;
/** Enough to look into; a broken thing breaks often. */
const MOST_FINDINGS = 200;

/** Calls operations as a host does, holds each answer against what is promised, and remembers what it told. */
export class Harness {
  readonly known = new Known();
  readonly make: Generator;
  readonly tally: Tally = {
    calls: 0,
    internal: 0,
    byOperation: new Map(),
    codes: new Map(),
    refusals: new Map(),
    holds: [],
    slowest: { ms: 0, call: '' },
    findings: [],
  };
  readonly #world: World;
  readonly #dice: Dice;
  readonly #seed: number;
  readonly #meter: HoldMeter;
  readonly #inputs = new Map<string, { index: number; operation: string; input: unknown }>();
  /** Given to every call: a listener that stays on it is one too many. */
  /** While something is tried again that has been found already. */
  muted = false;
  readonly session = new AbortController();

  readonly #onFinding: (finding: Finding) => void;

  constructor(world: World, dice: Dice, seed: number, onFinding: (finding: Finding) => void) {
    this.#onFinding = onFinding;
    this.#world = world;
    this.#dice = dice;
    this.#seed = seed;
    this.make = new Generator(dice, this.known);
    this.#meter = new HoldMeter((hold) => this.#held(hold));
  }

  /** A call with an input of its schema’s shape, one in seven damaged against it. */
  async random(name: OperationName): Promise<Envelope<unknown>> {
    const made = this.make.value(operations[name].input, '');
    return this.call(name, this.#dice.chance(0.15) ? this.make.mutated(made) : made);
  }

  /** A call that would be good, one in ten damaged. */
  async nearlyGood(name: OperationName, input: unknown): Promise<Envelope<unknown>> {
    return this.call(name, this.#dice.chance(0.1) ? this.make.mutated(input) : input);
  }

  async call(name: OperationName, given: unknown): Promise<Envelope<unknown>> {
    const input = keepInside(name, given, this.#world.pools, this.known, this.#dice);
    const index = this.tally.calls++;
    const label = `${String(index)} ${name}`;
    const controller = new AbortController();
    const end = (): void => controller.abort();
    this.session.signal.addEventListener('abort', end, { once: true });
    this.#inputs.set(label, { index, operation: name, input });
    const report = (what: string): void => this.report({ seed: this.#seed, index, operation: name, what, input });
    const started = { clock: performance.now(), starved: this.#meter.starved, cpu: process.cpuUsage() };
    this.#meter.begin(label);
    const patience = WAITS[name] === undefined ? LIMITS.silence : PATIENCE;
    const giveUp = setTimeout(end, patience);
    let envelope = SILENCE;
    let giveUpHope: NodeJS.Timeout | undefined;
    const silence = new Promise<Envelope<unknown>>((resolve) => {
      giveUpHope = setTimeout(() => resolve(SILENCE), patience + LIMITS.giveUp);
    });
    try {
      envelope = await Promise.race([this.#world.dispatch(name, input, { signal: controller.signal }), silence]);
    } catch (error) {
      report(`rejected: ${String(error)}`);
    } finally {
      clearTimeout(giveUp);
      clearTimeout(giveUpHope);
      this.session.signal.removeEventListener('abort', end);
      this.#meter.end(label);
      this.#inputs.delete(label);
    }
    const own = performance.now() - started.clock - (this.#meter.starved - started.starved);
    const { user, system } = process.cpuUsage(started.cpu);
    const computed = Math.min(own, (user + system) / 1000);
    if (envelope === SILENCE) report(`no answer ${String(LIMITS.giveUp)} ms after it was given up`);
    else if (own > patience && WAITS[name] === undefined) report(`no answer within ${String(LIMITS.silence)} ms`);
    if (WAITS[name] === undefined && computed > LIMITS.answer)
      report(`answered after ${String(Math.round(computed))} ms of computing`);
    if (computed > this.tally.slowest.ms && WAITS[name] === undefined)
      this.tally.slowest = { ms: computed, call: label };
    this.#count(name, envelope, report);
    this.known.learn(name, envelope);
    return envelope;
  }

  /** Notes something that must not be. */
  report(finding: Finding): void {
    if (this.muted || this.tally.findings.length >= MOST_FINDINGS) return;
    this.tally.findings.push(finding);
    this.#onFinding(finding);
  }

  dispose(): void {
    this.#meter.dispose();
  }

  #count(name: OperationName, envelope: Envelope<unknown>, report: (what: string) => void): void {
    const counted = this.tally.byOperation.get(name) ?? { calls: 0, good: 0, invalid: 0 };
    this.tally.byOperation.set(name, {
      calls: counted.calls + 1,
      good: counted.good + Number(envelope.ok),
      invalid: counted.invalid + Number(!envelope.ok && envelope.error.name === 'INPUT_INVALID'),
    });
    if (typeof envelope.requestId !== 'string') report('no request id');
    if (envelope.ok) return;
    this.tally.codes.set(envelope.error.code, (this.tally.codes.get(envelope.error.code) ?? 0) + 1);
    const refusal = `${name}: ${envelope.error.message.replaceAll(/\d+/g, '#').slice(0, 160)}`;
    if (this.tally.refusals.size < MOST_REFUSALS || this.tally.refusals.has(refusal))
      this.tally.refusals.set(refusal, (this.tally.refusals.get(refusal) ?? 0) + 1);
    if (envelope.error.code !== 9999) return;
    if (!this.muted) this.tally.internal += 1;
    report(`9999: ${String(envelope.error.details['reason'])}`);
  }

  #held(hold: Hold): void {
    const { holds } = this.tally;
    if (hold.ms > LIMITS.hold) {
      for (const call of hold.calls) {
        const made = this.#inputs.get(call);
        if (made !== undefined)
          this.report({
            seed: this.#seed,
            ...made,
            what: `held the main thread for ${String(Math.round(hold.ms))} ms${hold.calls.length > 1 ? `, or one of ${hold.calls.join(', ')}` : ''}`,
          });
      }
    }
    if (holds.length === WORST && hold.ms <= (holds.at(-1)?.ms ?? 0)) return;
    holds.push(hold);
    holds.sort((a, b) => b.ms - a.ms);
    holds.length = Math.min(holds.length, WORST);
  }
}
