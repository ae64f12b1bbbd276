import type { RunId } from '../../shared/domain/ids.ts';
import { client } from './index.ts';
import { createJobWatch } from './jobWatch.ts';

/** This page among the windows of the program; a name, no secret. */
const watcher = `page-${Math.random().toString(36).slice(2)}`;

const watch = createJobWatch(
  (runIds, visible) => void client.call('jobs.watch', { runIds, visible, watcher }).catch(() => undefined),
  { document, window },
);

/** Tells the core for as long as the page lives whether it is in view, and which jobs it shows. */
export function followView(): void {
  watch.tell();
  client.onResync(() => watch.tell());
}

/** Some part of the page shows these jobs: their clusters are asked at the short interval. Returns how to say that it no longer does. */
export function showJobs(runIds: readonly RunId[]): () => void {
  return watch.show(runIds);
}
