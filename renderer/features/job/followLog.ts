import type { InputOf } from '../../../shared/contract/index.ts';
import type { OperationId, RunId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { LogBuffer } from '../../ui/index.ts';

export type Stream = InputOf<'jobs.readLog'>['stream'];

/** Bytes that are read at once; the end of a log first. */
const PART = 262_144;

export interface LogState {
  buffer: LogBuffer;
  /** Changes with each change of the buffer. */
  revision: number;
  /** `null` until it was looked at. */
  exists: boolean | null;
  error: CodedError | null;
}

/** Whose output: a plain job's (`task` null), or that of a task of an array. */
export interface LogOwner {
  readonly runId: RunId;
  readonly task: number | null;
}

/**
 * Reads the end of a job's log and follows it. `onChange` is told each new state until the returned function is called; an error is
 * told once and ends it.
 */
export function followLog(
  { runId, task }: LogOwner,
  stream: Stream,
  onChange: (state: LogState) => void,
): { stop: () => void; readEarlier: () => void } {
  const buffer = new LogBuffer();
  const gone = new AbortController();
  let revision = 0;
  let exists: boolean | null = null;
  let operationId: OperationId | null = null;
  /** Chunks that came before the answer which names their operation. */
  let early: { operationId: OperationId; offset: number; text: string; size: number }[] = [];

  const tell = (error: CodedError | null = null): void => {
    if (gone.signal.aborted) return;
    revision += 1;
    onChange({ buffer, revision, exists, error });
  };
  const take = (chunk: { offset: number; text: string; size: number }): void => {
    exists = true;
    buffer.append(chunk.text, chunk.offset, chunk.offset + new TextEncoder().encode(chunk.text).length);
    tell();
  };
  const listeners = [
    client.on('jobs.logChunk', (chunk) => {
      if (chunk.runId !== runId || chunk.task !== task || chunk.stream !== stream) return;
      if (operationId === null) early.push(chunk);
      else if (chunk.operationId === operationId) take(chunk);
    }),
    client.on('operation.ended', ({ operationId: ended, error }) => {
      if (ended === operationId && error !== null) void restart();
    }),
  ];

  /** The following broke off (a lost connection): go on where the text ends, or say why not. */
  async function restart(): Promise<void> {
    operationId = null;
    early = [];
    await open(buffer.next);
  }

  async function open(from: number): Promise<void> {
    try {
      let at = from;
      for (;;) {
        const part = await client.call(
          'jobs.readLog',
          { runId, task, stream, offset: at, limit: PART },
          { signal: gone.signal },
        );
        exists = part.exists || exists === true;
        buffer.append(part.text, part.offset, part.next);
        at = part.next;
        if (part.next >= part.size || part.text === '') break;
      }
      tell();
      const started = await client.call('jobs.followLog', { runId, task, stream, offset: at }, { signal: gone.signal });
      if (gone.signal.aborted) {
        void client.call('operations.cancel', { operationId: started.operationId }).catch(() => undefined);
        return;
      }
      operationId = started.operationId;
      for (const chunk of early) if (chunk.operationId === operationId) take(chunk);
      early = [];
    } catch (error) {
      tell(appErrorOf(error));
    }
  }

  async function readEarlier(): Promise<void> {
    const end = buffer.from;
    const start = Math.max(0, end - PART);
    try {
      const part = await client.call(
        'jobs.readLog',
        { runId, task, stream, offset: start, limit: end - start },
        { signal: gone.signal },
      );
      // what was read meanwhile, or a file that became shorter, does not join
      if (buffer.from !== end || part.next !== end) return;
      buffer.prepend(part.text, part.offset);
      tell();
    } catch (error) {
      tell(appErrorOf(error));
    }
  }

  void open(-PART);
  return {
    readEarlier: () => void readEarlier(),
    stop: () => {
      gone.abort();
      for (const listener of listeners) void listener.dispose();
      if (operationId !== null) void client.call('operations.cancel', { operationId }).catch(() => undefined);
    },
  };
}
