import { inEnglish } from '../problem/testing/inEnglish.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currentParameter, currentParameters, resolveParameters, visibleParameters } from './parameterForm.ts';
import type { Parameter, ParameterRule, ParameterValues } from './schema.ts';
import { parameter } from './testing/parameter.ts';

describe('the form', () => {
  const template = {
    parameters: [
      parameter('mode', 'select', {
        options: ['cpu', 'gpu'].map((value) => ({ value, label: value })),
        default: 'cpu',
      }),
      parameter('gpus', 'integer', { default: 1, max: 4, visibleWhen: [{ field: 'mode', is: 'gpu' }] }),
      parameter('gpu_type', 'text', { required: true, visibleWhen: [{ field: 'gpus', in: [2, 4] }] }),
      parameter('threads', 'integer', { visibleWhen: [{ field: 'mode', not: 'gpu' }] }),
    ],
  };
  const shown = (values: Record<string, string | number>): string[] =>
    visibleParameters(template, values).map((p) => p.name);

  test('shows what its conditions allow', () => {
    expect(shown({})).toEqual(['mode', 'threads']);
    expect(shown({ mode: 'gpu' })).toEqual(['mode', 'gpus']);
    expect(shown({ mode: 'gpu', gpus: 2 })).toEqual(['mode', 'gpus', 'gpu_type']);
  });

  test('hides what depends on something hidden', () => {
    expect(shown({ mode: 'cpu', gpus: 2 })).toEqual(['mode', 'threads']);
  });

  test('keeps fields in reach whose conditions go in a circle', () => {
    const circle = {
      parameters: [
        parameter('a', 'boolean', { default: true, visibleWhen: [{ field: 'b', is: true }] }),
        parameter('b', 'boolean', { default: true, visibleWhen: [{ field: 'a', is: true }] }),
      ],
    };
    expect(visibleParameters(circle, {}).length).toBe(2);
  });

  test('starts with the defaults', () => {
    const { values } = resolveParameters(template, {});
    expect(values).toEqual({ mode: 'cpu', gpus: 1, gpu_type: '', threads: '' });
  });

  test('gives every parameter a value, and a hidden one its default', () => {
    const { values, problems } = resolveParameters(template, { mode: 'cpu', gpus: 99, threads: '8' });
    expect(values).toEqual({ mode: 'cpu', gpus: 1, gpu_type: '', threads: 8 });
    expect(problems).toEqual([]);
  });

  test('complains only about what is shown, and warns of what the template does not know', () => {
    const { problems } = resolveParameters(template, { mode: 'gpu', gpus: 99, old: 1 });
    expect(problems.map((p) => [p.rule, p.severity])).toEqual([
      ['parameter-range', 'error'],
      ['parameter-unknown', 'warning'],
    ]);
  });
});

describe('a field that follows another', () => {
  const words = (...values: string[]): Parameter['options'] => values.map((value) => ({ value, label: value }));
  const template = {
    parameters: [
      parameter('queue', 'select', { options: words('small', 'large', 'gpu'), default: 'small' }),
      parameter('cores', 'integer', {
        label: 'Cores',
        default: 4,
        min: 1,
        max: 8,
        rules: [
          { when: [{ field: 'queue', in: ['large', 'gpu'] }], max: 64, label: 'Cores per node' },
          { when: [{ field: 'queue', is: 'gpu' }], max: 16, default: 12 },
        ],
      }),
      parameter('compiler', 'select', {
        options: words('gcc', 'intel'),
        default: 'intel',
        rules: [{ when: [{ field: 'queue', is: 'gpu' }], options: words('gcc', 'nvhpc') }],
      }),
      parameter('threads', 'integer', { default: 1, rules: [{ when: [{ field: 'cores', is: 12 }], default: 6 }] }),
    ],
  };
  const cores = (values: ParameterValues) => currentParameter(template, values, 'cores');
  const problems = (values: ParameterValues) => inEnglish(resolveParameters(template, values).problems);

  test('is as declared while no rule holds', () => {
    expect(currentParameters(template, {})).toEqual(template.parameters);
  });

  test('takes each key from the last rule that holds and has it', () => {
    expect(cores({ queue: 'large' })).toMatchObject({ label: 'Cores per node', min: 1, max: 64, default: 4 });
    expect(cores({ queue: 'gpu' })).toMatchObject({ label: 'Cores per node', min: 1, max: 16, default: 12 });
    expect(visibleParameters(template, { queue: 'gpu' })[1]).toEqual(cores({ queue: 'gpu' }));
  });

  test('has the default that follows while nobody gave a value, also of a field further on', () => {
    expect(resolveParameters(template, { queue: 'gpu' }).values).toEqual({
      queue: 'gpu',
      cores: 12,
      compiler: 'intel',
      threads: 6,
    });
    expect(resolveParameters(template, { queue: 'gpu', cores: 2 }).values).toMatchObject({ cores: 2, threads: 1 });
  });

  test('keeps a value that it may no longer have, and says so with one that it may', () => {
    expect(problems({ queue: 'large', cores: 48 })).toEqual([]);
    const given = { queue: 'gpu', cores: 48, compiler: 'gcc' };
    expect(problems(given)).toMatchObject([
      {
        rule: 'parameter-range',
        message: 'Cores per node: must be at most 16.',
        field: 'parameters.cores',
        fix: { value: 16 },
      },
    ]);
    expect(resolveParameters(template, given).values['cores']).toBe(48);
    expect(problems({ queue: 'gpu' })).toMatchObject([
      { rule: 'parameter-option', field: 'parameters.compiler', fix: { value: 'gcc' } },
    ]);
  });

  test('does not follow a field that is hidden', () => {
    const hidden = {
      parameters: template.parameters.map((each) =>
        each.name === 'queue' ? { ...each, default: 'gpu', visibleWhen: [{ field: 'compiler', is: 'nothing' }] } : each,
      ),
    };
    expect(currentParameter(hidden, {}, 'cores')).toMatchObject({ label: 'Cores', max: 8, default: 4 });
  });

  test('may have a range that follows one whose range follows it', () => {
    const both = {
      parameters: [
        parameter('a', 'integer', { default: 1, rules: [{ when: [{ field: 'b', is: 2 }], max: 10 }] }),
        parameter('b', 'integer', { default: 2, rules: [{ when: [{ field: 'a', is: 1 }], max: 20 }] }),
      ],
    };
    expect(currentParameters(both, {}).map(({ max }) => max)).toEqual([10, 20]);
  });

  test('may be required only while the rule holds', () => {
    const asks = {
      parameters: [
        parameter('on', 'boolean', { default: false }),
        parameter('file', 'text', { rules: [{ when: [{ field: 'on', is: true }], required: true }] }),
      ],
    };
    expect(resolveParameters(asks, {}).problems).toEqual([]);
    expect(resolveParameters(asks, { on: true }).problems).toMatchObject([{ rule: 'parameter-required' }]);
  });

  test('may stand in a chain of any length', () => {
    const long = {
      parameters: Array.from({ length: 20_000 }, (_, at) =>
        parameter(`p${String(at)}`, 'integer', {
          default: 0,
          visibleWhen: [{ field: `p${String(at + 1)}`, is: 1 }],
          rules: [{ when: [{ field: `p${String(at + 1)}`, is: 1 }], default: 1 }],
        }),
      ),
    };
    const last = long.parameters.at(-1);
    if (last !== undefined) Object.assign(last, { default: 1, visibleWhen: [], rules: [] });
    expect(resolveParameters(long, {}).values['p0']).toBe(1);
  });

  test('is some field, whatever the rules say of whom: circles and unknown names end', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'nobody');
    const condition = fc.record({ field: name, is: fc.constantFrom(0, 1) });
    const rule: fc.Arbitrary<ParameterRule> = fc.record(
      {
        when: fc.array(condition, { maxLength: 2 }),
        default: fc.integer({ min: 0, max: 2 }),
        max: fc.integer({ min: 0, max: 2 }),
      },
      { requiredKeys: ['when'] },
    );
    const form = fc.tuple(
      ...['a', 'b', 'c', 'd'].map((each) =>
        fc
          .record({ rules: fc.array(rule, { maxLength: 2 }), visibleWhen: fc.array(condition, { maxLength: 1 }) })
          .map((keys) => parameter(each, 'integer', { default: 0, ...keys })),
      ),
    );
    fc.assert(
      fc.property(form, fc.dictionary(name, fc.constantFrom(0, 1), { maxKeys: 3 }), (parameters, given) => {
        const { values } = resolveParameters({ parameters }, given);
        const shown = new Set(visibleParameters({ parameters }, given).map((each) => each.name));
        expect(Object.keys(values)).toEqual(['a', 'b', 'c', 'd']);
        for (const each of Object.keys(given)) if (shown.has(each)) expect(values[each]).toBe(given[each]);
      }),
    );
  });
});
