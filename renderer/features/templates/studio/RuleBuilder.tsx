import { Plus, Trash2 } from 'lucide-react';
import { t } from '../../../i18n/index.ts';
import { Button, FormGrid } from '../../../ui/index.ts';
import { BoundField } from './BoundField.tsx';
import { ConditionFields } from './ConditionFields.tsx';
import { textOf, type ParameterItem } from './outline.ts';
import { defaultText, optionLines, readDefault, readOptionLines, rulesOf } from './parameterText.ts';
import type { ApplyEdits } from './SlotBuilder.tsx';

interface Props {
  parameter: ParameterItem;
  type: string;
  others: readonly unknown[];
  apply: ApplyEdits;
}

/** What the field is like instead while another has a value. Keys that have no field here stay in the text as they are. */
export function RuleBuilder({ parameter, type, others, apply }: Props) {
  const path = ['parameters', parameter.index, 'rules'];
  const rules = rulesOf(parameter.data['rules']);
  const first = others.map(textOf).find((name) => name !== '');
  if (rules === null || first === undefined) return null;
  const label = textOf(parameter.data['label']) || textOf(parameter.data['name']);
  const add = (): void =>
    apply(`${path.join('.')}.add`, [
      { kind: 'insert', path, at: rules.length, value: { when: { field: first, is: true }, label } },
    ]);
  const remove = (at: number): void =>
    apply(`${path.join('.')}.remove`, [{ kind: 'remove', path: rules.length === 1 ? path : [...path, at] }]);
  return (
    <div className="builder-rules" role="group" aria-label={t('studio.parameters.rules')}>
      {rules.map((rule, at) => (
        // a rule has no name but its place
        <div
          key={at}
          className="builder-rule"
          role="group"
          aria-label={t('studio.parameters.rule', { number: at + 1 })}
        >
          <FormGrid>
            <RuleFields
              rule={rule}
              type={type}
              others={others}
              onSet={(name, value) => set(name, value, rule, [...path, at], apply)}
            />
          </FormGrid>
          <Button variant="quiet" size="dense" icon={Trash2} onPress={() => remove(at)}>
            {t('studio.parameters.removeRule', { number: at + 1 })}
          </Button>
        </div>
      ))}
      <Button variant="quiet" size="dense" icon={Plus} onPress={add}>
        {t('studio.parameters.addRule')}
      </Button>
    </div>
  );
}

function set(
  name: string,
  value: unknown,
  rule: Readonly<Record<string, unknown>>,
  path: (string | number)[],
  apply: ApplyEdits,
): void {
  const at = [...path, name];
  if (value !== null && value !== '') apply(at.join('.'), [{ kind: 'set', path: at, value }]);
  else if (name in rule) apply(at.join('.'), [{ kind: 'remove', path: at }]);
}

function RuleFields({
  rule,
  type,
  others,
  onSet,
}: {
  rule: Readonly<Record<string, unknown>>;
  type: string;
  others: readonly unknown[];
  onSet: (name: string, value: unknown) => void;
}) {
  const bound = (name: 'min' | 'max') => (
    <BoundField
      label={t(`studio.parameters.${name}`)}
      value={textOf(rule[name])}
      onCommit={(value) =>
        onSet(name, readDefault(value, type === 'duration' || type === 'memory' ? 'text' : 'number'))
      }
    />
  );
  return (
    <>
      <ConditionFields
        given={rule['when']}
        label={t('studio.parameters.while')}
        others={others}
        onSet={(value) => onSet('when', value)}
      />
      <BoundField
        label={t('studio.parameters.label')}
        value={textOf(rule['label'])}
        onCommit={(value) => onSet('label', value)}
      />
      <BoundField
        label={t('studio.parameters.default')}
        value={defaultText(rule['default'])}
        onCommit={(value) => onSet('default', readDefault(value, type === 'boolean' ? 'any' : type))}
      />
      {type === 'integer' || type === 'number' || type === 'duration' || type === 'memory' ? (
        <>
          {bound('min')}
          {bound('max')}
        </>
      ) : null}
      {type === 'select' || type === 'multiselect' ? (
        <BoundField
          label={t('studio.parameters.options')}
          help={t('studio.parameters.optionsHelp')}
          rows={3}
          mono
          value={optionLines(rule['options'])}
          onCommit={(value) => onSet('options', readOptionLines(value))}
        />
      ) : null}
    </>
  );
}
