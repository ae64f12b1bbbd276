import type { AuthMethod } from '../../../shared/domain/cluster/profile.ts';
import type { ConnectTarget } from '../../core/ports.ts';
import { hostName, type HostName } from '../hostkeys/knownHosts.ts';

/** A server on the way: a jump host, or the cluster itself at the end. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly auth: readonly AuthMethod[];
  /** How its key is filed. */
  readonly name: HostName;
  /** The only host key that is accepted, without known_hosts. */
  readonly pinnedHostKey: string | null;
  /** `user@host:port`. */
  readonly label: string;
  /** `user@host`, as a person knows it. */
  readonly asker: string;
}

/** The way to a cluster, from here on. */
export function hopsOf({ profile, pinnedHostKey }: ConnectTarget): Hop[] {
  const jumps = profile.jump.map((jump) => ({
    ...jump,
    auth: jump.auth ?? profile.auth,
    alias: null,
    pinnedHostKey: null,
  }));
  const last = {
    host: profile.host,
    port: profile.port,
    user: profile.user,
    auth: profile.auth,
    alias: profile.hostKeys.alias,
    pinnedHostKey,
  };
  return [...jumps, last].map(({ host, port, user, auth, alias, pinnedHostKey: pin }) => ({
    host,
    port,
    user,
    auth,
    name: hostName(host, port, alias),
    pinnedHostKey: pin,
    label: `${user}@${host}:${String(port)}`,
    asker: `${user}@${host}`,
  }));
}
