import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import {
  Button as AriaButton,
  Input,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import { t } from '../i18n/index.ts';
import { FieldHeading, ProblemLine, RequiredMark, type FieldProps } from './Field.tsx';
import './Field.css';

/** Help and problem under a control, tied to it for screen readers. */
export function FieldMessages({ problem, help }: Pick<FieldProps, 'problem' | 'help'>) {
  if (problem) {
    return (
      <Text slot="description" elementType="div">
        <ProblemLine problem={problem} />
      </Text>
    );
  }
  return help ? (
    <Text slot="description" elementType="div" className="field-help">
      {help}
    </Text>
  ) : null;
}

export function FieldLabel({
  label,
  labelHidden,
  required,
  aside,
}: Pick<FieldProps, 'label' | 'labelHidden' | 'required' | 'aside'>) {
  if (labelHidden) return <Label className="visually-hidden">{label}</Label>;
  return (
    <FieldHeading aside={aside}>
      <Label className="field-label">
        {label}
        {required ? <RequiredMark /> : null}
      </Label>
    </FieldHeading>
  );
}

export interface TextFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'password';
  placeholder?: string;
  unit?: string;
  mono?: boolean;
  /** Lines of a multi-line field. */
  rows?: number;
  isDisabled?: boolean;
  autoFocus?: boolean;
  autoComplete?: string;
  onFocus?: () => void;
  onBlur?: () => void;
  onSubmit?: () => void;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField(props: TextFieldProps) {
  const {
    value,
    onChange,
    type = 'text',
    placeholder = '',
    unit,
    mono,
    rows,
    isDisabled = false,
    autoFocus = false,
    autoComplete = 'off',
    onSubmit,
    inputRef = null,
  } = props;
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      type={type}
      isDisabled={isDisabled}
      autoFocus={autoFocus}
      autoComplete={autoComplete}
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
        {rows === undefined ? (
          <Input
            ref={inputRef}
            placeholder={placeholder}
            spellCheck={false}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && onSubmit && !event.nativeEvent.isComposing) onSubmit();
            }}
          />
        ) : (
          <TextArea rows={rows} placeholder={placeholder} spellCheck={false} />
        )}
        {unit ? <span className="input-unit">{unit}</span> : null}
      </div>
      <FieldMessages {...props} />
    </AriaTextField>
  );
}

/** A filter box: Escape clears it. */
export function SearchField({
  label,
  value,
  onChange,
  placeholder,
  inputRef = null,
  testId,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
  testId?: string;
}) {
  return (
    <AriaSearchField
      className="field search-field"
      aria-label={label}
      value={value}
      onChange={onChange}
      data-testid={testId}
    >
      <div className="input-box">
        <Search size={14} aria-hidden className="search-icon" />
        <Input ref={inputRef} placeholder={placeholder ?? label} spellCheck={false} autoComplete="off" />
        {value === '' ? null : (
          <AriaButton className="search-clear" aria-label={t('ui.clear')}>
            <X size={13} aria-hidden />
          </AriaButton>
        )}
      </div>
    </AriaSearchField>
  );
}
