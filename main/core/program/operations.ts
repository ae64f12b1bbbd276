import { OperationId } from '../../../shared/domain/ids.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Emit } from './events.ts';

/** Long work that a caller started and can end by its id. */
export interface Operations extends Disposable {
  /** Begins the work and answers at once; `operation.ended` tells how it went. */
  start(work: (operationId: OperationId, signal: AbortSignal) => Promise<void>): OperationId;
  /** Ends the work; an unknown id is ignored. */
  cancel(operationId: OperationId): void;
}

export function createOperations(
  emit: Emit,
  randomId: (length: number) => string,
  onUnexpected: (error: unknown) => void,
): Operations {
  const running = new Map<OperationId, { controller: AbortController; ended: Promise<void> }>();

  async function run(
    operationId: OperationId,
    work: (operationId: OperationId, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let error: unknown = null;
    try {
      await work(operationId, signal);
    } catch (thrown) {
      error = thrown;
      if (!(thrown instanceof AppError)) onUnexpected(thrown);
    }
    running.delete(operationId);
    const wire = error === null ? null : toWire(error);
    emit('operation.ended', { operationId, error: wire === null ? null : { code: wire.code, message: wire.message } });
  }

  return {
    start: (work) => {
      const operationId = OperationId.parse(`o${randomId(12)}`);
      const controller = new AbortController();
      // the answer with the id leaves before the first event
      const ended = Promise.resolve().then(() => run(operationId, work, controller.signal));
      running.set(operationId, { controller, ended });
      return operationId;
    },
    cancel: (operationId) => running.get(operationId)?.controller.abort(),
    dispose: async () => {
      const all = [...running.values()];
      for (const { controller } of all) controller.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
