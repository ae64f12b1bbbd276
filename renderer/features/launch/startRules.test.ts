import type { FormSession, StartAnswer, StartTest } from '../form/session/index.ts';
import { verbatim } from '../../../shared/messages/message.ts';
import { describe, expect, it, vi } from 'vitest';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { problem } from '../../../shared/domain/problem/schema.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { isCurrent, isWorthAsking, standingOf } from './startRules.ts';

// what the session asks of the core it asks through the page
vi.stubGlobal('window', {
  slipway: { subscribe: () => () => undefined },
  location: { origin: 'app://slipway' },
  addEventListener: () => undefined,
});
const { NOT_ASKED } = await import('../form/session/index.ts');

const draft = { clusterId: 'alpha' } as Draft;
const preview = (changes: Partial<ScriptPreview> = {}): ScriptPreview => ({
  text: '#!/bin/bash\n',
  spans: [],
  folds: [],
  files: [],
  problems: [],
  cost: null,
  ...changes,
});
const answer: StartAnswer = {
  clusterId: 'alpha' as StartAnswer['clusterId'],
  script: '#!/bin/bash\n',
  accepted: true,
  expectedStart: null,
  message: verbatim(''),
  askedAt: 0,
};
const session = (startTest: Partial<StartTest> = {}, changes: Partial<FormSession> = {}) => ({
  draft,
  preview: preview(),
  submission: { kind: 'editing', error: null } as FormSession['submission'],
  startTest: { ...NOT_ASKED, ...startTest },
  ...changes,
});

describe('Slurm is asked by itself when a job would start', () => {
  it('when nothing stands against it and this script was not asked about', () => {
    expect(isWorthAsking(session())).toBe(true);
    expect(isWorthAsking(session({ answer }))).toBe(false);
    expect(isWorthAsking(session({ answer: { ...answer, script: 'other' } }))).toBe(true);
    expect(isWorthAsking(session({ answer }, { draft: { clusterId: 'beta' } as Draft }))).toBe(true);
  });

  it('not while the form has an error, or the job is being sent', () => {
    const error = problem({ rule: 'x', code: 1, severity: 'error', message: verbatim('') });
    expect(isWorthAsking(session({}, { preview: preview({ problems: [error] }) }))).toBe(false);
    expect(isWorthAsking(session({}, { preview: preview({ problems: [{ ...error, severity: 'warning' }] }) }))).toBe(
      true,
    );
    expect(isWorthAsking(session({}, { preview: null }))).toBe(false);
    expect(isWorthAsking(session({}, { submission: { kind: 'sent', runId: 'r' as never } }))).toBe(false);
  });

  it('not again about a script that could not be asked about, until it changes', () => {
    const failed = { kind: 'failed', error: new AppError('SLURM_UNAVAILABLE'), script: '#!/bin/bash\n' } as const;
    expect(isWorthAsking(session({ phase: failed }))).toBe(false);
    expect(isWorthAsking(session({ phase: failed }, { preview: preview({ text: 'other' }) }))).toBe(true);
    expect(isWorthAsking(session({ phase: { kind: 'limited', until: 5 } }))).toBe(true);
  });
});

it('an answer is about the script and the cluster that it was asked of', () => {
  expect(isCurrent(session(), answer)).toBe(true);
  expect(isCurrent(session({}, { preview: preview({ text: 'other' }) }), answer)).toBe(false);
  expect(isCurrent(session({}, { draft: { clusterId: 'beta' } as Draft }), answer)).toBe(false);
});

describe('an answer', () => {
  const error = problem({ rule: 'x', code: 1, severity: 'error', message: verbatim('') });
  const of = (changes: Partial<FormSession> = {}, startTest: Partial<StartTest> = { answer }) =>
    session(startTest, changes);

  it('is said as it is while the form and the cluster are what they were', () => {
    expect(standingOf(of(), true, 60_000)).toBe('current');
    expect(standingOf(of({}, {}), true, 0)).toBe('none');
    expect(standingOf(of({ draft: { clusterId: 'beta' } as Draft }), true, 0)).toBe('none');
    expect(standingOf(of({ preview: preview({ text: 'other' }) }), true, 0)).toBe('changed');
  });

  it('is what was known then once the connection has gone, or some time has passed', () => {
    expect(standingOf(of(), false, 0)).toBe('past');
    expect(standingOf(of(), true, 11 * 60_000)).toBe('past');
  });

  it('is none about a job that the checks reject, whatever Slurm would say', () => {
    expect(standingOf(of({ preview: preview({ problems: [error] }) }), true, 0)).toBe('blocked');
    expect(standingOf(of({ preview: preview({ problems: [error] }) }, {}), false, 0)).toBe('blocked');
  });
});
