import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionPrompt } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { fromWire, AppError } from '../../../shared/errors/appError.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import type { InputOf } from '../../../shared/contract/index.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import type { CliClient } from './client.ts';
import { ask, note } from './terminal.ts';

type Answer = InputOf<'clusters.answer'>['answer'];

async function answerOn(prompt: ConnectionPrompt): Promise<Answer> {
  switch (prompt.kind) {
    case 'hostKey': {
      note(
        `The host key of ${plainLine(prompt.host)}:${String(prompt.port)} is not known.\n  ${plainLine(prompt.algorithm)} ${plainLine(prompt.fingerprint)}`,
      );
      if (prompt.authorityKnown)
        note(
          '  known_hosts trusts an authority for this host, but the server showed no certificate that can be checked.',
        );
      const said = await ask('Compare it with your site’s page. Connect and remember it? (yes/no) ', true);
      return said?.trim().toLowerCase() === 'yes'
        ? { kind: 'accept', fingerprint: prompt.fingerprint }
        : { kind: 'cancel' };
    }
    case 'auth': {
      // in each round: with jump hosts and second factors, one cannot tell otherwise who asks
      note(`${plainLine(prompt.asker)}: ${inWords(prompt.title)}`);
      if (prompt.instructions !== null) note(inWords(prompt.instructions));
      const values: string[] = [];
      for (const field of prompt.fields) {
        const said = await ask(`${inWords(field.label).trimEnd()} `, field.echo);
        if (said === null) return { kind: 'cancel' };
        values.push(said);
      }
      return { kind: 'answers', values };
    }
    default:
      return assertNever(prompt);
  }
}

/**
 * Waits for work that connects to a cluster, and puts the server's questions to the person on the terminal meanwhile. Without a
 * terminal a question ends the attempt.
 */
export async function answeringOnTerminal<T>(
  client: CliClient,
  clusterId: ClusterId,
  work: () => Promise<T>,
): Promise<T> {
  const attempt = { underWay: true };
  const working = work().finally(() => {
    attempt.underWay = false;
  });
  const settled = working.then(
    () => undefined,
    () => undefined,
  );
  const answered = new Set<string>();
  while (attempt.underWay) {
    for (const prompt of await client.call('clusters.prompts', {})) {
      if (prompt.clusterId !== clusterId || answered.has(prompt.promptId)) continue;
      answered.add(prompt.promptId);
      const answer = await answerOn(prompt);
      await client.call('clusters.answer', { promptId: prompt.promptId, answer }).catch((error: unknown) => {
        // it was open too long, and the attempt tells so itself
        if (!AppError.is(error, 'PROMPT_GONE')) throw error;
      });
    }
    await Promise.race([settled, delay(100)]);
  }
  return working;
}

/** Connects. Errors: those of `clusters.connect`, and NOT_CONNECTED when the session ended up elsewhere. */
export async function connectOnTerminal(client: CliClient, clusterId: ClusterId): Promise<void> {
  const envelope = await answeringOnTerminal(client, clusterId, () =>
    client.envelope('clusters.connect', { clusterId }),
  );
  if (!envelope.ok) throw fromWire(envelope.error);
  const clusters = await client.call('clusters.list', {});
  const state = clusters.find(({ profile }) => profile.id === clusterId)?.connection;
  if (state?.phase === 'failed') throw fromWire({ ...state.error, retry: false, requestId: envelope.requestId });
  if (state === undefined || !isConnected(state))
    throw new AppError('NOT_CONNECTED', { details: { cluster: clusterId } });
}
