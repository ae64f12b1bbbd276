import type { Database } from 'better-sqlite3';
import { openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';

/**
 * A database of version 3 as the code of that time wrote it: the same tables, columns and JSON texts. Jobs of many templates, states and
 * ages, with real scripts, and among them what is out of the ordinary.
 */

export interface OldStoreOptions {
  readonly file: string;
  readonly jobs: number;
  /** Scripts that jobs take in turn. */
  readonly scripts: readonly string[];
}

const START = Date.parse('2025-01-01T00:00:00Z');
const CLUSTERS = ['cori', 'demo', 'hpc-kr', 'cluster_4'];
const TEMPLATES = ['pytorch-training', 'gromacs', 'python-sweep', 'namd', 'hello'];
const PARTITIONS = ['gpu', 'normal', 'long', null];
/** How jobs end, as often as they do. */
const ENDS = ['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED', 'OUT_OF_MEMORY'];

export const oldRunId = (n: number): string => `r${n.toString(36).padStart(12, '0')}`;

/** Job number `n`: its record as versions 1 to 3 knew it. */
export function oldRecord(n: number, script: string) {
  const kind = n % 500;
  const refused = kind === 1 || kind === 5 || kind === 6;
  const phase = kind === 0 ? 'ambiguous' : refused ? 'refused' : kind === 2 ? 'uploading' : 'submitted';
  const state =
    phase !== 'submitted' ? null : kind === 3 ? 'RUNNING' : kind === 4 ? 'PENDING' : (ENDS[n % ENDS.length] ?? null);
  const createdAt = START + n * 300_000;
  const ended = state !== null && state !== 'RUNNING' && state !== 'PENDING';
  const partition = PARTITIONS[n % PARTITIONS.length] ?? null;
  const startedAt = ended || state === 'RUNNING' ? createdAt + 60_000 : null;
  const name = `relax-${n % 97 === 0 ? 'Größe' : 'lr'}-${String(n)}`;
  return {
    runId: oldRunId(n),
    requestId: `request-${String(n).padStart(8, '0')}`,
    clusterId: CLUSTERS[n % CLUSTERS.length] ?? 'demo',
    user: 'mia',
    jobId: phase === 'submitted' ? String(100_000 + n) : null,
    ...(n % 50 === 0 ? { slurmCluster: 'west' } : {}),
    name,
    templateId: TEMPLATES[n % TEMPLATES.length] ?? 'hello',
    templateSource: 'official',
    templateVersion: '1.2.0',
    templateHash: (n % 7).toString(16).repeat(64),
    imagePath: n % 3 === 0 ? '/opt/apptainers/pytorch_cuda.sif' : null,
    request: {
      ...(partition === null ? {} : { partition }),
      account: 'chem',
      nodes: 1,
      ntasks: 1,
      cpus_per_task: 8,
      mem: '32G',
      time: '04:00:00',
      ...(partition === 'gpu' ? { gres: 'gpu:a100:2' } : {}),
      ...(n % 40 === 0 ? { array: '1-12%3' } : {}),
      output: 'slurm-%j.out',
      error: 'slurm-%j.err',
    },
    parameters: { epochs: n, learning_rate: 0.001, optimizer: 'adam', label: `it’s "quoted" ${String(n)}` },
    files: [
      {
        slot: 'training_script',
        name: 'train.py',
        remoteName: 'train.py',
        size: 4096 + n,
        sha256: phase === 'uploading' ? null : n.toString(16).padStart(64, '0'),
        uploaded: phase !== 'uploading',
        source: {
          kind: 'local',
          handle: `f${n.toString(36).padStart(16, '0')}`,
          ...(n % 10 === 0 ? { convert: true } : {}),
        },
      },
      {
        slot: null,
        name: 'config.json',
        remoteName: 'config.json',
        size: 60,
        sha256: phase === 'uploading' ? null : 'c'.repeat(64),
        uploaded: phase !== 'uploading',
        source: { kind: 'generated', text: `{"epochs": ${String(n)}, "optimizer": "adam", "out": "./results"}\n` },
      },
    ],
    script: `${script}\n# run ${String(n)}\n`,
    ...(n % 20 === 0 ? { edited: { script: true, files: [] } } : {}),
    runFolder: `/home/mia/slipway/runs/${name}-${oldRunId(n)}`,
    phase,
    state,
    reason: state === 'PENDING' ? 'Priority' : null,
    ...(state === 'CANCELLED' ? { cancelledBy: { who: 'you', name: null } } : {}),
    ...(n % 100 === 9 ? { restarts: 1 } : {}),
    exitCode: ended ? (state === 'COMPLETED' ? 0 : 1) : null,
    signal: ended ? 0 : null,
    nodes: startedAt === null ? null : `gpu${String(n % 32)}`,
    partition,
    timeLimit: 14_400,
    elapsed: ended ? 3600 : null,
    progress: ended ? 100 : null,
    progressText: ended ? `epoch ${String(n)}` : null,
    createdAt,
    submittedAt: phase === 'submitted' ? createdAt + 1000 : null,
    expectedStart: null,
    startedAt,
    endedAt: ended ? createdAt + 3_660_000 : null,
    cost: {
      currency: 'USD',
      total: 3.28,
      lines: [
        { kind: 'nodes', quantity: 1, hours: 4, rate: 0.5, amount: 2 },
        { kind: 'gpus', quantity: 2, hours: 4, rate: 0.16, amount: 1.28 },
      ],
      billing: null,
    },
    error:
      kind === 1
        ? {
            code: 4003,
            name: 'SLURM_UNAVAILABLE',
            message: 'Slurm does not answer.',
            hint: '',
            details: { exitCode: 1 },
          }
        : kind === 5
          ? { code: 9003, name: 'CANCELLED', message: 'Cancelled.', hint: '', details: {} }
          : null,
  };
}

const ROW_FIELDS = [
  'runId',
  'requestId',
  'clusterId',
  'jobId',
  'slurmCluster',
  'name',
  'templateId',
  'phase',
  'state',
  'reason',
  'cancelledBy',
  'restarts',
  'exitCode',
  'nodes',
  'partition',
  'timeLimit',
  'elapsed',
  'progress',
  'createdAt',
  'submittedAt',
  'expectedStart',
  'startedAt',
  'endedAt',
];

/** Writes one job into an open database of version 3. */
export function createOldWriter(
  db: Database,
): (record: ReturnType<typeof oldRecord>, events: readonly { at: number; state: string; detail: string }[]) => void {
  const insertJob = db.prepare(
    `INSERT INTO jobs (run_id, request_id, cluster_id, template_id, standing, settled, created_at, search, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertRecord = db.prepare('INSERT INTO job_records (run_id, record) VALUES (?, ?)');
  const insertEvent = db.prepare('INSERT INTO job_events (run_id, at, state, detail) VALUES (?, ?, ?, ?)');
  return (record, events) => {
    const {
      runId,
      requestId,
      clusterId,
      templateId,
      name,
      jobId,
      user,
      partition,
      nodes,
      state,
      phase,
      createdAt,
      error,
    } = record;
    const standing = state ?? phase;
    const isOpen = phase !== 'refused' && (phase !== 'submitted' || state === 'RUNNING' || state === 'PENDING');
    const search = [name, jobId, templateId, clusterId, user, partition, nodes, standing]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase();
    const summary = {
      ...Object.fromEntries(Object.entries(record).filter(([field]) => ROW_FIELDS.includes(field))),
      error: error === null ? null : { code: 4003, message: 'Slurm refused the job.' },
    };
    insertJob.run(
      runId,
      requestId,
      clusterId,
      templateId,
      standing,
      isOpen ? 0 : 1,
      createdAt,
      search,
      JSON.stringify(summary),
    );
    insertRecord.run(runId, JSON.stringify(record));
    for (const { at, state: word, detail } of events) insertEvent.run(runId, at, word, detail);
  };
}

/** What the timeline said of the three things that `refused` meant, by `n % 500`. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'Slurm refused the job.',
  5: 'cancelled before it was sent',
  6: 'given up by a person: the job never ran',
};

/** The timeline of job number `n`. */
export function oldEvents(n: number): { at: number; state: string; detail: string }[] {
  const { phase, state, jobId, nodes, createdAt, runFolder, endedAt } = oldRecord(n, '');
  const at = createdAt;
  const events = [{ at, state: 'uploading', detail: runFolder }];
  if (phase === 'submitted') events.push({ at: at + 1000, state: 'PENDING', detail: `job ${String(jobId)}` });
  if (phase === 'refused') events.push({ at: at + 1000, state: 'refused', detail: REFUSALS[n % 500] ?? '' });
  if (nodes !== null) events.push({ at: at + 60_000, state: 'RUNNING', detail: nodes });
  if (endedAt !== null) events.push({ at: at + 3_660_000, state: state ?? '', detail: 'exit code 0' });
  return events;
}

/** Makes the file. Its folder must be there. */
export function makeOldStore({ file, jobs, scripts }: OldStoreOptions): void {
  const db = openDatabase(file, { timeout: 0 });
  try {
    migrate(db, MIGRATIONS.slice(0, 3));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = OFF');
    const write = createOldWriter(db);
    const chunk = db.transaction((from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        const record = oldRecord(n, scripts[n % scripts.length] ?? '#!/bin/bash\ntrue\n');
        write(record, oldEvents(n));
      }
    });
    for (let from = 0; from < jobs; from += 1000) chunk(from, Math.min(jobs, from + 1000));
    db.prepare('INSERT INTO documents VALUES (?, ?, ?)').run('settings', 'settings', '{"theme":"dark"}');
    db.prepare('INSERT INTO file_handles VALUES (?, ?, ?)').run('f0123456789abcdef', '/home/mia/train.py', 3);
  } finally {
    db.close();
  }
}
