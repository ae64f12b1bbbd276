import type { HandlersOf } from '../core.ts';
import type { Log } from '../ports.ts';

export function logHandlers(log: Log): HandlersOf<'log'> {
  return { 'log.query': async (query) => ({ entries: await log.query(query) }) };
}
