import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
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
    details: { cluster, phase: state.phase, ...(reason === '' ? {} : { reason }) },
    ...(hint === '' ? {} : { hint }),
  });
}

/** In words: why a session that is not live is not, and what to do. Empty: nothing to add. */
function whyNot(state: ConnectionState, now: number): { reason: string; hint: string } {
  switch (state.phase) {
    case 'failed':
      return { reason: state.error.message, hint: `${state.error.message} ${state.error.hint}`.trim() };
    case 'waiting':
      return {
        reason: state.reason,
        hint: `${sentence(state.reason)} Slipway tries again in ${String(Math.max(1, Math.ceil((state.until - now) / 1000)))} s.`,
      };
    case 'connecting':
      return { reason: state.step, hint: 'It is being connected. Try again in a moment.' };
    case 'asking':
      return { reason: 'the server waits for an answer', hint: 'The server asks something: answer it, and try again.' };
    default:
      return { reason: '', hint: '' };
  }
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
