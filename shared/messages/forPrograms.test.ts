import { describe, expect, it } from 'vitest';
import { problem } from '../domain/problem/defaults.ts';
import { forPrograms } from './forPrograms.ts';
import { message, verbatim } from './message.ts';

describe('what programs read', () => {
  it('is English in the place of messages, however deep they stand', () => {
    const given = {
      problems: [
        problem({
          rule: 'partition-unknown',
          code: 4007,
          severity: 'error',
          message: message('limits.partitionUnknown', { name: 'x' }),
          fix: { label: message('words.use', { value: 'y' }), field: 'resources.partition', value: 'y' },
        }),
      ],
    };
    expect(forPrograms(given)).toEqual({
      problems: [
        {
          rule: 'partition-unknown',
          code: 4007,
          severity: 'error',
          message: 'The cluster has no partition “x”.',
          hint: '',
          field: null,
          file: null,
          line: null,
          column: null,
          fix: { label: 'Use y', field: 'resources.partition', value: 'y' },
        },
      ],
    });
  });

  it('is the same object where there is none, and what only looks like one stays', () => {
    const plain = { ok: true, value: { id: 'template', values: { a: 1 }, list: [1, null, 'x'] } };
    expect(forPrograms(plain)).toBe(plain);
  });

  it('has the words of a person as they are', () => {
    expect(forPrograms([verbatim('Passes over the data')])).toEqual(['Passes over the data']);
  });
});
