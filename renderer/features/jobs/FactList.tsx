import { Fragment, type ReactNode } from 'react';
import { Group } from '../../ui/index.ts';

/** Names and values; what is not known has no line. */
export function FactList({ title, facts }: { title: string; facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Group title={title}>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd className="selectable">{value}</dd>
            </Fragment>
          ))}
      </dl>
    </Group>
  );
}
