import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { Clock } from '../ports.ts';
import type { ClusterSession, OpenSession } from './clusterSession.ts';

/** How long what a person asked for waits for a connection that is being made, in milliseconds. */
export const MAX_WAIT_MS = 20_000;

/**
 * The live session, waiting a bounded time for one that is being made. NOT_CONNECTED with the reason when nobody makes one or it takes
 * too long; CANCELLED.
 */
export async function waitForConnection(
  session: ClusterSession,
  cluster: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenSession> {
  if (session.live !== null) return session.live;
  const enough = new AbortController();
  const reached = new AbortController();
  // a clock that is aborted has nothing to say
  clock.sleep(MAX_WAIT_MS, AbortSignal.any([reached.signal, signal])).then(
    () => enough.abort(),
    () => undefined,
  );
  try {
    const live = await session.whenReady(AbortSignal.any([signal, enough.signal]));
    if (live === null) throw notConnected(cluster, session.state, clock.now());
    return live;
  } catch (error) {
    if (enough.signal.aborted && AppError.is(error, 'CANCELLED'))
      throw notConnected(cluster, session.state, clock.now());
    throw error;
  } finally {
    reached.abort();
  }
}

/** Failures of a connection after which the same is done once more on the next one, where that does no harm. */
export function isCut(error: unknown): boolean {
  return AppError.is(error, 'CONNECTION_LOST', 'CHANNEL_REFUSED');
}

export function notConnected(cluster: string, state: ConnectionState, now: number): AppError {
  const { reason, hint } = whyNot(state, now);
  return new AppError('NOT_CONNECTED', {
    details: { cluster, phase: state.phase, ...(reason === null ? {} : { reason }) },
    hint,
  });
}

/** Why a session that is not live is not, and what to do. Null: nothing to add. */
function whyNot(state: ConnectionState, now: number): { reason: Message | null; hint: Message | null } {
  switch (state.phase) {
    case 'failed': {
      const failure = errorMessages(state.error);
      return { reason: failure.message, hint: message('connection.failedAndNext', failure) };
    }
    case 'waiting':
      return {
        reason: state.reason,
        hint: message('connection.triesAgain', {
          reason: state.reason,
          seconds: Math.max(1, Math.ceil((state.until - now) / 1000)),
        }),
      };
    case 'connecting':
      return { reason: state.step, hint: message('connection.isConnecting') };
    case 'asking':
      return { reason: message('connection.waitsForAnswer'), hint: message('connection.answerIt') };
    default:
      return { reason: null, hint: null };
  }
}
