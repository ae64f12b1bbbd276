import { forPrograms } from '../../messages/forPrograms.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkParameter, coerceParameter, placeholderNames, resolvePlaceholders } from './parameters.ts';
import type { Parameter } from './schema.ts';
import { parameter } from './testing/parameter.ts';

const options = ['adam', 'sgd'].map((value) => ({ value, label: value }));
const epochs = parameter('epochs', 'integer', { min: 1, max: 100, required: true, label: 'Epochs' });

describe('a value of the form', () => {
  test.each<[string, Parameter, Parameter['default'], string | null]>([
    ['a whole number', epochs, 30, null],
    ['a whole number from the command line', epochs, '30', null],
    ['a fraction where a whole number is asked', epochs, 1.5, 'parameter-type'],
    ['words where a number is asked', epochs, 'many', 'parameter-type'],
    ['hexadecimal where a number is asked', epochs, '0x10', 'parameter-type'],
    ['nothing where something is needed', epochs, '', 'parameter-required'],
    ['too little', epochs, 0, 'parameter-range'],
    ['too much', epochs, 101, 'parameter-range'],
    ['a rate', parameter('lr', 'number', { min: 0 }), '1e-3', null],
    ['not a number', parameter('lr', 'number'), NaN, 'parameter-type'],
    ['three steps of 0.1', parameter('x', 'number', { step: 0.1 }), 0.3, null],
    ['half a step', parameter('x', 'number', { step: 0.1 }), 0.35, 'parameter-range'],
    ['an option', parameter('opt', 'select', { options }), 'adam', null],
    ['no option', parameter('opt', 'select', { options }), 'rmsprop', 'parameter-option'],
    ['an option that only the cluster knows', parameter('p', 'select', { optionsFrom: 'partitions' }), 'gpu', null],
    ['several options', parameter('opt', 'multiselect', { options }), ['adam', 'sgd'], null],
    ['several options in one text', parameter('opt', 'multiselect', { options }), 'adam, sgd', null],
    ['one wrong option of two', parameter('opt', 'multiselect', { options }), ['adam', 'x'], 'parameter-option'],
    ['yes', parameter('b', 'boolean'), 'yes', 'parameter-type'],
    ['true', parameter('b', 'boolean'), 'true', null],
    ['a time', parameter('t', 'duration', { max: 3600 }), '01:00:00', null],
    ['a longer time', parameter('t', 'duration', { max: 3600 }), '1-00:00:00', 'parameter-range'],
    ['no time', parameter('t', 'duration'), 'soon', 'parameter-type'],
    ['a memory size', parameter('m', 'memory', { min: 1024 ** 3 }), '2G', null],
    ['a smaller memory size', parameter('m', 'memory', { min: 1024 ** 3 }), '500M', 'parameter-range'],
    ['a path', parameter('p', 'path'), '/scratch/my data/$(x)', null],
    ['a path from home', parameter('p', 'path'), '~/data', 'parameter-type'],
    ['a path of two lines', parameter('p', 'path'), '/a\n/b', 'parameter-type'],
    ['text that has the form', parameter('s', 'text', { pattern: '[a-z]{2}\\d' }), 'ab1', null],
    ['text that has not', parameter('s', 'text', { pattern: '[a-z]{2}\\d' }), 'ab1x', 'parameter-pattern'],
    ['a NUL', parameter('s', 'text'), 'a\0b', 'parameter-characters'],
    ['a novel', parameter('s', 'text'), 'x'.repeat(40_000), 'parameter-too-long'],
    ['a list where one text is asked', parameter('s', 'text'), ['a'], 'parameter-type'],
    ['nothing where nothing is needed', parameter('s', 'text'), '', null],
  ])('%s', (_, p, value, rule) => {
    expect(checkParameter(p, value)?.rule ?? null).toBe(rule);
  });

  test('that is out of range says the limit and offers it', () => {
    expect(forPrograms(checkParameter({ ...epochs, unit: 'rounds' }, 500))).toMatchObject({
      message: 'Epochs: must be at most 100 rounds.',
      field: 'parameters.epochs',
      code: 1004,
      fix: { label: 'Use 100', value: 100 },
    });
  });

  test('that no rule lets be offers one that it does', () => {
    expect(checkParameter(parameter('opt', 'select', { options, default: 'sgd' }), 'rmsprop')?.fix).toMatchObject({
      field: 'parameters.opt',
      value: 'sgd',
    });
    expect(checkParameter(parameter('opt', 'select', { options }), 'rmsprop')?.fix).toMatchObject({ value: 'adam' });
    expect(checkParameter(parameter('t', 'duration', { max: 3600 }), '02:00:00')?.fix).toMatchObject({
      value: '01:00:00',
    });
    expect(checkParameter(parameter('m', 'memory', { max: 4 * 1024 ** 3 }), '8G')?.fix).toMatchObject({ value: '4G' });
    expect(checkParameter(parameter('m', 'memory', { max: 1000 }), '8G')?.fix).toBeNull();
  });

  test('may be anything: checking answers and never throws', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.array(fc.string()));
    const type = fc.constantFrom<Parameter['type']>(
      'text',
      'integer',
      'number',
      'boolean',
      'select',
      'multiselect',
      'duration',
      'memory',
      'path',
      'file',
    );
    fc.assert(
      fc.property(type, value, fc.boolean(), (t, v, required) => {
        const p = parameter('p', t, { required, min: 0, max: 10, options, pattern: '(a+)+' });
        const found = checkParameter(p, v);
        if (found === null && v !== '' && !(Array.isArray(v) && v.length === 0))
          expect(coerceParameter(p, v)).not.toBeNull();
      }),
    );
  });
});

describe('{{placeholders}}', () => {
  test('are filled in as text', () => {
    expect(
      resolvePlaceholders('nsteps = {{steps}} ; {{ flag }} {{list}}', { steps: 500, flag: true, list: ['a', 'b'] }),
    ).toEqual({ text: 'nsteps = 500 ; true a,b', unknown: [] });
  });

  test('of unknown names stay and are told', () => {
    expect(resolvePlaceholders('{{a}} {{toString}} {{__proto__}} {{1+1}}', { a: 1 })).toEqual({
      text: '1 {{toString}} {{__proto__}} {{1+1}}',
      unknown: ['toString', '__proto__', '1+1'],
    });
    expect(placeholderNames('{{b}}{{ a }}{{b}}')).toEqual(['b', 'a']);
  });

  test('inside a value are text, however it is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', 'a', '$', '&', '1') }),
        (value) => resolvePlaceholders('<{{a}}>', { a: value }).text === `<${value}>`,
      ),
    );
  });
});
