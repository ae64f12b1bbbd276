import { createRequire } from 'node:module';
import type { Client } from 'ssh2';
import { reasonOf } from '../../../shared/errors/appError.ts';
import type { SFTP, WithChannels } from './internals.ts';

// required at run time, so that it is the very class that ssh2 uses, bundled or not
const { SFTP: Sftp } = createRequire(import.meta.url)('ssh2/lib/protocol/SFTP.js') as { SFTP: typeof SFTP };

/**
 * A start-up file that prints puts its text where SFTP packets belong. ssh2 takes the first four bytes for a length; when the first is ≥ 0x80
 * (a greeting that is not ASCII) that length is negative, its parser throws, and the whole connection ends. With this only the SFTP
 * channel does, and what still comes on it is dropped. When a later ssh2 passes the tests of startupFiles.sshd.test.ts without this, it goes.
 */
export function endOnlyMalformedChannel(): void {
  const prototype = Sftp.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const original = prototype.push;
  prototype.push = function push(data) {
    if (data !== null && this.outgoing.state !== 'open') return;
    try {
      original.call(this, data);
    } catch (error) {
      this.destroy();
      this.emit('error', error instanceof Error ? error : new Error(reasonOf(error)));
    }
  };
}

/**
 * Closes the channel on which SFTP was refused: ssh2 leaves it open, and the server counts it among its sessions. `working`: the SFTP channels that
 * were opened before. To be called while no other one is being opened on this connection.
 */
export function closeRefusedSftp(client: Client, working: WeakSet<object>): void {
  for (const channel of Object.values((client as WithChannels)._chanMgr._channels)) {
    if (channel instanceof Sftp && !working.has(channel)) channel.destroy();
  }
}
