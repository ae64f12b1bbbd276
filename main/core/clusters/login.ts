import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { AuthQuestion, ConnectTarget, CorePorts, HostKeyQuestion, RemoteConnection } from '../ports.ts';
import type { Credentials } from './credentials.ts';
import type { PromptAnswer, Prompts, Question } from './prompts.ts';
import type { AttemptReport } from './clusterSession.ts';

/** How long a question waits for a person, in milliseconds: a push to a phone takes its time. */
const ANSWER_MS = 180_000;

export interface LoginDependencies {
  readonly ports: Pick<CorePorts, 'connector' | 'clock'>;
  readonly prompts: Prompts;
}

/**
 * One attempt to connect, with a person or what is known of secrets to answer its questions. No question outlives the attempt.
 * Errors: those of `Connector.connect`; PROMPT_EXPIRED when a question was open for too long, for us or for the server.
 */
export async function login(
  { ports, prompts }: LoginDependencies,
  target: ConnectTarget,
  credentials: Credentials,
  report: AttemptReport,
  signal: AbortSignal,
): Promise<RemoteConnection> {
  const { connector, clock } = ports;
  const { id: clusterId } = target.profile;
  const attempt = credentials.attempt();
  const ended = new AbortController();
  const asking = AbortSignal.any([signal, ended.signal]);
  /** The question that is open, or that nobody answered in time. */
  let unanswered: { server: string; since: number } | null = null;

  async function ask(question: Question, server: string): Promise<PromptAnswer> {
    unanswered = { server, since: clock.now() };
    const said = await prompts.ask(clusterId, question, asking, (promptId) => report.asking(promptId));
    if (ended.signal.aborted || said.kind === 'expired') return { kind: 'cancel' };
    unanswered = null;
    report.step(message('connection.step.login'));
    return said;
  }

  async function answer(question: AuthQuestion): Promise<readonly string[] | null> {
    const known = await attempt.recall(question);
    if (known !== null) return known;
    const { method, title, instructions, fields, asker } = question;
    const until = clock.now() + ANSWER_MS;
    const said = await ask(
      {
        kind: 'auth',
        method,
        title,
        instructions,
        fields: [...fields],
        asker,
        remember: attempt.remember(question),
        until,
      },
      asker,
    );
    if (said.kind !== 'answers') return null;
    attempt.given(question, said.values, said.remember);
    return said.values;
  }

  try {
    const connection = await connector.connect(
      target,
      {
        confirmHostKey: async (question: HostKeyQuestion) =>
          (await ask({ kind: 'hostKey', ...question }, question.host)).kind === 'accept',
        answer,
        step: (text) => report.step(text),
        trace: (event) => report.trace?.(event),
      },
      signal,
    );
    await attempt.accepted();
    return connection;
  } catch (error) {
    if (AppError.is(error, 'AUTH_FAILED')) await attempt.refused(serverOf(error, target.profile));
    // sshd waits 120 s by default and then hangs up: that is no network that may come back, and another attempt would ask again
    const open = unanswered as { server: string; since: number } | null;
    if (open !== null && !signal.aborted && !AppError.is(error, 'AUTH_FAILED')) {
      throw new AppError('PROMPT_EXPIRED', {
        details: { host: open.server, seconds: Math.round((clock.now() - open.since) / 1000) },
        cause: error,
      });
    }
    throw error;
  } finally {
    ended.abort();
  }
}

/** Which server refused, as `user@host`. */
function serverOf({ details }: AppError, profile: ClusterProfile): string {
  const { user, host } = details;
  return `${typeof user === 'string' ? user : profile.user}@${typeof host === 'string' ? host : profile.host}`;
}
