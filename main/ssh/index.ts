import { AppError } from '../../shared/errors/appError.ts';
import type { Connector } from '../core/ports.ts';
import { DEFAULT_TIMINGS, type Timings } from './protocol.ts';
import { WorkerConnection } from './workerConnection.ts';

export { createSshConfigReader, type SshConfigOptions } from './config/reader.ts';
export { fingerprintOf, namesHost, parseKnownHosts, readKnownHosts, type KnownHostLine } from './knownHosts.ts';
export type { Timings } from './protocol.ts';

export interface ConnectorOptions {
  /** known_hosts files in the order in which they are read. A confirmed key is appended to the first. */
  readonly knownHostsFiles: readonly string[];
  readonly timings?: Partial<Timings>;
}

/** Opens SSH connections, each in a worker thread of its own. */
export function createConnector(options: ConnectorOptions): Connector {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const closing = new AbortController();
  const open = new Set<Promise<WorkerConnection>>();
  return {
    async connect(target, asker, signal) {
      const attempt = AbortSignal.any([signal, closing.signal]);
      if (attempt.aborted) throw new AppError('CANCELLED');
      const opening = WorkerConnection.open({ target, knownHostsFiles: options.knownHostsFiles, timings }, asker, attempt);
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
    async dispose() {
      closing.abort();
      const connections = await Promise.allSettled(open);
      await Promise.all(connections.map(async (result) => (result.status === 'fulfilled' ? result.value.dispose() : undefined)));
    },
  };
}
