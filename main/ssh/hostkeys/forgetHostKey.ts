import { chmod, copyFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { AppError } from '../../../shared/errors/appError.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { fingerprintOf, namesHost, parseKnownHosts } from './knownHosts.ts';
import { MAX_KNOWN_HOSTS_BYTES, ownFile } from '../ownFile.ts';

/**
 * A known_hosts text without the keys of this host (`HostName.filed`) that have this fingerprint. A line that names others too keeps
 * them; one that means the host by a wildcard is told to leave it out. Whatever else stands there stays as it is, byte for byte
 * (`text` is latin1). Lines of authorities and revoked keys are no keys of a host.
 */
export function withoutHostKey(text: string, name: string, fingerprint: string): { text: string; removed: number } {
  const own = new Set(
    parseKnownHosts(text, '')
      .filter(
        ({ marker, hosts, key }) => marker === 'none' && fingerprintOf(key) === fingerprint && namesHost(hosts, name),
      )
      .map(({ line }) => line),
  );
  const kept = text.split(/(?<=\n)/).map((line, index) => (own.has(index + 1) ? withoutName(line, name) : line));
  return { text: kept.join(''), removed: own.size };
}

function withoutName(line: string, name: string): string {
  const [, before = '', hosts = '', after = ''] = /^(\s*)([^ \t]+)(.*)$/s.exec(line) ?? [];
  if (hosts.startsWith('|')) return '';
  let others = hosts.split(',').filter((pattern) => pattern.toLowerCase() !== name);
  if (namesHost(others.join(','), name)) others = [...others, `!${name}`];
  return others.every((pattern) => pattern === '' || pattern.startsWith('!'))
    ? ''
    : `${before}${others.join(',')}${after}`;
}

/**
 * Takes the keys out of one file, in one step: another program sees the old file or the new one. The file before is kept as `.old`.
 * Returns how many entries went; a file that is not there has none. Errors: KNOWN_HOSTS_UNWRITABLE.
 */
export async function forgetInFile(file: string, name: string, fingerprint: string): Promise<number> {
  try {
    // a link stays one
    const target = await realpath(file).catch(() => null);
    if (target === null) return 0;
    const { text, removed } = withoutHostKey(
      await ownFile(target, MAX_KNOWN_HOSTS_BYTES, 'latin1'),
      Buffer.from(name).toString('latin1'),
      fingerprint,
    );
    if (removed === 0) return 0;
    const { mode } = await stat(target);
    const fresh = `${target}.slipway-${String(process.pid)}`;
    try {
      await writeFile(fresh, text, { encoding: 'latin1', mode: 0o600, flush: true });
      await chmod(fresh, mode & 0o777);
      await copyFile(target, `${target}.old`);
      await rename(fresh, target);
    } finally {
      await rm(fresh, { force: true });
    }
    return removed;
  } catch (error) {
    throw new AppError('KNOWN_HOSTS_UNWRITABLE', { details: { file, reason: reasonMessage(error) }, cause: error });
  }
}
