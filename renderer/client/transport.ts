import type { PlaceKind } from '../../shared/contract/bridge.ts';
import type { FileHandle } from '../../shared/contract/files.ts';
import type { AnyEvent, Envelope } from '../../shared/contract/index.ts';

/** Whether events arrive now. Before the first `up`, and between `down` and `up`, events may have been missed. */
export type LinkState = 'up' | 'down';

/** How calls and events travel between the page and its host. */
export interface Transport {
  readonly host: 'electron' | 'http';
  /** Rejects only when the host cannot be reached or the signal fires; a failed operation is in the envelope. */
  invoke(name: string, input: unknown, signal: AbortSignal | undefined): Promise<Envelope<unknown>>;
  grant(file: File, signal: AbortSignal | undefined): Promise<Envelope<FileHandle>>;
  /** Lets the person choose a place in a dialog of the system, where the host has one (`Bridge.choose`). */
  choose?(what: PlaceKind): Promise<Envelope<string | null>>;
  /** Hears every event, and how the link does, until the returned function is called. */
  subscribe(onEvent: (event: AnyEvent) => void, onLink: (state: LinkState) => void): () => void;
}
