import type { FocusEvent, ReactNode } from 'react';
import { useFormSessions } from './session/formSessions.ts';
import './Form.css';

function followFocus(event: FocusEvent<HTMLElement>): void {
  const field = event.target.closest<HTMLElement>('[data-field]')?.dataset['field'];
  if (field !== undefined) useFormSessions.setState({ focusedField: field });
}

/** The form of a template with what stands above it. The field that has the focus is known, so that its lines of the script are marked. */
export function FormFrame({ label, head, children }: { label: string; head?: ReactNode; children: ReactNode }) {
  return (
    <section className="launch-form" aria-label={label} onFocus={followFocus}>
      {head}
      <div className="launch-fields">{children}</div>
    </section>
  );
}
