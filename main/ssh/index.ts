import type { ClusterProfile } from '../../shared/domain/cluster/profile.ts';
import { AppError } from '../../shared/errors/appError.ts';
import type { Connector } from '../core/ports.ts';
import { forgetInFile } from './hostkeys/forgetHostKey.ts';
import { hostName } from './hostkeys/knownHosts.ts';
import { expandHome } from './keys/privateKey.ts';
import { DEFAULT_TIMINGS, type Timings } from './worker/protocol.ts';
import { WorkerConnection } from './worker/workerConnection.ts';

export { createSshConfigReader, type SshConfigOptions } from './config/reader.ts';
export type { Timings } from './worker/protocol.ts';

export interface ConnectorOptions {
  /**
   * known_hosts files in the order in which they are read: the user's own, to which a confirmed key is appended, and those of the system. A
   * profile may name others in place of the first.
   */
  readonly knownHostsFiles: readonly string[];
  readonly timings?: Partial<Timings>;
  /** What runs in the thread of each connection, in place of the file that does: tests move its time. */
  readonly worker?: URL;
}

/** Opens SSH connections, each in a worker thread of its own. */
export function createConnector(options: ConnectorOptions): Connector {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const closing = new AbortController();
  const open = new Set<Promise<WorkerConnection>>();
  const [usersFile, ...systemFiles] = options.knownHostsFiles;
  // `none` is how ssh_config(5) says that there is no file
  const ownFiles = ({ hostKeys }: ClusterProfile): string[] =>
    hostKeys.files === null
      ? [usersFile].filter((file) => file !== undefined)
      : hostKeys.files.filter((file) => file !== 'none').map(expandHome);
  return {
    async connect(target, asker, signal) {
      const attempt = AbortSignal.any([signal, closing.signal]);
      if (attempt.aborted) throw new AppError('CANCELLED');
      const own = ownFiles(target.profile);
      const files = { knownHostsFiles: [...own, ...systemFiles], newKeysFile: own[0] ?? null };
      const opening = WorkerConnection.open({ target, ...files, timings }, asker, attempt, options.worker);
      open.add(opening);
      try {
        const connection = await opening;
        void connection.ended.then(() => open.delete(opening));
        return connection;
      } catch (error) {
        open.delete(opening);
        throw error;
      }
    },
    async forgetHostKey(profile, host, port, fingerprint) {
      const alias = host === profile.host && port === profile.port ? profile.hostKeys.alias : null;
      const { filed } = hostName(host, port, alias);
      const files: string[] = [];
      let removed = 0;
      for (const file of ownFiles(profile)) {
        const count = await forgetInFile(file, filed, fingerprint);
        if (count > 0) files.push(file);
        removed += count;
      }
      return { removed, files };
    },
    async dispose() {
      closing.abort();
      const connections = await Promise.allSettled(open);
      await Promise.all(
        connections.map(async (result) => (result.status === 'fulfilled' ? result.value.dispose() : undefined)),
      );
    },
  };
}
