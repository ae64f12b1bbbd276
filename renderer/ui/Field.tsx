import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { t } from '../i18n/index.ts';
import './Field.css';

/** A problem as it stands beside a field. */
export interface FieldProblem {
  severity: 'error' | 'warning' | 'info';
  message: string;
  hint?: string;
  /** One click that mends it. */
  fix?: { label: string; onPress: () => void } | null;
}

/** What every field of a form takes. */
export interface FieldProps {
  label: string;
  /** Keep the label for screen readers only, where the place says what it is. */
  labelHidden?: boolean;
  help?: string;
  problem?: FieldProblem | null;
  required?: boolean;
  /** Shown at the right of the label: a reset button, a limit. */
  aside?: ReactNode;
  /** Path of the draft's field, so that a problem's click finds it. */
  name?: string;
  testId?: string;
}

const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

export function ProblemLine({ problem, id }: { problem: FieldProblem; id?: string }) {
  const Icon = ICONS[problem.severity];
  return (
    <div className={`field-problem field-problem-${problem.severity}`} id={id}>
      <Icon size={13} aria-hidden />
      <span className="selectable">
        {problem.message}
        {problem.hint ? <span className="field-hint"> {problem.hint}</span> : null}
      </span>
      {problem.fix ? (
        <Button size="dense" onPress={problem.fix.onPress}>
          {problem.fix.label}
        </Button>
      ) : null}
    </div>
  );
}

/**
 * The frame of a form field: label above, control, then the problem or the help below. Controls of this kit use it through
 * their own slots; anything else is given `controlId`, the id of its control.
 */
export function Field({
  label,
  labelHidden,
  help,
  problem,
  required,
  aside,
  name,
  testId,
  controlId,
  children,
}: FieldProps & { controlId?: string; children: ReactNode }) {
  return (
    <div className="field" data-field={name} data-testid={testId}>
      <FieldHeading aside={aside}>
        <label className={labelHidden ? 'visually-hidden' : 'field-label'} htmlFor={controlId}>
          {label}
          {required ? <RequiredMark /> : null}
        </label>
      </FieldHeading>
      {children}
      {problem ? <ProblemLine problem={problem} /> : help ? <div className="field-help">{help}</div> : null}
    </div>
  );
}

export function FieldHeading({ aside, children }: { aside?: ReactNode; children: ReactNode }) {
  return (
    <div className="field-heading">
      {children}
      {aside}
    </div>
  );
}

export function RequiredMark() {
  return (
    <span className="field-required" title={t('ui.required')}>
      <span aria-hidden> *</span>
      <span className="visually-hidden"> ({t('ui.required')})</span>
    </span>
  );
}
