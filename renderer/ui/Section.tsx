import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
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
  return (
    <Disclosure className="section" isExpanded={isOpen} onExpandedChange={onToggle}>
      <div className="section-head">
        <Heading level={level} className="section-heading">
          <AriaButton slot="trigger" className="section-trigger">
            <ChevronRight size={14} aria-hidden className="section-caret" />
            <span className="truncate">{title}</span>
          </AriaButton>
        </Heading>
        {aside}
      </div>
      <DisclosurePanel className="section-body">{isOpen ? children : null}</DisclosurePanel>
    </Disclosure>
  );
}

/** A titled group that does not fold. */
export function Group({ title, children, aside, level = 3 }: { title: ReactNode; children: ReactNode; aside?: ReactNode; level?: 2 | 3 }) {
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
