import { networkInterfaces } from 'node:os';
import type { WakeSource } from '../core/ports.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { Emitter } from '../../shared/lib/emitter.ts';

export interface WakeWatchOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The addresses of this computer that lead outside, in any order. It may throw: then they are as they were. */
  readonly addresses: () => string[];
  readonly tickMs: number;
  /** A tick that comes this late, in milliseconds, was slept through. */
  readonly lateMs: number;
  /** Addresses change one after the other when a network comes up; the last one counts, after this long, in milliseconds. */
  readonly quietMs: number;
}

const DEFAULTS: WakeWatchOptions = {
  now: () => Date.now(),
  addresses: outsideAddresses,
  tickMs: 5000,
  lateMs: 15_000,
  quietMs: 2000,
};

/** Addresses of interfaces that are not internal. Link-local IPv6 ones come and go with every cable and lead nowhere. */
export function outsideAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? []).flatMap(({ internal, address }) =>
      internal || address.toLowerCase().startsWith('fe80:') ? [] : [`${name} ${address}`],
    ),
  );
}

export interface WakeWatch extends WakeSource, Disposable {
  /** For a host that is told by the system. Told twice within `quietMs` counts once. */
  resumed(): void;
  goesToSleep(): void;
}

/**
 * Notices without the system's help that this computer slept (a tick came late) or has other addresses than before. Keeps no program
 * alive. A program that was stopped, or a machine too busy to tick, looks like sleep: all that follows is a sign of life asked for.
 */
export function watchWake(options: Partial<WakeWatchOptions> = {}): WakeWatch {
  const { now, addresses, tickMs, lateMs, quietMs } = { ...DEFAULTS, ...options };
  const waking = new Emitter<'resume' | 'network'>();
  const sleeping = new Emitter<undefined>();
  // the system refuses when the process is out of descriptors; that is no other network, and no reason to stop watching
  const key = (): string | null => {
    try {
      return [...addresses()].sort().join('\n');
    } catch {
      return null;
    }
  };
  /** Null until the addresses could be read for the first time. */
  let told = key();
  let changing: { to: string; since: number } | null = null;
  let lastTick = now();
  let lastResume = -Infinity;

  function resumed(): void {
    // a late tick follows what the system told
    if (now() - lastResume < tickMs + quietMs) return;
    lastResume = now();
    waking.emit('resume');
  }

  function lookAtNetwork(): void {
    const present = key();
    if (present === null) return;
    told ??= present;
    if (present === told) {
      changing = null;
      return;
    }
    if (changing?.to !== present) {
      changing = { to: present, since: now() };
      return;
    }
    if (now() - changing.since < quietMs) return;
    told = present;
    changing = null;
    // without any address there is nothing to reconnect over
    if (present !== '') waking.emit('network');
  }

  const timer = setInterval(() => {
    const slept = now() - lastTick - tickMs >= lateMs;
    lastTick = now();
    if (slept) resumed();
    lookAtNetwork();
  }, tickMs);
  // a change of addresses is looked at more often than sleep: a tick waits 5 s, a person who changed the Wi-Fi should not
  const network = setInterval(lookAtNetwork, quietMs);
  timer.unref();
  network.unref();

  return {
    onWake: (listener) => waking.on(listener),
    onSleep: (listener) => sleeping.on(() => listener()),
    resumed,
    goesToSleep: () => sleeping.emit(undefined),
    dispose: () => {
      clearInterval(timer);
      clearInterval(network);
      waking.dispose();
      sleeping.dispose();
    },
  };
}
