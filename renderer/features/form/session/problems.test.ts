import { describe, expect, it } from 'vitest';
import { problem } from '../../../../shared/domain/problem/defaults.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { bySeverity, keepSame, sectionOf, worstOf } from './problems.ts';

const time = problem({
  rule: 'time',
  code: 4007,
  severity: 'error',
  message: verbatim('too long'),
  field: 'resources.time',
});
const note = problem({ rule: 'note', code: 4007, severity: 'info', message: verbatim('no facts') });
const name = problem({
  rule: 'name',
  code: 4007,
  severity: 'warning',
  message: verbatim('odd name'),
  field: 'jobName',
});

describe('the checks before a submission', () => {
  it('stand under the part of the form that they are about', () => {
    expect(
      [time, note, name, { field: 'files.dataset' }, { field: 'image' }, { field: 'parameters.epochs' }].map(sectionOf),
    ).toEqual(['resources', 'resources', 'job', 'files', 'image', 'job']);
  });

  it('show the worst first', () => {
    expect(bySeverity([note, name, time])).toEqual([time, name, note]);
    expect(worstOf([note, name])).toBe(name);
    expect(worstOf([])).toBeNull();
  });

  it('are the same objects as long as they say the same', () => {
    const before = [time, note];
    expect(keepSame(before, [{ ...time }, { ...note }])).toBe(before);
    expect(keepSame(before, [{ ...time }, name])[0]).toBe(time);
    expect(keepSame(before, [{ ...time }])).toEqual([time]);
  });
});
