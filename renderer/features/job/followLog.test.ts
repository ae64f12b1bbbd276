import { describe, expect, it, vi } from 'vitest';
import type { Bridge } from '../../../shared/contract/bridge.ts';
import type { AnyEvent, Envelope, EventOf } from '../../../shared/contract/index.ts';
import type { OperationId, RunId } from '../../../shared/domain/ids.ts';
import type { LogState } from './followLog.ts';

/** A host with one growing output per task, which sends what is appended to whoever follows it. */
class LogHost implements Bridge {
  readonly texts = new Map<number | null, string>();
  readonly cancelled: unknown[] = [];
  readonly #listeners = new Set<(event: AnyEvent) => void>();
  readonly #followed = new Map<OperationId, number | null>();

  invoke(name: string, input: unknown): Promise<Envelope<unknown>> {
    const {
      task = null,
      offset = 0,
      operationId,
    } = input as {
      task?: number | null;
      offset?: number;
      operationId?: string;
    };
    const text = this.texts.get(task);
    const value = (): unknown => {
      switch (name) {
        case 'jobs.readLog': {
          const size = text?.length ?? 0;
          const from = Math.min(size, offset < 0 ? Math.max(0, size + offset) : offset);
          return { text: text?.slice(from) ?? '', offset: from, next: size, size, exists: text !== undefined };
        }
        case 'jobs.followLog': {
          const id = `o${String(this.#followed.size)}` as OperationId;
          this.#followed.set(id, task);
          return { operationId: id };
        }
        default:
          this.cancelled.push(operationId);
          return {};
      }
    };
    return Promise.resolve({ ok: true, value: value(), requestId: 'one' });
  }

  append(task: number | null, added: string): void {
    const before = this.texts.get(task) ?? '';
    this.texts.set(task, before + added);
    for (const [operationId, of] of this.#followed) {
      if (of !== task) continue;
      this.#tell({
        operationId,
        runId: 'r1' as RunId,
        task,
        stream: 'stdout',
        offset: before.length,
        text: added,
        size: before.length + added.length,
      });
    }
  }

  #tell(chunk: EventOf<'jobs.logChunk'>): void {
    for (const listener of this.#listeners) listener({ name: 'jobs.logChunk', payload: chunk });
  }

  cancel(): void {
    // an abandoned read answers nobody
  }

  subscribe(listener: (event: AnyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  grant(): Promise<never> {
    return Promise.reject(new Error('no files here'));
  }

  choose(): Promise<never> {
    return Promise.reject(new Error('no dialogs here'));
  }
}

const host = new LogHost();
vi.stubGlobal('window', { slipway: host, location: { origin: 'app://slipway' }, addEventListener: () => undefined });
vi.mock('../../ui/index.ts', () => import('../../ui/log/logBuffer.ts'));
const { followLog } = await import('./followLog.ts');

const owner = (task: number | null) => ({ runId: 'r1' as RunId, task });
const linesOf = (state: LogState | null): string[] => state?.buffer.lines.map(({ text }) => text) ?? [];

describe('following an output', () => {
  it('shows what is there, and what comes, of its own task alone', async () => {
    host.texts.set(3, 'one\ntwo\n');
    let state: LogState | null = null;
    const followed = followLog(owner(3), 'stdout', (next) => (state = next));
    await vi.waitFor(() => expect(linesOf(state)).toEqual(expect.arrayContaining(['one', 'two'])));
    await vi.waitFor(() => {
      host.append(4, 'of another task\n');
      host.append(3, 'three\n');
      expect(linesOf(state)).toContain('three');
    });
    expect(linesOf(state)).not.toContain('of another task');
    followed.stop();
    expect(host.cancelled).toHaveLength(1);
    host.append(3, 'late\n');
    expect(linesOf(state)).not.toContain('late');
  });

  it('says that a file is not there, which is not that it is empty', async () => {
    host.texts.set(6, '');
    const seen: (boolean | null)[] = [];
    const missing = followLog(owner(5), 'stdout', ({ exists }) => void seen.push(exists));
    await vi.waitFor(() => expect(seen).toEqual([false]));
    const empty = followLog(owner(6), 'stdout', ({ exists }) => void seen.push(exists));
    await vi.waitFor(() => expect(seen).toEqual([false, true]));
    missing.stop();
    empty.stop();
  });
});
