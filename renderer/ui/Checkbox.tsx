import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, SwitchButton, SwitchField, Text } from 'react-aria-components';
import { ProblemLine, type FieldProblem } from './Field.tsx';
import './Checkbox.css';

export interface ToggleProps {
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  children: ReactNode;
  help?: string;
  problem?: FieldProblem | null;
  isDisabled?: boolean;
  name?: string;
  testId?: string;
  onFocus?: () => void;
  onBlur?: () => void;
}

export function Checkbox(props: ToggleProps) {
  const { isSelected, onChange, children, isDisabled = false, name, testId, onFocus, onBlur } = props;
  return (
    <CheckboxField className="field" isSelected={isSelected} onChange={onChange} isDisabled={isDisabled} data-field={name} data-testid={testId} {...(onFocus ? { onFocus } : {})} {...(onBlur ? { onBlur } : {})}>
      <CheckboxButton className="toggle">
        <span className="checkbox-box">{isSelected ? <Check size={12} strokeWidth={3} aria-hidden /> : null}</span>
        <span className="toggle-text">{children}</span>
      </CheckboxButton>
      <ToggleMessages {...props} />
    </CheckboxField>
  );
}

/** Something that takes effect at once; a checkbox is part of a form that is sent. */
export function Switch(props: ToggleProps) {
  const { isSelected, onChange, children, isDisabled = false, name, testId, onFocus, onBlur } = props;
  return (
    <SwitchField className="field" isSelected={isSelected} onChange={onChange} isDisabled={isDisabled} data-field={name} data-testid={testId} {...(onFocus ? { onFocus } : {})} {...(onBlur ? { onBlur } : {})}>
      <SwitchButton className="toggle">
        <span className="switch-track">
          <span className="switch-thumb" />
        </span>
        <span className="toggle-text">{children}</span>
      </SwitchButton>
      <ToggleMessages {...props} />
    </SwitchField>
  );
}

function ToggleMessages({ help, problem }: Pick<ToggleProps, 'help' | 'problem'>) {
  if (!problem && !help) return null;
  return (
    <Text slot="description" elementType="div" className="toggle-messages">
      {problem ? <ProblemLine problem={problem} /> : <span className="field-help">{help}</span>}
    </Text>
  );
}
