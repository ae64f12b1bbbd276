import { Plus } from 'lucide-react';
import { t } from '../../../i18n/index.ts';
import { Button, Checkbox, FormGrid, FormToggles, Select } from '../../../ui/index.ts';
import { BoundField } from './BoundField.tsx';
import { ConditionFields } from './ConditionFields.tsx';
import { freeName, textOf, type ParameterItem } from './outline.ts';
import { defaultText, optionLines, readDefault, readOptionLines } from './parameterText.ts';
import { RuleBuilder } from './RuleBuilder.tsx';
import type { ApplyEdits } from './SlotBuilder.tsx';
import { ReorderList } from './ReorderList.tsx';

const TYPES = [
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
] as const;
const OPTIONS_FROM = ['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types'] as const;
const MEASURED: readonly string[] = ['integer', 'number', 'duration', 'memory'];
const CHOSEN: readonly string[] = ['select', 'multiselect'];

/** The fields that a template's form has. */
export function ParameterBuilder({
  parameters,
  slotNames,
  apply,
}: {
  parameters: readonly ParameterItem[];
  slotNames: readonly unknown[];
  apply: ApplyEdits;
}) {
  const names = parameters.map(({ data }) => data['name']);
  const add = (): void => {
    const name = freeName([...names, ...slotNames], 'parameter');
    apply('parameters.add', [
      {
        kind: 'insert',
        path: ['parameters'],
        at: parameters.length,
        value: { name, type: 'text', label: '', default: '' },
      },
    ]);
  };
  return (
    <div className="builder">
      <ReorderList
        label={t('studio.parameters.title')}
        testId="parameters"
        rows={parameters.map((parameter) => ({
          name: textOf(parameter.data['label']) || textOf(parameter.data['name']),
          summary: t(`studio.parameters.types.${typeOf(parameter)}`),
          body: (
            <ParameterEditor
              parameter={parameter}
              others={names.filter((name) => name !== parameter.data['name'])}
              apply={apply}
            />
          ),
        }))}
        onMove={(from, to) =>
          apply('parameters.move', [
            {
              kind: 'move',
              path: ['parameters'],
              from: parameters[from]?.index ?? from,
              to: parameters[to]?.index ?? to,
            },
          ])
        }
        onRemove={(row) => {
          const parameter = parameters[row];
          if (parameter) apply('parameters.remove', [{ kind: 'remove', path: ['parameters', parameter.index] }]);
        }}
      />
      <Button size="dense" icon={Plus} onPress={add}>
        {t('studio.parameters.add')}
      </Button>
    </div>
  );
}

function typeOf({ data }: ParameterItem): (typeof TYPES)[number] {
  return TYPES.find((type) => type === data['type']) ?? 'text';
}

function ParameterEditor({
  parameter,
  others,
  apply,
}: {
  parameter: ParameterItem;
  others: readonly unknown[];
  apply: ApplyEdits;
}) {
  const { index, data } = parameter;
  const type = typeOf(parameter);
  const set = (name: string, value: unknown): void => {
    const path = ['parameters', index, name];
    if (value !== null && value !== '') apply(path.join('.'), [{ kind: 'set', path, value }]);
    else if (name in data)
      apply(path.join('.'), name === 'name' ? [{ kind: 'set', path, value: '' }] : [{ kind: 'remove', path }]);
  };
  const text = (name: string, label: string, more: { placeholder?: string; mono?: boolean; help?: string } = {}) => (
    <BoundField label={label} value={textOf(data[name])} onCommit={(value) => set(name, value)} {...more} />
  );
  const limit = (name: 'min' | 'max' | 'step') => (
    <BoundField
      label={t(`studio.parameters.${name}`)}
      value={textOf(data[name])}
      onCommit={(value) => set(name, readDefault(value, type === 'duration' || type === 'memory' ? 'text' : 'number'))}
    />
  );
  const variable = `${type === 'file' ? 'FILE' : 'PARAM'}_${textOf(data['name']).toUpperCase()}`;
  return (
    <FormGrid>
      {text('name', t('studio.parameters.name'), { mono: true, help: `$${variable}` })}
      {text('label', t('studio.parameters.label'))}
      <Select
        label={t('studio.parameters.type')}
        value={type}
        onChange={(value) => set('type', value)}
        items={TYPES.map((each) => ({ id: each, label: t(`studio.parameters.types.${each}`) }))}
      />
      {type === 'file' ? (
        text('pattern', t('studio.slots.pattern'), { mono: true, placeholder: '*' })
      ) : type === 'boolean' ? (
        <Checkbox isSelected={data['default'] === true} onChange={(isOn) => set('default', isOn)}>
          {t('studio.parameters.defaultOn')}
        </Checkbox>
      ) : (
        <BoundField
          label={t('studio.parameters.default')}
          value={defaultText(data['default'])}
          onCommit={(value) => set('default', readDefault(value, type))}
        />
      )}
      {text('help', t('studio.parameters.help'))}
      {text('group', t('studio.parameters.group'))}
      {text('row', t('studio.parameters.row'), { help: t('studio.parameters.rowHelp') })}
      {MEASURED.includes(type) ? (
        <>
          {limit('min')}
          {limit('max')}
          {type === 'integer' || type === 'number' ? limit('step') : null}
          {text('unit', t('studio.parameters.unit'))}
        </>
      ) : null}
      {type === 'text' ? text('pattern', t('studio.parameters.pattern'), { mono: true, placeholder: '[a-z]+' }) : null}
      {CHOSEN.includes(type) || 'options_from' in data ? (
        <Select
          label={t('studio.parameters.optionsFrom')}
          value={textOf(data['options_from'])}
          onChange={(value) => set('options_from', value)}
          items={[
            { id: '', label: t('studio.parameters.ownOptions') },
            ...OPTIONS_FROM.map((from) => ({ id: from, label: t(`studio.parameters.from.${from}`) })),
          ]}
        />
      ) : null}
      {CHOSEN.includes(type) && !('options_from' in data) ? (
        <BoundField
          label={t('studio.parameters.options')}
          help={t('studio.parameters.optionsHelp')}
          rows={4}
          mono
          value={optionLines(data['options'])}
          onCommit={(value) => set('options', readOptionLines(value))}
        />
      ) : null}
      <ConditionFields
        given={data['visible_when']}
        label={t('studio.parameters.visibleWhen')}
        none={t('studio.parameters.always')}
        others={others}
        onSet={(value) => set('visible_when', value)}
      />
      <FormToggles>
        <Checkbox isSelected={data['required'] === true} onChange={(isOn) => set('required', isOn ? true : null)}>
          {t('studio.parameters.required')}
        </Checkbox>
        <Checkbox isSelected={data['advanced'] === true} onChange={(isOn) => set('advanced', isOn ? true : null)}>
          {t('studio.parameters.advanced')}
        </Checkbox>
      </FormToggles>
      {type === 'file' ? null : <RuleBuilder parameter={parameter} type={type} others={others} apply={apply} />}
    </FormGrid>
  );
}
