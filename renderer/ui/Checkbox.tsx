import { useId, type ReactNode } from 'react';
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
  return <Toggle {...props} kind="checkbox" />;
}

/** Something that takes effect at once; a checkbox is part of a form that is sent. */
export function Switch(props: ToggleProps) {
  return <Toggle {...props} kind="switch" />;
}

function Toggle({
  kind,
  isSelected,
  onChange,
  children,
  help,
  problem,
  isDisabled = false,
  name,
  testId,
  onFocus,
  onBlur,
}: ToggleProps & { kind: 'checkbox' | 'switch' }) {
  const messageId = useId();
  const hasMessage = Boolean(problem) || Boolean(help);
  return (
    <div className="field" data-field={name} data-testid={testId}>
      <label className="toggle">
        <input
          type="checkbox"
          role={kind === 'switch' ? 'switch' : undefined}
          className={kind}
          checked={isSelected}
          disabled={isDisabled}
          aria-describedby={hasMessage ? messageId : undefined}
          aria-invalid={problem?.severity === 'error' || undefined}
          onChange={(event) => onChange(event.target.checked)}
          onFocus={onFocus}
          onBlur={onBlur}
        />
        <span className="toggle-text">{children}</span>
      </label>
      {hasMessage ? (
        <div className={`toggle-messages toggle-messages-${kind}`} id={messageId}>
          {problem ? <ProblemLine problem={problem} /> : <span className="field-help">{help}</span>}
        </div>
      ) : null}
    </div>
  );
}
