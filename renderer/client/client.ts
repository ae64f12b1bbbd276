import type { PlaceKind } from '../../shared/contract/bridge.ts';
import type { FileHandle } from '../../shared/contract/files.ts';
import type {
  AnyEvent,
  Envelope,
  EventName,
  EventOf,
  InputOf,
  OperationName,
  OutputOf,
} from '../../shared/contract/index.ts';
import { CodedError } from '../../shared/errors/codedError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { Emitter } from '../../shared/lib/emitter.ts';
import type { LinkState, Transport } from './transport.ts';

/** What this host lets the page do. */
export interface HostCapabilities {
  readonly host: Transport['host'];
  /** The program itself may open a browser or a folder; otherwise links are ordinary ones. */
  readonly canOpenExternal: boolean;
  /** Notifications of the operating system are sent by the program, not the page. */
  readonly canNotify: boolean;
}

export interface Client extends Disposable {
  readonly capabilities: HostCapabilities;
  /** Calls an operation of the contract. Rejects with CodedError: what the core said, HOST_UNREACHABLE or CANCELLED. */
  call<N extends OperationName>(name: N, input: InputOf<N>, options?: { signal?: AbortSignal }): Promise<OutputOf<N>>;
  /** Hears an event until it is disposed. */
  on<N extends EventName>(name: N, listener: (payload: EventOf<N>) => void): Disposable;
  /** Called when events may have been missed: whoever caches what the core says asks again. */
  onResync(listener: () => void): Disposable;
  /** Whether the host is reachable; called at once with the present state. */
  onLink(listener: (state: LinkState) => void): Disposable;
  /** A place that the person chose in a dialog of the system, or null for none; null itself where the host has no dialogs. Rejects with CodedError. */
  readonly choosePlace: ((what: PlaceKind) => Promise<string | null>) | null;
  /** Hands local files over, in order. The first failure rejects; what was granted before stays granted. */
  grantFiles(files: readonly File[], options?: { signal?: AbortSignal }): Promise<FileHandle[]>;
}

function valueOf<T>(envelope: Envelope<T>): T {
  if (envelope.ok) return envelope.value;
  throw new CodedError({ ...envelope.error, requestId: envelope.error.requestId ?? envelope.requestId });
}

export function createClient(transport: Transport): Client {
  const events = new Emitter<AnyEvent>((error) => reportError(error));
  const resyncs = new Emitter<undefined>((error) => reportError(error));
  const links = new Emitter<LinkState>((error) => reportError(error));
  let link: LinkState = 'up';
  let hasOpened = false;
  const unsubscribe = transport.subscribe(
    (event) => events.emit(event),
    (state) => {
      // what happened before the link was there was told to nobody: the first opening is as good a reason to ask again as any other
      const mayHaveMissed = state === 'up' && (!hasOpened || link === 'down');
      hasOpened ||= state === 'up';
      if (state !== link) {
        link = state;
        links.emit(state);
      }
      if (mayHaveMissed) resyncs.emit(undefined);
    },
  );
  const isElectron = transport.host === 'electron';

  return {
    capabilities: { host: transport.host, canOpenExternal: isElectron, canNotify: isElectron },
    async call<N extends OperationName>(name: N, input: InputOf<N>, options: { signal?: AbortSignal } = {}) {
      return valueOf((await transport.invoke(name, input, options.signal)) as Envelope<OutputOf<N>>);
    },
    on(name, listener) {
      return events.on((event) => {
        if (event.name === name) (listener as (payload: unknown) => void)(event.payload);
      });
    },
    onResync: (listener) => resyncs.on(listener),
    onLink(listener) {
      listener(link);
      return links.on(listener);
    },
    async grantFiles(files, options = {}) {
      const handles: FileHandle[] = [];
      for (const file of files) handles.push(valueOf(await transport.grant(file, options.signal)));
      return handles;
    },
    choosePlace:
      transport.choose === undefined
        ? null
        : async (what) => valueOf((await transport.choose?.(what)) ?? { ok: true, value: null, requestId: '' }),
    dispose() {
      unsubscribe();
      events.dispose();
      resyncs.dispose();
      links.dispose();
    },
  };
}
