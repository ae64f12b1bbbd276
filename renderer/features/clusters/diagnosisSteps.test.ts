import { describe, expect, it } from 'vitest';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { message, verbatim } from '../../../shared/messages/message.ts';
import type { ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import { mergeSteps, stepsByHop, testAsText, verdictOf } from './diagnosisSteps.ts';

const step = (
  name: ConnectionTestStep['step'],
  outcome: ConnectionTestStep['outcome'] = 'ok',
  more: Partial<ConnectionTestStep> = {},
): ConnectionTestStep => ({
  step: name,
  outcome,
  hop: null,
  elapsed: 12.4,
  detail: null,
  hint: null,
  notes: [],
  ...more,
});
const GATE = 'ada@gate:22';
const words = {
  outcome: (outcome: string) => outcome,
  step: (name: string) => name,
  hop: (hop: string | null) => hop ?? 'cluster',
  message: inWords,
};

describe('a connection test', () => {
  it('is shown server by server, in the order of the way', () => {
    const groups = stepsByHop([
      step('tcp', 'ok', { hop: GATE }),
      step('login', 'ok', { hop: GATE }),
      step('tcp'),
      step('login'),
    ]);
    expect(groups.map(({ hop, steps }) => [hop, steps.map((one) => one.step)])).toEqual([
      [GATE, ['tcp', 'login']],
      [null, ['tcp', 'login']],
    ]);
  });

  it('grows step by step, whether each is told alone or with those before it', () => {
    const first = mergeSteps([], [step('name')]);
    expect(mergeSteps(first, [step('tcp')])).toEqual([step('name'), step('tcp')]);
    expect(mergeSteps(first, [step('name', 'warn'), step('tcp')])).toEqual([step('name', 'warn'), step('tcp')]);
    expect(mergeSteps(first, [step('name', 'ok', { hop: GATE })])).toHaveLength(2);
  });

  it('is decided by the first failure, and a warning is not one', () => {
    expect(verdictOf([step('name'), step('login', 'failed'), step('shell', 'skipped')])).toMatchObject({
      kind: 'failed',
      step: { step: 'login' },
    });
    expect(verdictOf([step('name'), step('accounting', 'warn')])).toEqual({ kind: 'warned' });
    expect(verdictOf([step('name')])).toEqual({ kind: 'passed' });
  });

  it('goes into a ticket as text, with what was tried and the next step', () => {
    const text = testAsText(
      'Test of Cori',
      [
        step('tcp', 'ok', { hop: GATE, detail: verbatim('10.0.0.1') }),
        step('login', 'failed', {
          detail: verbatim('refused'),
          notes: [message('diagnosis.offers', { methods: 'publickey' }), verbatim('id_ed25519: refused')],
          hint: verbatim('Check the key.'),
        }),
        step('shell', 'skipped'),
      ],
      words,
    );
    expect(text).toBe(
      [
        'Test of Cori',
        '',
        GATE,
        '[ok] tcp: 10.0.0.1 (12 ms)',
        '',
        'cluster',
        '[failed] login: refused (12 ms)',
        '    The server offers: publickey',
        '    id_ed25519: refused',
        '    → Check the key.',
        '[skipped] shell',
        '',
      ].join('\n'),
    );
  });
});
