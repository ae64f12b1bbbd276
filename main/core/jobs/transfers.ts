import type { TransferProgress } from '../../../shared/domain/job/schema.ts';

/** How much of the newest measurement goes into the shown speed. */
const NEW_SHARE = 0.3;

/** The transfers of one run with their speed, smoothed so that it can be read. */
export class Transfers {
  readonly #files = new Map<string, { progress: TransferProgress; measuredAt: number }>();

  begin(name: string, total: number, now: number): void {
    this.#files.set(name, { progress: { name, done: 0, total, bytesPerSecond: 0 }, measuredAt: now });
  }

  /** `done` may begin above zero, where an earlier upload stopped: the first report sets the mark from which speed counts. */
  report(name: string, done: number, now: number): void {
    const before = this.#files.get(name);
    if (before === undefined) return;
    const seconds = (now - before.measuredAt) / 1000;
    const { done: earlier, bytesPerSecond } = before.progress;
    const measured = earlier === 0 || seconds <= 0 ? bytesPerSecond : (done - earlier) / seconds;
    const smoothed = bytesPerSecond === 0 ? measured : bytesPerSecond * (1 - NEW_SHARE) + measured * NEW_SHARE;
    this.#files.set(name, {
      progress: { ...before.progress, done, bytesPerSecond: Math.max(0, Math.round(smoothed)) },
      measuredAt: now,
    });
  }

  list(): TransferProgress[] {
    return [...this.#files.values()].map(({ progress }) => progress);
  }
}
