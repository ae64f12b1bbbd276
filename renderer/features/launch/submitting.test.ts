import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bridge } from '../../../shared/contract/bridge.ts';
import type { Envelope } from '../../../shared/contract/index.ts';
import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';

/** A host that keeps what it was asked to submit, and answers when and how the test says. */
class HeldHost implements Bridge {
  readonly attempts: { draft: Draft; requestId: string }[] = [];
  readonly #answers: ((envelope: Envelope<unknown>) => void)[] = [];

  invoke(name: string, input: unknown): Promise<Envelope<unknown>> {
    if (name !== 'jobs.submit')
      return Promise.resolve({ ok: false, error: toWire(new AppError('JOB_NOT_FOUND')), requestId: 'other' });
    this.attempts.push(input as { draft: Draft; requestId: string });
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  take(): void {
    this.#answers.shift()?.({ ok: true, value: { runId: 'r000000000001', phase: 'prepared' }, requestId: 'one' });
  }

  fail(error: AppError): void {
    this.#answers.shift()?.({ ok: false, error: toWire(error), requestId: 'one' });
  }

  cancel(): void {
    // nobody cancels a submission
  }

  subscribe(): () => void {
    return () => undefined;
  }

  grant(): Promise<never> {
    return Promise.reject(new Error('no files here'));
  }

  choose(): Promise<never> {
    return Promise.reject(new Error('no dialogs here'));
  }
}

const host = new HeldHost();
vi.stubGlobal('window', { slipway: host, location: { origin: 'app://slipway' }, addEventListener: () => undefined });
const { newFormSession, formSessionOf, updateFormSession, useFormSessions } = await import('../form/session/index.ts');
const { sendAgain, submit } = await import('./submitting.ts');

const KEY = 'official/hello';
const DRAFT: Draft = {
  clusterId: 'demo' as ClusterId,
  templateId: 'hello',
  templateSource: 'official',
  jobName: 'hello',
  parameters: {},
  resources: {},
  imagePath: null,
  files: [],
};

describe('pressing Submit', () => {
  beforeEach(() => {
    host.attempts.length = 0;
    useFormSessions.setState({ sessions: { [KEY]: newFormSession({} as TemplateDetail, DRAFT) } });
  });

  it('twice, as in a double click, asks for one job', async () => {
    const presses = [submit(KEY), submit(KEY)];
    host.take();
    await Promise.all(presses);
    expect(host.attempts).toHaveLength(1);
    expect(formSessionOf(KEY)?.submission).toEqual({ kind: 'sent', runId: 'r000000000001' });
  });

  it('again after the answer was lost asks for the same job, whatever was typed meanwhile', async () => {
    const first = submit(KEY);
    host.fail(new AppError('HOST_UNREACHABLE', { details: { reason: 'closed' } }));
    await first;
    expect(formSessionOf(KEY)?.submission.kind).toBe('lost');

    updateFormSession(KEY, (session) => ({ ...session, draft: { ...session.draft, jobName: 'other' } }));
    await submit(KEY);
    const second = sendAgain(KEY);
    host.take();
    await second;
    expect(host.attempts).toHaveLength(2);
    expect(host.attempts[1]).toEqual(host.attempts[0]);
  });

  it('again after a refusal is a new attempt, with what the draft says then', async () => {
    const first = submit(KEY);
    host.fail(new AppError('CHECKS_FAILED', { details: { reason: 'time' } }));
    await first;
    expect(formSessionOf(KEY)?.submission).toMatchObject({ kind: 'editing', error: { code: 4010 } });

    updateFormSession(KEY, (session) => ({ ...session, draft: { ...session.draft, jobName: 'shorter' } }));
    const second = submit(KEY);
    host.take();
    await second;
    expect(host.attempts.map(({ draft }) => draft.jobName)).toEqual(['hello', 'shorter']);
    expect(host.attempts[1]?.requestId).not.toBe(host.attempts[0]?.requestId);
  });

  it('gives each attempt an id that the contract takes', async () => {
    const press = submit(KEY);
    host.take();
    await press;
    expect(host.attempts[0]?.requestId).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  });
});
