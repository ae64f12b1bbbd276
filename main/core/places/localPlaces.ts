import path from 'node:path';
import type { AuthMethod, ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { isPlainName } from '../../../shared/lib/plain.ts';
import { message } from '../../../shared/messages/message.ts';
import type { CorePorts, SshConfigReader } from '../ports.ts';
import { readGrants, writeGrant, type Grant, type Purpose } from './grants.ts';

export type { Purpose } from './grants.ts';

/**
 * Which files and folders of this computer a profile or the settings may name. Whoever calls operations names paths as text, so that a
 * text alone opens nothing: it must lie where such files usually are (`~/.ssh`, the data folder), stand in the person's own ssh_config, or
 * have been granted, which only a host can do, by a dialog of its own or by the person's command. No operation adds a grant.
 */
export interface LocalPlaces {
  /** At saving or trying a profile. SETTING_INVALID for a name that cannot be one, LOCAL_PLACE_REFUSED. What ssh_config names is granted by this. */
  admitProfile(profile: ClusterProfile): Promise<void>;
  /** At using one, which was admitted once. The same errors. */
  requireProfile(profile: ClusterProfile): void;
  /** A folder of templates. LOCAL_PLACE_REFUSED; SETTING_INVALID for what is no whole path. `name`: of the setting. */
  requireFolder(name: string, folder: string): void;
  /** For hosts only, when the person has chosen it. Returns the path as it is to be stored. SETTING_INVALID. */
  grant(purpose: Purpose, given: string, by: 'dialog' | 'command'): string;
}

/** A path of a profile, and the field in which it stands. */
interface Named {
  readonly field: string;
  readonly purpose: Purpose;
  readonly path: string;
}

function authPaths(auth: readonly AuthMethod[], at: string): Named[] {
  return auth.flatMap((method, index): Named[] => {
    const field = `${at}.${String(index)}`;
    if (method.kind === 'key') {
      const certificate: Named[] =
        method.certificate === null
          ? []
          : [{ field: `${field}.certificate`, purpose: 'key', path: method.certificate }];
      return [{ field: `${field}.path`, purpose: 'key', path: method.path }, ...certificate];
    }
    if (method.kind !== 'agent') return [];
    const only = method.only.map((each): Named => ({ field: `${field}.only`, purpose: 'key', path: each }));
    return method.socket === null
      ? only
      : [{ field: `${field}.socket`, purpose: 'agent', path: method.socket }, ...only];
  });
}

/** All paths of this computer that a profile names. The demo cluster fills in its own key at each start. */
function pathsOf({ kind, auth, jump, hostKeys }: Pick<ClusterProfile, 'kind' | 'auth' | 'jump' | 'hostKeys'>): Named[] {
  return [
    ...(kind === 'demo' ? [] : authPaths(auth, 'auth')),
    ...jump.flatMap((hop, index) => authPaths(hop.auth ?? [], `jump.${String(index)}.auth`)),
    // `none` is how ssh_config(5) says that there is no file
    ...(hostKeys.files ?? [])
      .filter((file) => file !== 'none')
      .map((file): Named => ({ field: 'hostKeys.files', purpose: 'knownHosts', path: file })),
  ];
}

function requireName(field: string, text: string): void {
  if (!isPlainName(text))
    throw new AppError('SETTING_INVALID', {
      details: { name: field, reason: message('places.blank') },
    });
}

/** A host or an alias is one word: it becomes a part of a known_hosts line. */
function requireWord(field: string, text: string): void {
  requireName(field, text);
  if (/\s/.test(text))
    throw new AppError('SETTING_INVALID', { details: { name: field, reason: message('places.oneWord') } });
}

function requireNames({ host, user, jump, hostKeys }: ClusterProfile): void {
  requireWord('host', host);
  requireName('user', user);
  for (const [index, hop] of jump.entries()) {
    requireWord(`jump.${String(index)}.host`, hop.host);
    requireName(`jump.${String(index)}.user`, hop.user);
  }
  if (hostKeys.alias === null) return;
  requireWord('hostKeys.alias', hostKeys.alias);
  if (/[,*?!|#"@]/.test(hostKeys.alias))
    throw new AppError('SETTING_INVALID', {
      details: { name: 'hostKeys.alias', reason: message('places.oneName') },
    });
}

function isWithin(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way === '' || (!/^\.\.(?:[\\/]|$)/.test(way) && !path.isAbsolute(way));
}

type Ports = Pick<CorePorts, 'folders' | 'usualPlaces' | 'host' | 'clock' | 'sshConfig'> & {
  readonly documents: CorePorts['store']['documents'];
};

/** How many hosts of ssh_config are asked for what they name before a path is refused. */
const MAX_ALIASES = 100;

export function createLocalPlaces({ documents, folders, usualPlaces, host, clock, sshConfig }: Ports): LocalPlaces {
  let grants = readGrants(documents);
  const add = (grant: Omit<Grant, 'at'>): void => {
    if (grants.some((known) => known.purpose === grant.purpose && known.path === grant.path)) return;
    grants = [...grants, writeGrant(documents, { ...grant, at: clock.now() })];
  };

  /** The path itself, from the root, without detours; null for a text that is none. `..` behind a link does not lead where it seems to. */
  function whole(given: string): string | null {
    const expanded = given === '~' || /^~[\\/]/.test(given) ? path.join(usualPlaces.home, given.slice(1)) : given;
    if (!isPlainName(expanded) || given.split(/[\\/]/).includes('..') || !path.isAbsolute(expanded)) return null;
    return path.resolve(expanded);
  }

  function isUsual(purpose: Purpose, file: string): boolean {
    const inSsh = usualPlaces.ssh.some((folder) => isWithin(file, folder));
    switch (purpose) {
      case 'templates':
        return isWithin(file, folders.data);
      case 'key':
        return inSsh;
      case 'knownHosts':
        return inSsh && /known_hosts/i.test(path.basename(file));
      case 'agent':
        return inSsh || file === process.env['SSH_AUTH_SOCK'];
      case 'folder':
        return false;
    }
  }

  function admits({ purpose, path: given }: Named): boolean {
    // the agents of Windows have no place in the file system
    if (purpose === 'agent' && (given === 'pageant' || given === String.raw`\\.\pipe\openssh-ssh-agent`)) return true;
    const file = whole(given);
    return (
      grants.some((grant) => {
        if (grant.purpose !== purpose && grant.purpose !== 'folder') return false;
        if (grant.path === given) return true;
        return (
          file !== null &&
          (grant.purpose === 'folder' || grant.purpose === 'templates'
            ? isWithin(file, grant.path)
            : grant.path === file)
        );
      }) ||
      (file !== null && isUsual(purpose, file))
    );
  }

  function refused({ field, purpose, path: given }: Named): AppError {
    const file = whole(given);
    if (file === null) {
      return new AppError('SETTING_INVALID', {
        details: {
          name: field,
          reason: message('places.wholePath'),
        },
      });
    }
    const command = `slipway --data ${quote(folders.data)} allow ${purpose === 'knownHosts' ? 'known-hosts' : purpose} ${quote(file)}`;
    const hint = host === 'electron' ? message('places.browse', { command }) : message('places.allow', { command });
    return new AppError('LOCAL_PLACE_REFUSED', { details: { field, path: given, purpose }, hint });
  }

  /** What ssh_config names for this profile's alias, and where that is not enough for any host. */
  async function namedBySshConfig(profile: ClusterProfile, wanted: readonly Named[]): Promise<void> {
    const left = (): boolean => !wanted.every(admits);
    const look = async (alias: string): Promise<void> => {
      const found = await sshConfig.resolve(alias).catch(() => null);
      if (found === null) return;
      const named = pathsOf({ kind: 'ssh', ...found.settings });
      for (const { purpose, path: given } of wanted)
        if (named.some((each) => each.purpose === purpose && each.path === given))
          add({ purpose, path: given, by: 'ssh-config' });
    };
    // an alias with a slash could carry a token of the configuration into another folder
    if (profile.importedFrom !== null && /^[\w.:%@+-]+$/.test(profile.importedFrom)) await look(profile.importedFrom);
    if (!left()) return;
    const { hosts } = await sshConfig
      .read()
      .catch((): Pick<Awaited<ReturnType<SshConfigReader['read']>>, 'hosts'> => ({ hosts: [] }));
    for (const { alias } of hosts.slice(0, MAX_ALIASES)) if (left()) await look(alias);
  }

  const requireAll = (wanted: readonly Named[]): void => {
    const first = wanted.find((named) => !admits(named));
    if (first !== undefined) throw refused(first);
  };

  return {
    admitProfile: async (profile) => {
      requireName('name', profile.name);
      requireNames(profile);
      const wanted = pathsOf(profile);
      if (!wanted.every(admits)) await namedBySshConfig(profile, wanted);
      requireAll(wanted);
    },
    requireProfile: (profile) => {
      requireNames(profile);
      requireAll(pathsOf(profile));
    },
    requireFolder: (name, folder) => requireAll([{ field: name, purpose: 'templates', path: folder }]),
    grant: (purpose, given, by) => {
      const file = whole(given);
      if (file === null)
        throw new AppError('SETTING_INVALID', {
          details: { name: purpose, reason: message('places.wholePathFromRoot') },
        });
      add({ purpose, path: file, by });
      return file;
    },
  };
}

/** What is stored now was chosen before there were grants: it is granted once, at the first start that knows of them. */
export function grantWhatIsStored(
  { documents, clock }: Pick<Ports, 'documents' | 'clock'>,
  stored: { profiles: readonly ClusterProfile[]; templateFolders: readonly (string | null)[] },
): void {
  if (documents.get('program', 'placesGranted') === true) return;
  const grant = (purpose: Purpose, given: string): void =>
    void writeGrant(documents, { purpose, path: given, by: 'upgrade', at: clock.now() });
  for (const profile of stored.profiles) for (const named of pathsOf(profile)) grant(named.purpose, named.path);
  for (const folder of stored.templateFolders) if (folder !== null) grant('templates', folder);
  documents.set('program', 'placesGranted', true);
}
