import type { OperationName } from '../../../../shared/contract/index.ts';
import type { Dice } from './dice.ts';
import type { Known } from './known.ts';

/**
 * What a person may set in good right and the computer that runs this would suffer from: folders to write to, servers to dial,
 * commands to run. Hostile values of these are tried by name, from `pools`; everything else of an input stays as it was made.
 */
export interface Pools {
  readonly folders: readonly string[];
  readonly ports: readonly number[];
  readonly keyFiles: readonly string[];
  readonly knownHosts: readonly string[];
}

const HOSTS = [
  '127.0.0.1',
  '127.0.0.1',
  '127.0.0.1',
  '::1',
  '127.0.0.1 ',
  '[::1]',
  '127.0.0.1:22',
  '-oProxyCommand=id',
  '127.0.0.256',
  '\u202e127.0.0.1',
] as const;
const RUN_ROOTS = [
  '~/slipway/runs',
  '~/slipway/runs',
  '~/ü bung',
  "~/it's",
  '~/a/../b',
  '~',
  '~/$HOME',
  '~/-n',
  'relative',
  '~/new\nline',
  `~/${'long/'.repeat(60)}`,
  '~/%j',
  '/nonexistent/slipway',
] as const;
const FOLDERS_THERE = ['~/community', '~/slipway', '/nonexistent', '/etc/hostname', '~', '~/*', "~/it's"] as const;
const COMMANDS = [
  'quota',
  'echo 1',
  'false',
  'no-such-command',
  'printf "%s\\n" a b',
  "echo 'x",
  'head -c 3000000 /dev/zero',
  'sleep 1',
] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether every line of `base` is still in `mine`, in its order: what is added are texts of the fuzz, which do nothing. */
function onlyAdds(base: unknown, mine: unknown): boolean {
  if (typeof base !== 'string' || typeof mine !== 'string') return true;
  const lines = mine.split('\n');
  let at = 0;
  return base.split('\n').every((line) => (at = lines.indexOf(line, at) + 1) > 0);
}

export function keepInside(name: OperationName, input: unknown, pools: Pools, known: Known, dice: Dice): unknown {
  const oneOf = (allowed: readonly unknown[], value: unknown): unknown =>
    (typeof value === 'string' && value !== '') || typeof value === 'number'
      ? allowed.includes(value)
        ? value
        : dice.pick(allowed)
      : value;
  const walk = (value: unknown, key: string, within: string): unknown => {
    switch (key) {
      case 'host':
        return oneOf(HOSTS, value);
      case 'port':
        return typeof value === 'number' && value > 0 && value < 65_536 ? oneOf(pools.ports, value) : value;
      case 'runRoot':
        return oneOf(RUN_ROOTS, value);
      case 'communityFolder':
        return oneOf(FOLDERS_THERE, value);
      case 'quotaCommand':
        return oneOf(COMMANDS, value);
      case 'privateTemplates':
      case 'communityTemplates':
        return oneOf(pools.folders, value);
      case 'path':
      case 'certificate':
      case 'socket':
        // of a template edit it is a list
        return typeof value === 'string' ? oneOf(pools.keyFiles, value) : value;
      case 'slurmBin':
        return oneOf(['/nonexistent', '~', "/it's", '/usr/bin'], value);
    }
    if (Array.isArray(value)) {
      if (key === 'files' && within === 'hostKeys') return value.map((item) => oneOf(pools.knownHosts, item));
      if (key === 'imageFolders') return value.slice(0, 20).map((item) => oneOf([...FOLDERS_THERE, '/proc'], item));
      return value.map((item) => walk(item, '', key));
    }
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name, key)]));
  };
  const kept = walk(input, '', '');
  if (name === 'jobs.submit' && isRecord(kept) && isRecord(kept['draft'])) {
    const { edits, ...draft } = kept['draft'];
    const isOwn =
      typeof draft['templateId'] === 'string' &&
      draft['templateId'].startsWith('own-') &&
      draft['templateSource'] === 'private';
    const areHarmless =
      Array.isArray(edits) &&
      edits.every(
        (edit) =>
          !isRecord(edit) || (known.of('scriptText').includes(edit['base']) && onlyAdds(edit['base'], edit['mine'])),
      );
    return {
      ...kept,
      draft: {
        ...draft,
        ...(isOwn ? {} : { templateId: 'own-quick', templateSource: 'private' }),
        ...(areHarmless ? { edits } : {}),
      },
    };
  }
  // it is what all else is tried on, and does not come back
  if (name === 'clusters.remove' && isRecord(kept) && kept['clusterId'] === 'demo')
    return { ...kept, clusterId: 'made-0' };
  // copies of shipped templates are looked at, and never run
  if (
    name === 'templates.clone' &&
    isRecord(kept) &&
    typeof kept['newId'] === 'string' &&
    kept['newId'].startsWith('own-')
  )
    return { ...kept, newId: `copy-${String(dice.below(20))}` };
  return kept;
}
