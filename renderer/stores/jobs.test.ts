import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import type { JobRecord, JobRow, SubmitStep } from '../../shared/domain/job/schema.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
vi.stubGlobal('window', pageOf(host));
const { followRun, useRuns } = await import('./jobs.ts');

const RUN = 'r1' as RunId;
const JOB = { runId: RUN, phase: 'uploading', script: 'true\n', error: null } as unknown as JobRecord;
const step = (state: SubmitStep['state']): SubmitStep => ({ step: 'files', state, detail: '' });
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const run = () => useRuns.getState().runs[RUN];

describe('a submission that Launch shows', () => {
  beforeEach(() => {
    host.reset();
    useRuns.setState({ runs: {} });
    host.answer('jobs.get', () => ({ job: JOB, steps: [step('waiting')] }));
  });

  it('shows what is known at once, and then what the core has recorded', async () => {
    followRun(JOB);
    expect(run()).toMatchObject({ job: JOB, steps: [] });
    await settle();
    expect(run()?.steps).toEqual([step('waiting')]);
  });

  it('is not put back by an answer that was made before an event', async () => {
    const slow = held<{ job: JobRecord; steps: SubmitStep[] }>();
    host.answer('jobs.get', () => slow.promise);
    followRun(JOB);
    host.tell('submit.progress', { runId: RUN, steps: [step('done')], transfers: [] } as never);
    slow.keep({ job: JOB, steps: [step('active')] });
    await settle();
    expect(run()?.steps).toEqual([step('done')]);
  });

  it('changes with its row at once, keeps what only the record holds, and asks for that', async () => {
    followRun(JOB);
    await settle();
    const before = host.asked('jobs.get').length;
    host.tell('jobs.changed', { rows: [{ runId: RUN, phase: 'submitted', error: null } as unknown as JobRow] });
    expect(run()?.job).toMatchObject({ phase: 'submitted', script: 'true\n' });
    expect(host.asked('jobs.get')).toHaveLength(before + 1);
    await settle();
  });

  it('leaves runs alone that are not shown', () => {
    host.tell('jobs.changed', { rows: [{ runId: 'r2', phase: 'submitted' } as unknown as JobRow] });
    expect(useRuns.getState().runs).toEqual({});
    expect(host.asked('jobs.get')).toEqual([]);
  });

  it('says why it could not be asked, and no longer once it could', async () => {
    followRun(JOB);
    await settle();
    host.answer('jobs.get', () => {
      throw new AppError('JOB_NOT_FOUND');
    });
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    await settle();
    expect(run()).toMatchObject({ error: { name: 'JOB_NOT_FOUND' }, job: { runId: RUN } });
    host.answer('jobs.get', () => ({ job: JOB, steps: [] }));
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    await settle();
    expect(run()?.error).toBeNull();
  });
});
