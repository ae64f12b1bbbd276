/**
 * The demo's job records, on disk before anyone is told of them.
 *
 *     jobs/<id>/spec.json                       what sbatch was told; in `<id>.new` until it is on disk whole
 *     jobs/<id>/<job id>/standing.json          how the job (or array task) stands; absent: waiting since it was submitted
 *     jobs/<id>/<job id>/attempt-<n>/           written by the runner: see runner.ts
 *     next-id                                   ids are never given twice, also after old jobs are gone
 */
import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Job, JobSpec, JobStanding } from './job.ts';
import { isEnded } from './job.ts';
import { QOS } from './site.ts';

/** Ended jobs are forgotten after this many seconds. */
const KEPT_FOR = 30 * 86_400;

/** Basic priority falls with age of submission as Slurm's does; a QOS adds to it. */
const TOP_PRIORITY = 4_294_000_000;

function priorityOf(spec: JobSpec): number {
  const qos = QOS.find((each) => each.name === spec.qos)?.priority ?? 0;
  return TOP_PRIORITY + qos * 100 - spec.nice - (spec.id % 1_000_000);
}

function firstStanding(spec: JobSpec): JobStanding {
  return {
    state: 'PENDING',
    reason: spec.held ? 'JobHeldUser' : 'None',
    attempt: 0,
    held: spec.held ? 'user' : null,
    priority: spec.held ? 0 : priorityOf(spec),
    timeLimit: spec.timeLimit,
    name: spec.name,
    submittedAt: spec.submittedAt,
    begin: spec.begin,
    start: null,
    end: null,
    shares: [],
    exitCode: 0,
    signal: 0,
    stopping: null,
    cancelledBy: null,
  };
}

/** Written by this program itself, whole or not at all: what cannot be read is as if it were not there. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const sync = promisify(fsync);

export class JobTable {
  readonly #folder: string;
  readonly #jobs = new Map<number, Job>();
  readonly #submissions = new Map<number, Job[]>();
  #nextId: number;

  private constructor(folder: string, nextId: number) {
    this.#folder = folder;
    this.#nextId = nextId;
  }

  /** Reads what is there and drops what was never accepted or ended long ago. */
  static open(folder: string, now: number): JobTable {
    mkdirSync(path.join(folder, 'jobs'), { recursive: true, mode: 0o700 });
    const counter = Number(readJson(path.join(folder, 'next-id')) ?? 1);
    const table = new JobTable(folder, Number.isSafeInteger(counter) && counter > 0 ? counter : 1);
    for (const name of readdirSync(path.join(folder, 'jobs'))) table.#load(name, now);
    return table;
  }

  #load(name: string, now: number): void {
    const found = path.join(this.#folder, 'jobs', name);
    const spec = readJson(path.join(found, 'spec.json')) as JobSpec | null;
    const folder = path.join(this.#folder, 'jobs', String(spec?.id));
    if (spec === null || (found !== folder && existsSync(folder))) {
      rmSync(found, { recursive: true, force: true });
      return;
    }
    // whole, but cut off before its new name was on disk: sbatch may have answered
    if (found !== folder) renameSync(found, folder);
    const jobs = this.#enter(spec);
    for (const job of jobs) job.standing = (readJson(this.#standingFile(job)) as JobStanding | null) ?? job.standing;
    this.#nextId = Math.max(this.#nextId, spec.id + jobs.length);
    if (jobs.every((job) => isEnded(job) && now - (job.standing.end ?? now) > KEPT_FOR)) {
      writeWhole(path.join(this.#folder, 'next-id'), String(this.#nextId));
      for (const job of jobs) this.#jobs.delete(job.id);
      this.#submissions.delete(spec.id);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #enter(spec: JobSpec): Job[] {
    const tasks: readonly (number | null)[] = spec.array?.tasks ?? [null];
    const jobs = tasks.map((arrayTask, index): Job => ({
      spec,
      id: spec.id + index,
      arrayTask,
      standing: firstStanding(spec),
      expectedStart: null,
    }));
    for (const job of jobs) this.#jobs.set(job.id, job);
    this.#submissions.set(spec.id, jobs);
    return jobs;
  }

  /** Ids that nobody has had: the first of `count` in a row. */
  takeIds(count: number): number {
    const first = this.#nextId;
    this.#nextId += count;
    writeWhole(path.join(this.#folder, 'next-id'), String(this.#nextId));
    return first;
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Takes a job. When this resolves, it is on disk and will run, whatever happens to this process. */
  async accept(spec: JobSpec): Promise<Job[]> {
    const folder = path.join(this.#folder, 'jobs', String(spec.id));
    mkdirSync(`${folder}.new`, { mode: 0o700 });
    const file = openSync(path.join(`${folder}.new`, 'spec.json'), 'wx', 0o600);
    try {
      writeFileSync(file, JSON.stringify(spec));
      // the one step that may take long
      await sync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${folder}.new`, folder);
    return this.#enter(spec);
  }

  /** Changes how a job stands, and writes it. */
  change(job: Job, changes: Partial<JobStanding>): void {
    job.standing = { ...job.standing, ...changes };
    mkdirSync(path.dirname(this.#standingFile(job)), { recursive: true, mode: 0o700 });
    writeWhole(this.#standingFile(job), JSON.stringify(job.standing));
  }

  /** The priority a job has unless it is held. */
  priority(job: Job): number {
    return priorityOf(job.spec);
  }

  #standingFile(job: Job): string {
    return path.join(this.#folder, 'jobs', String(job.spec.id), String(job.id), 'standing.json');
  }

  /** Folder of the attempt that the job is in. */
  attemptFolder(job: Job): string {
    return path.join(path.dirname(this.#standingFile(job)), `attempt-${job.standing.attempt}`);
  }

  all(): Job[] {
    return [...this.#jobs.values()];
  }

  get(id: number): Job | undefined {
    return this.#jobs.get(id);
  }

  /** The job `id`, or all tasks of the array `id`; another task's own id means that task. */
  ofSubmission(id: number): readonly Job[] {
    const job = this.#jobs.get(id);
    return this.#submissions.get(id) ?? (job === undefined ? [] : [job]);
  }

  task(arrayId: number, task: number): Job | undefined {
    return this.#submissions.get(arrayId)?.find((job) => job.arrayTask === task);
  }
}
