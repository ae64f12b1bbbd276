import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import type { SshConfigReader } from '../ports.ts';

type Settings = Awaited<ReturnType<SshConfigReader['resolve']>>['settings'];

/** An id from an alias that no cluster has: with a number behind it where it is taken. */
function freeId(alias: string, taken: ReadonlySet<string>): ClusterId {
  const words = alias
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 48);
  const stem = words === '' ? 'cluster' : words;
  let id = stem;
  for (let number = 2; taken.has(id); number += 1) id = `${stem}-${String(number)}`;
  return ClusterId.parse(id);
}

/** A new profile as ssh would connect to this name. It has an id of its own, also when the name was imported before. */
export function profileFromSshConfig(
  alias: string,
  settings: Settings,
  existing: readonly ClusterProfile[],
): ClusterProfile {
  return ClusterProfile.parse({
    ...settings,
    id: freeId(alias, new Set(existing.map(({ id }) => id))),
    name: alias.slice(0, 80),
    kind: 'ssh',
    importedFrom: alias,
  });
}
