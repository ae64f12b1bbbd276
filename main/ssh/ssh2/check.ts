import { createRequire } from 'node:module';
import ssh2 from 'ssh2';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';

/** The versions whose insides are known to be as the files of this folder need them. */
const KNOWN = /^1\.17\./;

/** What is reached into, by where it stands in the package, and what must be there. */
export interface Insides {
  readonly version: unknown;
  readonly client: unknown;
  readonly protocol: unknown;
  readonly tools: unknown;
  readonly sftp: unknown;
  readonly constants: unknown;
}

export function ssh2Insides(): Insides {
  const load = createRequire(import.meta.url) as (file: string) => Record<string, unknown>;
  return {
    version: load('ssh2/package.json')['version'],
    client: new ssh2.Client(),
    protocol: (load('ssh2/lib/protocol/Protocol.js') as { prototype?: unknown }).prototype,
    tools: load('ssh2/lib/protocol/utils.js'),
    sftp: (load('ssh2/lib/protocol/SFTP.js')['SFTP'] as { prototype?: unknown } | undefined)?.prototype,
    constants: load('ssh2/lib/protocol/constants.js'),
  };
}

function member(of: unknown, name: string): unknown {
  return of === null || of === undefined ? undefined : (of as Record<string, unknown>)[name];
}

/** What is not as it is needed, in a few words; empty when all is. */
export function unlike(insides: Insides): string[] {
  const found: string[] = [];
  const version = String(insides.version);
  if (!KNOWN.test(version)) found.push(`version ${version}`);
  const functions: readonly [unknown, string, string][] = [
    [insides.protocol, 'Protocol', 'authPK'],
    [insides.protocol, 'Protocol', 'ping'],
    [insides.tools, 'utils', 'sendPacket'],
    [insides.sftp, 'SFTP', 'push'],
    [insides.sftp, 'SFTP', 'destroy'],
    [insides.sftp, 'SFTP', 'ext_copy_data'],
  ];
  for (const [of, where, name] of functions) if (typeof member(of, name) !== 'function') found.push(`${where}.${name}`);
  for (const name of ['_sock', '_protocol', '_chanMgr', '_callbacks'])
    if (typeof insides.client !== 'object' || insides.client === null || !(name in insides.client))
      found.push(`Client.${name}`);
  if (!Array.isArray(member(insides.constants, 'SUPPORTED_SERVER_HOST_KEY')))
    found.push('constants.SUPPORTED_SERVER_HOST_KEY');
  return found;
}

let checked = false;

/**
 * Refuses to work with an ssh2 whose insides this folder does not know: it would log in to nothing, or worse, break in the middle. To be called
 * before a connection is made. Error: INTERNAL, which names what is different.
 */
export function checkSsh2(read: () => Insides = ssh2Insides): void {
  if (checked && read === ssh2Insides) return;
  let different: string[];
  try {
    different = unlike(read());
  } catch (error) {
    different = [reasonOf(error)];
  }
  if (different.length > 0)
    throw new AppError('INTERNAL', {
      details: { reason: message('connection.otherSsh2', { what: different.join(', ') }) },
    });
  checked = true;
}
