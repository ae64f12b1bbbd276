import { inspect } from 'node:util';
import { reasonOf, toWire } from '../../shared/errors/appError.ts';
import { ERRORS } from '../../shared/errors/codes.ts';
import type { Log } from '../core/ports.ts';
import { redact } from '../log/redact.ts';

/** So many errors that nobody handled within this time are a loop. */
const MOST = 20;
const WITHIN_MS = 10_000;
/** EX_SOFTWARE of sysexits.h. */
const EXIT_LOOP = 70;

export interface ProcessGuard {
  /** Where unhandled errors go from now on; before, standard error has them. */
  writeTo(log: Log): void;
}

function complain(line: string): void {
  try {
    process.stderr.write(`${line}\n`);
  } catch {
    // nobody reads it any more
  }
}

/**
 * The last net of a process: an error that nobody handled is logged with its stack, secrets taken out, and the program goes on;
 * more than 20 within 10 s are a loop and end it with a line that says so. Call first of all in a host.
 * `onError` is for a host that has something to say (the command line), and is called after the error is logged.
 */
export function guardProcess(onError: (error: unknown) => void = () => undefined): ProcessGuard {
  let log: Log | null = null;
  let recent: number[] = [];

  const caught = (kind: 'uncaughtException' | 'unhandledRejection', error: unknown): void => {
    // an error in here must not come back in here
    try {
      if (log === null)
        complain(
          `slipway: ${kind}: ${String(redact(error instanceof Error ? (error.stack ?? error.message) : inspect(error)))}`,
        );
      else
        log.write('error', kind, null, {
          error_code: toWire(error).code,
          error: error instanceof Error ? error : inspect(error),
        });
      const now = Date.now();
      recent = [...recent.filter((at) => now - at < WITHIN_MS), now];
      if (recent.length > MOST) {
        const line = `slipway: more than ${String(MOST)} errors within ${String(WITHIN_MS / 1000)} s that nobody handled, the last one “${String(redact(reasonOf(error)))}”. Slipway ends; the log has them all.`;
        log?.write('error', 'error_loop', null, { error_code: ERRORS.INTERNAL.code, count: recent.length });
        complain(line);
        process.exit(EXIT_LOOP);
      }
      onError(error);
    } catch (failure) {
      complain(`slipway: an error could not be logged: ${reasonOf(failure)}`);
    }
  };

  // a terminal or pipe that is closed is no reason to end, and complaining about it would be the next error
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', (error) => caught('uncaughtException', error));
  process.on('unhandledRejection', (error) => caught('unhandledRejection', error));
  return {
    writeTo: (to) => {
      log = to;
    },
  };
}
