import type { AnyEvent, EventName, EventOf } from '../../../shared/contract/index.ts';
import type { Emitter } from '../../../shared/lib/emitter.ts';

/** Tells an event of the contract to whoever listens. */
export type Emit = <N extends EventName>(name: N, payload: EventOf<N>) => void;

export function emitTo(events: Emitter<AnyEvent>): Emit {
  return (name, payload) => events.emit({ name, payload } as AnyEvent);
}
