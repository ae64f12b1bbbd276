import { z } from 'zod';
import { operations, type Envelope, type OperationName } from '../../shared/contract/index.ts';
import { CALL_LIMITS } from '../../shared/domain/bounds/limits.ts';
import { complaintOf } from '../../shared/domain/bounds/complaint.ts';
import { RequestId } from '../../shared/domain/ids.ts';
import { excessOf } from '../../shared/domain/text/plainData.ts';
import { AppError, toWire } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import type { CallContext, Core } from '../core/core.ts';
import { failureDetails } from '../core/log/failure.ts';
import type { Log } from '../core/ports.ts';

export interface DispatchOptions {
  /** The caller's own id when it sent one; otherwise one is made. */
  requestId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export type Dispatch = (name: string, input: unknown, options?: DispatchOptions) => Promise<Envelope<unknown>>;

const NEVER = new AbortController().signal;

/** Of a caller's own words what an error tells: keys of a record may be as long as its call. */
const told = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);

/** The first complaints of a schema about `input`, each with its path and what it says of what stands there. */
function complaint(
  error: z.ZodError,
  input: unknown,
): { reason: Message; field: string; issues: { path: string; message: Message }[] } {
  const issues = error.issues.slice(0, 20).map((issue) => ({
    path: told(issue.path.slice(0, 20).map(String).join('.')),
    message: complaintOf(issue, input),
  }));
  const { path: field, message: fault } = issues[0] ?? { path: '', message: message('complaints.notValid') };
  const reason =
    field === '' ? message('complaints.input', { fault }) : message('words.about', { what: field, text: fault });
  return { reason, field, issues };
}

/**
 * The one way into the core, for every host: refuse what is too much to look at, parse by the contract, call the handler, answer an envelope. Never throws.
 * Errors: OPERATION_UNKNOWN, INPUT_INVALID, CANCELLED, whatever the handler means to say, and 9999 for a bug, which is logged with its stack.
 */
export function createDispatch(core: Core, log: Log, randomId: (length: number) => string): Dispatch {
  return async (name, input, options = {}) => {
    const given = RequestId.safeParse(options.requestId);
    const requestId = given.success ? given.data : RequestId.parse(`q${randomId(15)}`);
    const context: CallContext = { requestId, signal: options.signal ?? NEVER };
    try {
      if (!Object.hasOwn(operations, name))
        throw new AppError('OPERATION_UNKNOWN', { details: { operation: name.slice(0, 80) } });
      const excess = excessOf(input, CALL_LIMITS);
      if (excess !== null)
        throw new AppError('INPUT_INVALID', {
          details: { operation: name, reason: message('complaints.input', { fault: excess }) },
        });
      const parsed = operations[name as OperationName].input.safeParse(input ?? {});
      if (!parsed.success)
        throw new AppError('INPUT_INVALID', { details: { operation: name, ...complaint(parsed.error, input ?? {}) } });
      const handler = core.handlers[name as OperationName] as (input: unknown, context: CallContext) => unknown;
      const value = await handler(parsed.data, context);
      return { ok: true, value, requestId };
    } catch (error) {
      if (!(error instanceof AppError)) {
        log.write('error', 'bug', requestId, { operation: name, ...failureDetails(error) });
      }
      return { ok: false, error: toWire(error, requestId), requestId };
    }
  };
}
