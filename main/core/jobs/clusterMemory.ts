import { AccountingWatch } from './accountingWatch.ts';
import { Cancellers } from './cancellers.ts';
import type { Missed } from './endings.ts';

/** What is remembered of a cluster from one look to the next. */
export class ClusterMemory {
  readonly accounting = new AccountingWatch();
  readonly cancellers = new Cancellers();
  /** By run and task. */
  readonly missed = new Map<string, Missed>();
  /** When something about a job was last found changed; epoch ms. */
  lastChangeAt: number | null = null;
}
