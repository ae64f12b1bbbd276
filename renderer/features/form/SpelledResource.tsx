import { FollowingField } from './FollowingField.tsx';
import { SpelledField } from './SpelledField.tsx';
import { useResource } from './useResource.tsx';

/** A resource with a spelling of its own, such as a time or a size. */
export function SpelledResource({
  resource,
  spell,
  read,
  placeholder,
}: {
  resource: string;
  spell: (text: string) => string;
  read: (text: string) => string | null;
  placeholder: string;
}) {
  const { value, change, shared, followed } = useResource(resource);
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  return (
    <SpelledField {...shared} value={value} onChange={change} spell={spell} read={read} placeholder={placeholder} />
  );
}
