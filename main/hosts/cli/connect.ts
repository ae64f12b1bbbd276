import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionPrompt } from '../../../shared/domain/cluster.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { fromWire, AppError } from '../../../shared/errors/appError.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import type { InputOf } from '../../../shared/contract/index.ts';
import type { CliSession } from './session.ts';
import { ask, note, plain } from './terminal.ts';

type Answer = InputOf<'clusters.answer'>['answer'];

async function answerOn(prompt: ConnectionPrompt): Promise<Answer> {
  switch (prompt.kind) {
    case 'hostKey': {
      note(`The host key of ${plain(prompt.host)} is not known.\n  ${prompt.algorithm} ${prompt.fingerprint}`);
      const said = await ask('Compare it with your site’s page. Connect and remember it? (yes/no) ', true);
      return said?.trim().toLowerCase() === 'yes' ? { kind: 'accept' } : { kind: 'cancel' };
    }
    case 'auth': {
      if (prompt.title !== '') note(plain(prompt.title));
      if (prompt.instructions !== '') note(plain(prompt.instructions));
      const values: string[] = [];
      for (const field of prompt.fields) {
        const said = await ask(`${plain(field.label)} `, field.echo);
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
 * Connects and puts the server's questions to the person on the terminal. Without a terminal a question ends the attempt.
 * Errors: those of `clusters.connect`, and NOT_CONNECTED when the session ended up elsewhere.
 */
export async function connectOnTerminal(session: CliSession, clusterId: ClusterId): Promise<void> {
  const attempt = { underWay: true };
  const connected = session.envelope('clusters.connect', { clusterId }).finally(() => {
    attempt.underWay = false;
  });
  const answered = new Set<string>();
  while (attempt.underWay) {
    for (const prompt of await session.call('clusters.prompts', {})) {
      if (prompt.clusterId !== clusterId || answered.has(prompt.promptId)) continue;
      answered.add(prompt.promptId);
      await session.call('clusters.answer', { promptId: prompt.promptId, answer: await answerOn(prompt) });
    }
    await Promise.race([connected, delay(100)]);
  }
  const envelope = await connected;
  if (!envelope.ok) throw fromWire(envelope.error);
  const clusters = await session.call('clusters.list', {});
  const state = clusters.find(({ profile }) => profile.id === clusterId)?.connection;
  if (state?.phase === 'failed') throw fromWire({ ...state.error, retry: false, details: {}, requestId: envelope.requestId });
  if (state?.phase !== 'ready') throw new AppError('NOT_CONNECTED', { details: { cluster: clusterId } });
}
