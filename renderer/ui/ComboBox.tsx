import { Check, ChevronDown } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { Button as AriaButton, Input, Popover as AriaPopover, TextField as AriaTextField } from 'react-aria-components';
import { t } from '../i18n/index.ts';
import type { FieldProps } from './Field.tsx';
import type { Choice } from './Select.tsx';
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

/**
 * A text field with proposals. Any text is a value: what the cluster knows may be more than what Slipway saw. Built as the ARIA
 * practices describe an editable combobox with list autocomplete; the library's own one also edits collections that we do not have.
 */
export function ComboBox(props: ComboBoxProps) {
  const { items, value, onChange, placeholder = '', isDisabled = false, mono } = props;
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const shown = proposals(items, value);
  const isShown = isOpen && shown.length > 0;
  const active = isShown ? shown[at] : undefined;

  const open = (): void => {
    setOpen(true);
    setAt(-1);
  };
  const choose = (item: Choice): void => {
    onChange(item.id);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1;
      if (isShown) setAt((at + by + shown.length) % shown.length);
      else {
        open();
        setAt(by > 0 ? 0 : items.length - 1);
      }
    } else if (event.key === 'Enter' && active) choose(active);
    else if (event.key === 'Escape' && isShown) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={(text) => {
        onChange(text);
        open();
      }}
      autoComplete="off"
      isDisabled={isDisabled}
      isRequired={props.required ?? false}
      validationBehavior="aria"
      isInvalid={props.problem?.severity === 'error'}
      data-field={props.name}
      data-testid={props.testId}
      onBlur={() => {
        setOpen(false);
        props.onBlur?.();
      }}
      {...(props.onFocus ? { onFocus: props.onFocus } : {})}
    >
      <FieldLabel {...props} />
      <div className={`input-box${mono ? ' mono' : ''}`} ref={box}>
        <Input
          ref={input}
          role="combobox"
          aria-expanded={isShown}
          aria-autocomplete="list"
          placeholder={placeholder}
          spellCheck={false}
          onClick={open}
          onKeyDown={onKeyDown}
          {...(isShown ? { 'aria-controls': listId } : {})}
          {...(active ? { 'aria-activedescendant': `${listId}-${String(at)}` } : {})}
        />
        <AriaButton
          className="input-step"
          aria-label={t('ui.showOptions', { label: props.label })}
          excludeFromTabOrder
          preventFocusOnPress
          isDisabled={isDisabled}
          onPress={() => {
            input.current?.focus();
            if (isShown) setOpen(false);
            else open();
          }}
        >
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
      </div>
      <FieldMessages {...props} />
      <AriaPopover
        className="popover choices"
        offset={3}
        placement="bottom start"
        isNonModal
        triggerRef={box}
        isOpen={isShown}
        onOpenChange={setOpen}
        style={{ minWidth: box.current?.offsetWidth }}
      >
        <div className="choice-list" role="listbox" id={listId} aria-label={props.label}>
          {shown.map((item, index) => (
            <div
              key={item.id}
              id={`${listId}-${String(index)}`}
              className="choice"
              role="option"
              aria-selected={item.id === value}
              data-focused={index === at || undefined}
              ref={index === at ? scrollIntoView : null}
              // the field keeps the focus
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => setAt(index)}
              onClick={() => choose(item)}
            >
              <span className="choice-check">{item.id === value ? <Check size={13} aria-hidden /> : null}</span>
              <span className="choice-label">{item.label}</span>
              {item.detail ? <span className="choice-detail">{item.detail}</span> : null}
            </div>
          ))}
        </div>
      </AriaPopover>
    </AriaTextField>
  );
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
