import { Plus } from 'lucide-react';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Checkbox, FormGrid, FormToggles, Select } from '../../../ui/index.ts';
import { BoundField } from './BoundField.tsx';
import { freeName, moveSlot, requireSlot, slotPath, textOf, type SlotGroup, type SlotItem } from './outline.ts';
import { ReorderList } from './ReorderList.tsx';

const TYPES = ['data', 'config', 'code', 'model', 'other'] as const;
export type ApplyEdits = (field: string, edits: TemplateEdit[]) => void;

/** The files that a template asks for, required ones first: their order is that of the form. */
export function SlotBuilder({
  slots,
  group,
  apply,
}: {
  slots: readonly SlotItem[];
  group: SlotGroup;
  apply: ApplyEdits;
}) {
  const rows = slots.filter((slot) => slot.group === group);
  const isConfig = group === 'config_schema';
  const add = (): void => {
    const name = freeName(
      slots.map(({ data }) => data['name']),
      isConfig ? 'config' : 'input',
    );
    const required = rows.filter(({ list }) => list === 'required').length;
    apply(`${group}.add`, [
      {
        kind: 'insert',
        path: ['files', group, 'required'],
        at: required,
        value: isConfig ? { name, pattern: '*.yaml', format: 'yaml' } : { name, pattern: '*', type: 'data' },
      },
    ]);
  };
  return (
    <div className="builder">
      <ReorderList
        label={t(isConfig ? 'studio.slots.configs' : 'studio.slots.inputs')}
        testId={`slots-${group}`}
        rows={rows.map((slot) => ({
          name: textOf(slot.data['name']),
          summary: [
            textOf(slot.data['pattern']),
            slot.list === 'required' ? t('studio.slots.required') : t('studio.slots.optional'),
          ].join(' · '),
          body: <SlotFields slots={slots} slot={slot} apply={apply} />,
        }))}
        onMove={(from, to) => apply(`${group}.move`, moveSlot(slots, group, from, to))}
        onRemove={(index) => {
          const slot = rows[index];
          if (slot) apply(`${group}.remove`, [{ kind: 'remove', path: slotPath(slot) }]);
        }}
      />
      <Button size="dense" icon={Plus} onPress={add}>
        {t(isConfig ? 'studio.slots.addConfig' : 'studio.slots.addInput')}
      </Button>
    </div>
  );
}

function SlotFields({ slots, slot, apply }: { slots: readonly SlotItem[]; slot: SlotItem; apply: ApplyEdits }) {
  const path = slotPath(slot);
  const { data } = slot;
  const set = (name: string, value: string): void => {
    const at = [...path, name];
    if (value !== '' || name === 'name' || name === 'pattern') apply(at.join('.'), [{ kind: 'set', path: at, value }]);
    else if (name in data) apply(at.join('.'), [{ kind: 'remove', path: at }]);
  };
  const text = (name: string, label: string, more: { placeholder?: string; mono?: boolean; help?: string } = {}) => (
    <BoundField label={label} value={textOf(data[name])} onCommit={(value) => set(name, value)} {...more} />
  );
  return (
    <FormGrid>
      {text('name', t('studio.slots.name'), { mono: true, help: `$FILE_${textOf(data['name']).toUpperCase()}` })}
      {text('pattern', t('studio.slots.pattern'), { mono: true, placeholder: '*.csv' })}
      {text('description', t('studio.slots.description'))}
      {slot.group === 'input_schema' ? (
        <Select
          label={t('studio.slots.type')}
          value={textOf(data['type']) || 'data'}
          onChange={(value) => set('type', value)}
          items={TYPES.map((type) => ({ id: type, label: t(`studio.slots.types.${type}`) }))}
        />
      ) : (
        <Select
          label={t('studio.slots.format')}
          value={textOf(data['format']) || 'yaml'}
          onChange={(value) => set('format', value)}
          items={[
            { id: 'yaml', label: 'YAML' },
            { id: 'json', label: 'JSON' },
          ]}
        />
      )}
      {text('max_size', t('studio.slots.maxSize'), { placeholder: '1000MB' })}
      <FormToggles>
        <Checkbox
          isSelected={slot.list === 'required'}
          onChange={(isOn) => apply(`${path.join('.')}.list`, requireSlot(slots, slot, isOn ? 'required' : 'optional'))}
        >
          {t('studio.slots.isRequired')}
        </Checkbox>
      </FormToggles>
    </FormGrid>
  );
}
