import { ChevronRight } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Heading } from 'react-aria-components';
import './Section.css';

/** A heading with content that folds away. `aside` stands at the end of the heading's line. */
export function Section({
  title,
  children,
  aside,
  isOpen,
  onToggle,
  level = 3,
}: {
  title: ReactNode;
  children: ReactNode;
  aside?: ReactNode;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
  level?: 2 | 3 | 4;
}) {
  const bodyId = useId();
  return (
    <div className="section" data-expanded={isOpen || undefined}>
      <div className="section-head">
        <Heading level={level} className="section-heading">
          <button
            type="button"
            className="section-trigger"
            aria-expanded={isOpen}
            aria-controls={bodyId}
            onClick={() => onToggle(!isOpen)}
          >
            <ChevronRight size={14} aria-hidden className="section-caret" />
            <span className="truncate">{title}</span>
          </button>
        </Heading>
        {aside}
      </div>
      <div className="section-body" id={bodyId}>
        {isOpen ? children : null}
      </div>
    </div>
  );
}

/** A titled group that does not fold. */
export function Group({
  title,
  children,
  aside,
  level = 3,
}: {
  title: ReactNode;
  children: ReactNode;
  aside?: ReactNode;
  level?: 2 | 3;
}) {
  return (
    <section className="group">
      <div className="group-head">
        <Heading level={level}>{title}</Heading>
        {aside}
      </div>
      {children}
    </section>
  );
}
