import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import type { JobRecord, JobRow, SubmitStep } from '../../shared/domain/job/schema.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
vi.stubGlobal('window', pageOf(host));
const { putRun, useRuns, viewRun } = await import('./runs.ts');

const RUN = 'r1' as RunId;
const JOB = { runId: RUN, phase: 'uploading', script: 'true\n', error: null } as unknown as JobRecord;
const step = (state: SubmitStep['state']): SubmitStep => ({ step: 'files', state, detail: '' });
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const run = () => useRuns.getState().runs[RUN];
const error = () => useRuns.getState().errors[RUN];

describe('a run whose details are shown', () => {
  let close = (): void => undefined;

  beforeEach(() => {
    host.reset();
    useRuns.setState({ runs: {}, errors: {} });
    host.answer('jobs.get', () => ({ job: JOB, steps: [step('waiting')], events: [] }));
  });

  afterEach(() => {
    close();
    close = () => undefined;
  });

  it('shows what is known at once, and then what the core has recorded', async () => {
    putRun(JOB);
    close = viewRun(RUN);
    expect(run()).toMatchObject({ job: JOB, steps: [], events: [] });
    await settle();
    expect(run()?.steps).toEqual([step('waiting')]);
  });

  it('is not put back by an answer that was made before an event', async () => {
    const slow = held<{ job: JobRecord; steps: SubmitStep[]; events: [] }>();
    host.answer('jobs.get', () => slow.promise);
    putRun(JOB);
    close = viewRun(RUN);
    host.tell('submit.progress', { runId: RUN, steps: [step('done')], transfers: [] } as never);
    slow.keep({ job: JOB, steps: [step('active')], events: [] });
    await settle();
    expect(run()?.steps).toEqual([step('done')]);
  });

  it('changes with its row at once, keeps what only the record holds, and asks for that', async () => {
    putRun(JOB);
    close = viewRun(RUN);
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
    putRun(JOB);
    close = viewRun(RUN);
    await settle();
    host.answer('jobs.get', () => {
      throw new AppError('JOB_NOT_FOUND');
    });
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    await settle();
    expect(run()).toMatchObject({ job: { runId: RUN } });
    expect(error()).toMatchObject({ name: 'JOB_NOT_FOUND' });
    host.answer('jobs.get', () => ({ job: JOB, steps: [], events: [] }));
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    await settle();
    expect(error()).toBeUndefined();
  });

  it('is found by its id alone, and says so where there is none', async () => {
    host.answer('jobs.get', () => {
      throw new AppError('JOB_NOT_FOUND');
    });
    close = viewRun(RUN);
    await settle();
    expect(run()).toBeUndefined();
    expect(error()).toMatchObject({ name: 'JOB_NOT_FOUND' });
  });

  it('is asked for once however often it is shown, and forgotten with its last view', async () => {
    close = viewRun(RUN);
    const closeOther = viewRun(RUN);
    await settle();
    expect(host.asked('jobs.get')).toHaveLength(1);
    closeOther();
    expect(run()).toBeDefined();
    close();
    expect(useRuns.getState()).toMatchObject({ runs: {}, errors: {} });
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    expect(host.asked('jobs.get')).toHaveLength(1);
    close = () => undefined;
  });

  it('that Submit answered is there before it is shown, and followed from then on', async () => {
    putRun(JOB);
    host.tell('jobs.changed', { rows: [{ ...JOB }] });
    expect(run()?.job).toBe(JOB);
    expect(host.asked('jobs.get')).toEqual([]);
    close = viewRun(RUN);
    await settle();
    expect(run()?.steps).toEqual([step('waiting')]);
  });
});
