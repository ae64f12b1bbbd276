import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { SshHost } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';

export type SshConfig = OutputOf<'clusters.sshConfig'>;
/** Undefined while it is read. */
export type Reading<T> = { value: T; error: null } | { value: null; error: CodedError } | undefined;

/** Hosts of the person's SSH configuration, read when it is first shown. */
export function useSshConfig(isWanted = true): Reading<SshConfig> {
  const [reading, setReading] = useState<Reading<SshConfig>>();
  useEffect(() => {
    if (!isWanted) return undefined;
    const gone = new AbortController();
    client.call('clusters.sshConfig', {}, { signal: gone.signal }).then(
      (value) => setReading({ value, error: null }),
      (failure: unknown) => {
        if (!gone.signal.aborted) setReading({ value: null, error: appErrorOf(failure) });
      },
    );
    return () => gone.abort();
  }, [isWanted]);
  return reading;
}

/** Its hosts as proposals: a configuration that cannot be read proposes none. */
export function useSshHosts(isWanted: boolean): readonly SshHost[] {
  return useSshConfig(isWanted)?.value?.hosts ?? [];
}

/** Hosts whose name or address holds every word of the query. */
export function findHosts(hosts: readonly SshHost[], query: string): SshHost[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return hosts.filter(({ alias, host, user, jump }) => {
    const text = [alias, host, user, ...jump].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
