import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunId } from '../../shared/domain/ids.ts';
import { createJobWatch, type JobWatch } from './jobWatch.ts';

const [A, B] = ['r00000000000a', 'r00000000000b'].map((id) => RunId.parse(id)) as [RunId, RunId];

describe('what a page tells of itself', () => {
  let visibility: DocumentVisibilityState;
  let document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
  let window: EventTarget;
  let said: [string[], boolean][];
  let watch: JobWatch;

  beforeEach(async () => {
    vi.useFakeTimers();
    visibility = 'visible';
    document = Object.defineProperty(new EventTarget(), 'visibilityState', {
      get: () => visibility,
    }) as typeof document;
    window = new EventTarget();
    said = [];
    watch = createJobWatch((runIds, visible) => said.push([runIds, visible]), { document, window });
    watch.tell();
    await turn();
  });
  afterEach(() => {
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const turn = (): Promise<void> => Promise.resolve();
  const see = (state: DocumentVisibilityState): void => {
    visibility = state;
    document.dispatchEvent(new Event('visibilitychange'));
  };

  it('is that it is in view, even when it shows no job', () => {
    expect(said).toEqual([[[], true]]);
  });

  it('is everything that its parts show, said once for all that changes in one go', async () => {
    watch.show([B]);
    const hide = watch.show([A, B]);
    await turn();
    expect(said.slice(1)).toEqual([[[A, B], true]]);
    hide();
    await turn();
    expect(said.at(-1)).toEqual([[B], true]);
    hide();
    await turn();
    expect(said).toHaveLength(3);
  });

  it('is said again every minute while it is in view, and not at all behind other windows', async () => {
    watch.show([A]);
    await turn();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(said).toHaveLength(5);
    see('hidden');
    await turn();
    expect(said.at(-1)).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(said).toHaveLength(6);
    see('visible');
    await turn();
    expect(said.at(-1)).toEqual([[A], true]);
  });

  it('is its leave when it goes away, said at once', () => {
    window.dispatchEvent(new Event('pagehide'));
    expect(said.at(-1)).toEqual([[], false]);
  });
});
