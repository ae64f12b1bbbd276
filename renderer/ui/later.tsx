import { lazy, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { loadLaterTexts } from '../i18n/index.ts';

export interface LaterPart<P> {
  (props: P): ReactNode;
  /** Loads the part before it is shown. */
  readonly load: () => Promise<unknown>;
}

/**
 * A part of the page that comes with its texts when it is first shown; whoever shows it has a `Suspense` around it. A part that is there
 * already is drawn at once: `lazy` alone shows the fallback even then, and React keeps a fallback for 300 ms.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): LaterPart<P> {
  let loaded: ComponentType<P> | null = null;
  const loadAll = async (): Promise<{ default: ComponentType<P> }> => {
    const [part] = await Promise.all([load(), loadLaterTexts()]);
    loaded = part;
    return { default: part };
  };
  const Awaited = lazy(loadAll);
  function Part(props: P): ReactNode {
    // stays what it was first: another component would lose its state
    const [Shown] = useState<ComponentType<P>>(() => loaded ?? Awaited);
    return <Shown {...props} />;
  }
  return Object.assign(Part, { load: loadAll });
}

/** Loads a part as soon as the page is idle, so that nobody waits for it. */
export function usePrefetch({ load }: Pick<LaterPart<never>, 'load'>): void {
  useEffect(() => {
    // what did not come is asked for again when it is shown
    const idle = requestIdleCallback(() => void load().catch(() => undefined));
    return () => cancelIdleCallback(idle);
  }, [load]);
}
