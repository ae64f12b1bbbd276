import { ChevronDown } from 'lucide-react';
import {
  Button as AriaButton,
  ComboBox as AriaComboBox,
  Input,
  ListBox,
  Popover as AriaPopover,
} from 'react-aria-components';
import { t } from '../i18n/index.ts';
import type { FieldProps } from './Field.tsx';
import { ChoiceItem, keyOf, type Choice } from './Select.tsx';
import { FieldLabel, FieldMessages } from './TextField.tsx';
import './Select.css';

export interface ComboBoxProps extends FieldProps {
  items: readonly Choice[];
  /** The text: one of the items' ids, or anything else. */
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  isDisabled?: boolean;
  mono?: boolean;
  onFocus?: () => void;
  onBlur?: () => void;
}

/** Items that hold what was typed; all of them while nothing was, or while the text is one of them. */
function proposals(items: readonly Choice[], text: string): readonly Choice[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || items.some((item) => item.id === text)) return items;
  return items.filter((item) => `${item.id} ${item.label}`.toLowerCase().includes(wanted));
}

/** A text field with proposals. Any text is a value: what the cluster knows may be more than what Slipway saw. */
export function ComboBox(props: ComboBoxProps) {
  const { items, value, onChange, placeholder = '', isDisabled = false, mono } = props;
  const shown = proposals(items, value);
  return (
    <AriaComboBox
      className="field"
      allowsCustomValue
      menuTrigger="input"
      // what fits is found above, by label and id
      defaultFilter={() => true}
      inputValue={value}
      onInputChange={onChange}
      // the text is the value: an item is chosen where the text is its id
      value={items.some(({ id }) => id === value) ? keyOf(value) : null}
      onChange={(key) => {
        if (key !== null) onChange(String(key).slice(1));
      }}
      items={shown.map((item) => ({ ...item, key: keyOf(item.id) }))}
      isDisabled={isDisabled}
      isRequired={props.required ?? false}
      validationBehavior="aria"
      isInvalid={props.problem?.severity === 'error'}
      data-field={props.name}
      data-testid={props.testId}
      {...(props.onFocus ? { onFocus: props.onFocus } : {})}
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
    >
      <FieldLabel {...props} />
      <div className={`input-box${mono ? ' mono' : ''}`}>
        <Input placeholder={placeholder} spellCheck={false} autoComplete="off" />
        <AriaButton className="input-step" aria-label={t('ui.showOptions')}>
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
      </div>
      <FieldMessages {...props} />
      <AriaPopover className="popover choices" offset={3} placement="bottom start">
        <ListBox className="choice-list" aria-label={props.label}>
          {(item: Choice & { key: string }) => <ChoiceItem item={item} />}
        </ListBox>
      </AriaPopover>
    </AriaComboBox>
  );
}
