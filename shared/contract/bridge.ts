import type { FileHandle } from './files.ts';
import type { AnyEvent, Envelope } from './index.ts';

/**
 * What the preload script puts on `window.slipway`, and all of it. It carries names and JSON, so it does not grow with the
 * contract; main parses everything that comes through it.
 */
export interface Bridge {
  /** Calls an operation. `callId` is the caller's own, for `cancel`. Never rejects: failures are in the envelope. */
  invoke(name: string, input: unknown, callId: string): Promise<Envelope<unknown>>;
  /** Gives up on a call that is under way. */
  cancel(callId: string): void;
  /** Hears every event until the returned function is called. */
  subscribe(listener: (event: AnyEvent) => void): () => void;
  /** Turns a file that was dropped or picked into a handle. The path is looked up in preload and never seen by the page. */
  grant(file: File): Promise<Envelope<FileHandle>>;
  /**
   * Lets the person choose a file or folder of this computer in a dialog of the system, which no page can answer, and lets settings and
   * profiles name it from then on. The path as it is to be stored, or null when nothing was chosen.
   */
  choose(what: PlaceKind): Promise<Envelope<string | null>>;
}

/** What a person can choose a place for. */
export type PlaceKind = 'templates' | 'key' | 'knownHosts' | 'agent';

/** The IPC channels behind the bridge. */
export const BRIDGE_CHANNELS = {
  invoke: 'slipway:invoke',
  cancel: 'slipway:cancel',
  event: 'slipway:event',
  grant: 'slipway:grant',
  choose: 'slipway:choose',
} as const;
