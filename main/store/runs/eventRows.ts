import { reasonDetail } from '../../../shared/domain/job/reasonMeaning.ts';
import { isMessage, quoted } from '../../../shared/messages/message.ts';
import type { Database } from 'better-sqlite3';
import type { JobEvent } from '../../../shared/domain/job/schema.ts';

export interface EventRows {
  add(seq: number, event: JobEvent): void;
  /** By their time. */
  all(runId: string): JobEvent[];
}

/** A message as it was stored. A text is of before there were messages: Slurm's reason, or words that are quoted. */
function detailOf(state: string, stored: string): JobEvent['detail'] {
  if (!stored.startsWith('{"id":')) return reasonDetail(state, stored);
  try {
    const value: unknown = JSON.parse(stored);
    return isMessage(value) ? value : quoted(stored);
  } catch {
    return quoted(stored);
  }
}

/** The timelines of runs. */
export function createEventRows(db: Database): EventRows {
  const insert = db.prepare(
    `INSERT INTO run_events (run_seq, position, task, at, state, detail)
     VALUES (:seq, (SELECT coalesce(max(position), 0) + 1 FROM run_events WHERE run_seq = :seq), :task, :at, :state, :detail)`,
  );
  const select = db.prepare<[string], Omit<JobEvent, 'detail'> & { detail: string }>(
    'SELECT at, run_events.state, detail, task FROM run_events JOIN runs ON seq = run_seq WHERE run_id = ? ORDER BY at, position',
  );
  return {
    add: (seq, { task, at, state, detail }) =>
      void insert.run({ seq, task, at, state, detail: detail === null ? '' : JSON.stringify(detail) }),
    all: (runId) => select.all(runId).map((row) => ({ ...row, detail: detailOf(row.state, row.detail) })),
  };
}
