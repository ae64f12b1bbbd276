import { t } from '../../../i18n/index.ts';
import { Select } from '../../../ui/index.ts';
import { BoundField } from './BoundField.tsx';
import { textOf } from './outline.ts';
import { readDefault, simpleCondition } from './parameterText.ts';

interface Props {
  /** What the file says: nothing, `{field, is}`, or in short `{field: value}`. */
  given: unknown;
  label: string;
  /** What no condition is called; without it there is always one. */
  none?: string;
  others: readonly unknown[];
  onSet: (value: unknown) => void;
}

/** One condition on another field; several, or another kind, are written in the text. */
export function ConditionFields({ given, label, none, others, onSet }: Props) {
  const condition = simpleCondition(given);
  if (given !== undefined && condition === null)
    return <p className="muted">{t('studio.parameters.otherCondition', { label })}</p>;
  const field = condition?.field ?? '';
  const names = others.map(textOf).filter((name) => name !== '');
  return (
    <>
      <Select
        label={label}
        value={field}
        onChange={(next) => onSet(next === '' ? null : { field: next, is: condition?.is ?? true })}
        items={[
          ...(none === undefined ? [] : [{ id: '', label: none }]),
          ...names.map((name) => ({ id: name, label: name })),
        ]}
      />
      {field === '' ? null : (
        <BoundField
          label={t('studio.parameters.visibleIs', { field })}
          value={textOf(condition?.is)}
          onCommit={(value) => onSet({ field, is: readDefault(value, 'any') ?? '' })}
        />
      )}
    </>
  );
}
