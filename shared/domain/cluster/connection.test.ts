import { describe, expect, it } from 'vitest';
import { isConnected, mayConnect } from './connection.ts';
import { ConnectionState } from './profile.ts';

describe('a connection', () => {
  const phases = ConnectionState.options.map((option) => option.shape.phase.value);
  const that = (fits: (connection: { phase: ConnectionState['phase'] }) => boolean) =>
    phases.filter((phase) => fits({ phase }));

  it('is connected while work goes on over it, slowly too', () => {
    expect(that(isConnected)).toEqual(['ready', 'degraded']);
  });

  it('may be asked for where there is none and none is being made', () => {
    expect(that(mayConnect)).toEqual(['offline', 'waiting', 'failed']);
  });
});
