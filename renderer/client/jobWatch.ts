import type { RunId } from '../../shared/domain/ids.ts';

/** The core forgets what a window shows after 90 s. */
const RENEW_MS = 60_000;

/** The parts of `document` and `window` that tell whether the page is in view. */
export interface PageView {
  readonly document: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    readonly visibilityState: DocumentVisibilityState;
  };
  readonly window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
}

export interface JobWatch {
  /** Some part of the page shows these jobs now. Returns how to say that it no longer does. */
  show(runIds: readonly RunId[]): () => void;
  /** Begins to tell the core, and says it anew. */
  tell(): void;
  /** Ends telling. */
  stop(): void;
}

/**
 * Tells the core what this page shows, and whether it is in view: clusters are asked more often only while somebody looks. `say` is
 * called once for all that changes in one go, every minute while the page is in view, and when it comes into view or leaves it.
 */
export function createJobWatch(say: (runIds: RunId[], visible: boolean) => void, page: PageView): JobWatch {
  const parts = new Map<symbol, readonly RunId[]>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let isTelling = false;
  let isDue = false;

  const now = (visible: boolean): void => {
    isDue = false;
    clearInterval(timer);
    timer = visible ? setInterval(() => now(true), RENEW_MS) : undefined;
    say(visible ? [...new Set([...parts.values()].flat())].sort().slice(0, 1000) : [], visible);
  };
  const soon = (): void => {
    if (!isTelling || isDue) return;
    isDue = true;
    queueMicrotask(() => {
      if (isDue && isTelling) now(page.document.visibilityState === 'visible');
    });
  };
  const leave = (): void => now(false);

  return {
    show: (runIds) => {
      const part = Symbol('part of the page');
      parts.set(part, runIds);
      soon();
      return () => {
        if (parts.delete(part)) soon();
      };
    },
    tell: () => {
      if (!isTelling) {
        isTelling = true;
        page.document.addEventListener('visibilitychange', soon);
        page.window.addEventListener('pagehide', leave);
        // back from the browser's own cache of pages
        page.window.addEventListener('pageshow', soon);
      }
      soon();
    },
    stop: () => {
      if (!isTelling) return;
      isTelling = false;
      clearInterval(timer);
      page.document.removeEventListener('visibilitychange', soon);
      page.window.removeEventListener('pagehide', leave);
      page.window.removeEventListener('pageshow', soon);
    },
  };
}
