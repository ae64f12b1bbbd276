import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTarget, profileOf } from '../../core/testing/clusterTarget.ts';
import { startCore, type CoreUnderTest } from '../../core/testing/coreUnderTest.ts';
import type { OperationName } from '../../../shared/contract/index.ts';
import { toWire } from '../../../shared/errors/appError.ts';
import { Draft } from '../../../shared/domain/job/draft.ts';
import { isFinal, type JobRecord } from '../../../shared/domain/job/schema.ts';
import { NO_TASKS } from '../../../shared/domain/job/task.ts';
import type { CliClient } from './client.ts';
import { cancel, logs, status } from './jobCommands.ts';
import { countsText, reasonText } from './jobText.ts';

const SAMPLES = path.resolve(import.meta.dirname, '../../../templates/official/data/python-sweep.samples');

describe('the counts of an array', () => {
  it('name what is there, in the order of how it ended, and leave out what waits', () => {
    expect(countsText({ ...NO_TASKS, total: 12, ok: 9, bad: 1, running: 2 })).toBe('9 ✓ 1 ✕ 2 ▶ of 12');
    expect(countsText({ ...NO_TASKS, total: 12, pending: 12 })).toBe('of 12');
  });
});

describe('why a job waits', () => {
  it('is a sentence, with Slurm’s own word in brackets', () => {
    expect(reasonText({ state: 'PENDING', reason: 'Priority', cancelledBy: null })).toBe(
      'Other jobs are ahead of it. (Priority)',
    );
    expect(reasonText({ state: 'PENDING', reason: 'Dependency', cancelledBy: null }, 'afterok:4')).toBe(
      'It waits for job 4. (Dependency)',
    );
    expect(reasonText({ state: 'FAILED', reason: 'NonZeroExitCode', cancelledBy: null })).toBeNull();
  });
});

describe('the shipped sweep with its samples, on the command line', () => {
  let folder: string;
  let core: CoreUnderTest;
  let client: CliClient;
  let closeTarget: () => Promise<void>;
  let job: JobRecord;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-cli-'));
    const opened = await openTarget();
    closeTarget = opened.dispose;
    const profile = profileOf(opened.target, opened.target.port, 2);
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: opened.target.hostKeyFingerprint,
    });
    client = {
      attached: false,
      envelope: async (name, input) => {
        const requestId = 'request-of-test';
        try {
          return { ok: true, value: await core.call(name as OperationName, input as never), requestId };
        } catch (error) {
          return { ok: false, error: toWire(error, requestId), requestId };
        }
      },
      call: (name, input) => core.call(name, input),
      grant: (file) => core.core.grantFile(file),
      allow: (_, place) => Promise.resolve(place),
      dispose: () => undefined,
    };
    await core.call('clusters.save', { profile });
    await core.connect(profile.id);
    const [script, table] = await Promise.all(
      ['decay.py', 'rates.csv'].map((name) => core.core.grantFile(path.join(SAMPLES, name))),
    );
    const draft = Draft.parse({
      clusterId: profile.id,
      templateId: 'python-sweep',
      templateSource: 'official',
      jobName: 'sweep',
      parameters: {},
      resources: {},
      imagePath: null,
      files: [
        { ...script, slot: 'script' },
        { ...table, slot: 'table' },
      ],
    });
    const { runId } = await core.call('jobs.submit', { draft, wait: true });
    job = await core.until(runId, ({ state }) => isFinal(state));
  }, 120_000);
  afterAll(async () => {
    await core.dispose();
    await closeTarget();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a command prints on standard output. */
  async function printed(command: Promise<number>): Promise<string> {
    let text = '';
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
      text += String(part);
      return true;
    });
    try {
      expect(await command).toBe(0);
    } finally {
      out.mockRestore();
    }
    return text;
  }
  const options = { task: undefined, follow: false, stderr: false, raw: false };
  const signal = new AbortController().signal;

  it('is listed with its counts, and unfolds into its tasks with the partition that Slurm chose', async () => {
    expect(await printed(status(client, undefined, false))).toMatch(/COMPLETED 4 ✓ of 4 +sweep +target +normal/);
    const text = await printed(status(client, job.jobId ?? '', false));
    expect(text).toMatch(/^partition +normal$/m);
    for (const task of [1, 2, 3, 4]) expect(text).toMatch(new RegExp(`^${String(task)} +COMPLETED +0 `, 'm'));
    expect(await printed(status(client, `${job.jobId ?? ''}_3`, false))).not.toMatch(/^1 +COMPLETED/m);
  });

  it('prints every task’s output under a heading, or one task’s alone', async () => {
    const all = await printed(logs(client, job.runId, options, signal));
    expect(all.match(/^==> task \d+ <==$/gm)).toEqual([1, 2, 3, 4].map((task) => `==> task ${String(task)} <==`));
    const second = await printed(logs(client, job.runId, { ...options, task: 2 }, signal));
    expect(second).toMatch(/^task 2: --rate 0\.5/);
    expect(all).toContain(second);
    expect(second).not.toContain('task 1');
    expect(await printed(logs(client, `${job.jobId ?? ''}_2`, { ...options, follow: true }, signal))).toBe(second);
    expect(await printed(logs(client, job.runId, { ...options, follow: true }, signal))).toBe(all);
  });

  it('says of a job that failed what most likely ended it, and what to do', async () => {
    const draft = Draft.parse({
      clusterId: job.clusterId,
      templateId: 'python-sweep',
      templateSource: 'official',
      jobName: 'sweep',
      parameters: {},
      resources: {},
      imagePath: null,
      files: await Promise.all(
        ['decay.py', 'rates.csv'].map(async (name, at) => ({
          ...(await core.core.grantFile(path.join(SAMPLES, name))),
          slot: at === 0 ? 'script' : 'table',
        })),
      ),
    });
    const { text } = await core.call('scripts.preview', { draft });
    const mine = text.replace('# --- Main ---\n', '# --- Main ---\nno-such-tool\nexit 127\n');
    const edits = [{ file: null, base: text, mine }];
    const { runId } = await core.call('jobs.submit', { draft: { ...draft, edits }, wait: true });
    await core.until(runId, ({ state }) => isFinal(state));
    const said = await printed(status(client, runId, false));
    expect(said).toMatch(/^cause +the command no-such-tool was not found\.$/m);
    expect(said).toMatch(/^next +Check the spelling, and load the module that brings it\.$/m);
    const beside = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    await printed(logs(client, runId, options, signal));
    expect(beside.mock.calls.map(([text]) => String(text)).join('')).toContain(
      'task 1, cause: the command no-such-tool was not found.\n',
    );
    beside.mockRestore();
  });

  it('names the tasks that there are where another one is asked for', async () => {
    await expect(logs(client, job.runId, { ...options, task: 9 }, signal)).rejects.toMatchObject({
      name: 'INPUT_INVALID',
      details: { array: '1-4%10' },
    });
    await expect(cancel(client, job.runId, 'all')).rejects.toMatchObject({ name: 'INPUT_INVALID' });
    expect(await printed(cancel(client, job.runId, '1-2'))).toMatch(/COMPLETED 4 ✓ of 4/);
  });
});
