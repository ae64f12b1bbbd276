import type { Client } from 'ssh2';
import type { ConnectedClient } from './internals.ts';

/**
 * Hears what a server says in a round of keyboard-interactive that asks nothing: "a push was sent to your phone". ssh2 answers such a
 * round by itself, without telling. To be called once the client has been told to connect.
 */
export function onInstructions(client: Client, listener: (text: string) => void): void {
  const handlers = (client as unknown as ConnectedClient)._protocol._handlers;
  const answer = handlers.USERAUTH_INFO_REQUEST;
  handlers.USERAUTH_INFO_REQUEST = (protocol, name, instructions, prompts) => {
    if ((prompts?.length ?? 0) === 0 && instructions.trim() !== '') listener(instructions.trim());
    answer(protocol, name, instructions, prompts);
  };
}
