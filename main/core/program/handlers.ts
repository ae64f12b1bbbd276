import type { HandlersOf } from '../core.ts';
import type { CorePorts } from '../ports.ts';
import type { Operations } from './operations.ts';

/** `app.info` and `operations.cancel`. */
export function programHandlers(
  ports: Pick<CorePorts, 'host' | 'version' | 'folders' | 'vault'>,
  operations: Operations,
): HandlersOf<'app' | 'operations'> {
  return {
    'app.info': () => ({
      name: 'Slipway',
      version: ports.version,
      host: ports.host,
      dataFolder: ports.folders.data,
      node: process.versions.node,
      platform: process.platform,
      secretsKept: ports.vault.persistent,
    }),
    'operations.cancel': ({ operationId }) => {
      operations.cancel(operationId);
      return {};
    },
  };
}
