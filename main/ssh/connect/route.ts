import type { Client } from 'ssh2';
import { dial, dialThrough } from './dial.ts';
import { networkReason } from '../errors.ts';
import { handshake, type Prompter, type ConnectContext } from './handshake.ts';
import { hopsOf, type Hop } from './hop.ts';
import { KeyRing } from '../keys/identities.ts';
import { readKnownHosts } from '../hostkeys/knownHosts.ts';
import type { ConnectParams } from '../worker/protocol.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { ReasonError } from '../../../shared/errors/reasonMessage.ts';

/**
 * Logs in to each server on the way (ProxyJump), the next through the one before, and resolves with the client of the last. The others end when it
 * ends, the nearest last, and it ends when one of them does. On a failure all are closed.
 * Errors: those of `handshake`, of whichever server; JUMP_REFUSED.
 */
export async function openRoute(
  { target, knownHostsFiles, newKeysFile, timings }: ConnectParams,
  asker: Prompter,
  signal: AbortSignal,
): Promise<Client> {
  const context: ConnectContext = {
    knownHosts: await readKnownHosts(knownHostsFiles),
    remember: newKeysFile === null ? null : { file: newKeysFile, hash: target.profile.hostKeys.hash },
    keys: new KeyRing(),
    timings,
    asker,
    signal,
  };
  const way: { hop: Hop; client: Client }[] = [];
  try {
    for (const hop of hopsOf(target)) {
      const before = way.at(-1);
      const stream =
        before === undefined
          ? await dial(hop, timings.connectMs, signal, asker)
          : await dialThrough(before.client, before.hop, hop, timings.connectMs, signal, asker);
      way.push({ hop, client: await handshake(hop, stream, context) });
    }
  } catch (error) {
    for (const { client } of way.reverse()) client.end();
    throw error;
  }
  const clients = way.map(({ client }) => client);
  const last = clients.at(-1);
  if (last === undefined) throw new Error('a way has a last server');
  bind(way, last);
  return last;
}

/** One is lost, all are lost. */
function bind(way: readonly { hop: Hop; client: Client }[], last: Client): void {
  const jumps = way.slice(0, -1);
  for (const { hop, client } of jumps) {
    const lose = (reason: Message): void => {
      last.emit('error', new ReasonError(message('connection.jumpLost', { host: hop.host, reason })));
    };
    client.on('error', (error) => {
      lose(networkReason(error));
    });
    client.on('close', () => {
      lose(message('connection.viaClosed'));
      last.destroy();
    });
  }
  last.once('close', () => {
    for (const { client } of [...jumps].reverse()) client.end();
  });
}
