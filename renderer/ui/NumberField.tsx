import { Minus, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button as AriaButton, Input, TextField as AriaTextField } from 'react-aria-components';
import { t } from '../i18n/index.ts';
import type { FieldProps } from './Field.tsx';
import { readNumber, stepNumber } from './numberText.ts';
import { FieldLabel, FieldMessages } from './TextField.tsx';

export interface NumberFieldProps extends FieldProps {
  /** `null`: empty, or not a number yet. */
  value: number | null;
  /** Called with each keystroke: the script preview follows while somebody types. */
  onChange: (value: number | null) => void;
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  placeholder?: string;
  isDisabled?: boolean;
  onFocus?: () => void;
  onBlur?: () => void;
}

/**
 * A number with its unit; arrow keys and the buttons step it. What is out of bounds is kept and shown as the problem that the
 * caller gives: silently changing what somebody typed would be worse. `min` and `max` bound the steps only. Not the number field
 * of the component library, which reports on blur and cannot take `1e-5`.
 */
export function NumberField(props: NumberFieldProps) {
  const { value, onChange, unit, min, max, step = 1, placeholder = '', isDisabled = false } = props;
  const [text, setText] = useState(value === null ? '' : String(value));
  const typed = readNumber(text);
  const isNonsense = Number.isNaN(typed);
  // A value that did not come from typing (a reset, a fix, another template) replaces the text.
  const isForeign = isNonsense ? value !== null : typed !== value;
  const shown = isForeign ? (value === null ? '' : String(value)) : text;
  if (isForeign && shown !== text) setText(shown);

  const stepBy = (by: number): void => {
    const next = stepNumber(value, by, { min, max });
    setText(String(next));
    onChange(next);
  };
  const problem =
    isNonsense && !isForeign ? { severity: 'error' as const, message: t('ui.notANumber') } : (props.problem ?? null);

  return (
    <AriaTextField
      className="field"
      value={shown}
      onChange={(next) => {
        setText(next);
        const read = readNumber(next);
        onChange(Number.isNaN(read) ? null : read);
      }}
      inputMode="decimal"
      autoComplete="off"
      isDisabled={isDisabled}
      isRequired={props.required ?? false}
      validationBehavior="aria"
      isInvalid={problem?.severity === 'error'}
      data-field={props.name}
      data-testid={props.testId}
      {...(props.onFocus ? { onFocus: props.onFocus } : {})}
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
    >
      <FieldLabel {...props} />
      <div className="input-box">
        <Input
          placeholder={placeholder}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            stepBy((event.key === 'ArrowUp' ? step : -step) * (event.shiftKey ? 10 : 1));
          }}
        />
        {unit ? <span className="input-unit">{unit}</span> : null}
        {/* The arrow keys do the same; as tab stops they would only be in the way. */}
        <StepButton
          label={t('ui.decrease', { label: props.label })}
          isDisabled={isDisabled}
          onPress={() => stepBy(-step)}
        >
          <Minus size={11} aria-hidden />
        </StepButton>
        <StepButton
          label={t('ui.increase', { label: props.label })}
          isDisabled={isDisabled}
          onPress={() => stepBy(step)}
        >
          <Plus size={11} aria-hidden />
        </StepButton>
      </div>
      <FieldMessages {...props} problem={problem} />
    </AriaTextField>
  );
}

function StepButton({
  label,
  isDisabled,
  onPress,
  children,
}: {
  label: string;
  isDisabled: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <AriaButton
      className="input-step number-step"
      aria-label={label}
      excludeFromTabOrder
      preventFocusOnPress
      isDisabled={isDisabled}
      onPress={onPress}
    >
      {children}
    </AriaButton>
  );
}
