import { message } from '../../../../shared/messages/message.ts';
import { withRules } from '../../../../shared/domain/template/parameterForm.ts';
import type { Parameter, ParameterRule } from '../../../../shared/domain/template/schema.ts';
import { readBound, readConditions, readDefault, readOptions, type Mention } from './parameterKeys.ts';
import type { Section } from './section.ts';

/** The default last: it is held against what the others say. */
const KEYS = ['label', 'help', 'min', 'max', 'step', 'options', 'required', 'default'] as const;

/**
 * `rules:` of a field, a list of `when` with the keys that the field has while it holds. Each is looked at as the field with this rule
 * alone; what several make together shows in the form.
 */
export function readRules(section: Section, parameter: Parameter, mentions: Mention[]): ParameterRule[] {
  return section.sections('rules').map((rule) => {
    rule.require('when', message('format.a.shortCondition'));
    const given = KEYS.filter((key) => rule.entry(key) !== null);
    if (given.length === 0)
      rule.report.error(
        'missing-key',
        rule.path,
        rule.map.at,
        message('format.expected', { expected: message('format.a.ruleKey', { keys: KEYS.join(', ') }) }),
      );
    const read: ParameterRule = { when: readConditions(rule, 'when', mentions) };
    for (const key of given) {
      switch (key) {
        case 'label':
        case 'help':
          read[key] = rule.text(key, '');
          break;
        case 'min':
        case 'max': {
          const bound = readBound(rule, key, parameter.type);
          if (bound !== null) read[key] = bound;
          break;
        }
        case 'step': {
          const step = rule.number('step');
          if (step !== null) read.step = step;
          break;
        }
        case 'required':
          read.required = rule.flag('required', false);
          break;
        case 'options':
          read.options = readOptions(rule);
          if (parameter.optionsFrom !== null)
            rule.report.warn(
              'no-effect',
              rule.key('options'),
              rule.map.at,
              message('format.optionsFromCluster', { from: parameter.optionsFrom }),
            );
          break;
        case 'default': {
          const value = readDefault(rule, withRules(parameter, [read]));
          if (value !== null) read.default = value;
          break;
        }
      }
    }
    const { min, max } = withRules(parameter, [read]);
    if (min !== null && max !== null && min > max)
      rule.report.error(
        'value',
        rule.key('max'),
        rule.map.at,
        message('format.expected', { expected: message('format.a.atLeastRuleMin') }),
      );
    rule.end();
    return read;
  });
}
