import type { ConnectionState } from './profile.ts';

/**
 * Whether work goes on over a connection: slowly, perhaps, but it does. The one meaning of “connected”, for core, window and command
 * line: what is read over a connection that became slow for a moment need not be read again.
 */
export function isConnected<C extends { readonly phase: ConnectionState['phase'] }>(
  connection: C,
): connection is Extract<C, { phase: 'ready' | 'degraded' }> {
  return connection.phase === 'ready' || connection.phase === 'degraded';
}

/** Whether asking for a connection is the way on: not while one is there, is being made, or asks something. */
export function mayConnect({ phase }: { readonly phase: ConnectionState['phase'] }): boolean {
  return phase === 'offline' || phase === 'failed' || phase === 'waiting';
}
