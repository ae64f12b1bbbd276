import { Check, ChevronDown } from 'lucide-react';
import {
  Button as AriaButton,
  ListBox,
  ListBoxItem,
  Popover as AriaPopover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from 'react-aria-components';
import type { FieldProps } from './Field.tsx';
import { FieldLabel, FieldMessages } from './TextField.tsx';
import './Select.css';

export interface Choice {
  /** The value; may be empty ("the default"). */
  id: string;
  label: string;
  /** Second, muted part of the line: limits, a path. */
  detail?: string;
  isDisabled?: boolean;
}

export interface SelectProps extends FieldProps {
  items: readonly Choice[];
  value: string | null;
  onChange: (id: string) => void;
  placeholder?: string;
  isDisabled?: boolean;
  dense?: boolean;
  onFocus?: () => void;
  onBlur?: () => void;
}

/** List box items as select and combo box show them. Keys are prefixed: an empty one is no key. */
export function ChoiceItem({ item }: { item: Choice }) {
  return (
    <ListBoxItem id={keyOf(item.id)} textValue={item.label} className="choice" isDisabled={item.isDisabled ?? false}>
      {({ isSelected }) => (
        <>
          <span className="choice-check">{isSelected ? <Check size={13} aria-hidden /> : null}</span>
          <Text slot="label" className="choice-label">
            {item.label}
          </Text>
          {item.detail ? (
            <Text slot="description" className="choice-detail">
              {item.detail}
            </Text>
          ) : null}
        </>
      )}
    </ListBoxItem>
  );
}

export function keyOf(id: string): string {
  return `=${id}`;
}

export function Select(props: SelectProps) {
  const { items, value, onChange, placeholder, isDisabled = false, dense = false } = props;
  return (
    <AriaSelect
      className={dense ? 'field select-dense' : 'field'}
      value={value === null ? null : keyOf(value)}
      onChange={(key) => {
        if (key !== null) onChange(String(key).slice(1));
      }}
      isDisabled={isDisabled}
      isRequired={props.required ?? false}
      validationBehavior="aria"
      isInvalid={props.problem?.severity === 'error'}
      data-field={props.name}
      data-testid={props.testId}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(props.onFocus ? { onFocus: props.onFocus } : {})}
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
    >
      <FieldLabel {...props} />
      <AriaButton className="input-box select-button">
        <SelectValue className="select-value">
          {({ selectedText, defaultChildren }) => selectedText || (placeholder ?? defaultChildren)}
        </SelectValue>
        <ChevronDown size={14} aria-hidden />
      </AriaButton>
      <FieldMessages {...props} />
      <AriaPopover className="popover choices" offset={3}>
        <ListBox
          items={items.map((item) => ({ ...item, key: keyOf(item.id) }))}
          className="choice-list"
          aria-label={props.label}
        >
          {(item) => <ChoiceItem item={item} />}
        </ListBox>
      </AriaPopover>
    </AriaSelect>
  );
}
