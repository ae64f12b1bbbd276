import { Children, type ReactNode } from 'react';
import './FormGrid.css';

/** Fields in as many columns as the room has; they stand in reading order. */
export function FormGrid({ children }: { children: ReactNode }) {
  return (
    <div className="form-frame">
      <div className="form-grid">{children}</div>
    </div>
  );
}

/**
 * Fields that belong together: beside one another at every width, in the columns of the form where it has enough of them. At most
 * MOST_IN_A_ROW stand in one line; more are parted evenly.
 */
export function FormRow({ label, children }: { label?: string; children: ReactNode }) {
  const count = Children.toArray(children).length;
  const lines = Math.ceil(count / MOST_IN_A_ROW);
  const columns = Math.max(1, Math.ceil(count / Math.max(1, lines)));
  return (
    <div
      className={`form-row form-row-${String(columns)}`}
      {...(label === undefined ? {} : { role: 'group', 'aria-label': label })}
    >
      {children}
    </div>
  );
}

const MOST_IN_A_ROW = 4;

/** Checkboxes on lines of their own: beside fields with a label above they would hang between the lines. */
export function FormToggles({ children }: { children: ReactNode }) {
  return <div className="form-toggles">{children}</div>;
}
