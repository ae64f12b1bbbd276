import { stateGroup, type StateGroup } from './state.ts';

/** The group in which a person thinks of a task; one of which Slurm has not said anything yet waits. */
export function taskGroup({ state }: { readonly state: string | null }): StateGroup {
  return state === null ? 'pending' : stateGroup(state);
}
