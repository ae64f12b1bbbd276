import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { readBounded } from '../../disk/readBounded.ts';
import { matchPatternList } from '../config/patterns.ts';
import { MAX_KNOWN_HOSTS_BYTES, ownFile } from '../ownFile.ts';

/**
 * One line of a known_hosts file. Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.
 * `@cert-authority` lines name a certificate authority, not a host's own key, and are kept apart by their marker.
 */
export interface KnownHostLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** The first field: comma-separated patterns, or one hashed name. */
  readonly hosts: string;
  /** `ssh-ed25519`, `ssh-rsa` … */
  readonly keyType: string;
  readonly key: Buffer;
}

/** `SHA256:…` of a public key blob, as ssh prints it: base64 without padding. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key type that a public key blob names in its first field, or an empty text for what is not one. Source: RFC 4253, 6.6. */
export function keyTypeOf(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length);
}

/** How a host is filed in known_hosts. */
export interface HostName {
  /** The alias as it stands, or the host, with brackets and port unless it is 22. Host names have no case. */
  readonly filed: string;
  /** The same without its port, where ssh looks for the very key before it calls a host unknown; `null` where that is no other name. */
  readonly withoutPort: string | null;
}

/** `alias`: HostKeyAlias of ssh_config(5), which knows no port. */
export function hostName(host: string, port: number, alias: string | null = null): HostName {
  if (alias !== null) return { filed: alias.toLowerCase(), withoutPort: null };
  const name = host.toLowerCase();
  return port === 22 ? { filed: name, withoutPort: null } : { filed: `[${name}]:${String(port)}`, withoutPort: name };
}

/** Reads a known_hosts file. Comments and lines that are not understood are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHostLine[] {
  const lines: KnownHostLine[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const entry = raw.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const fields = entry.split(/[ \t]+/);
    const marker = entry.startsWith('@') ? fields.shift() : undefined;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue;
    const [hosts, keyType, encoded] = fields;
    if (hosts === undefined || keyType === undefined || encoded === undefined) continue;
    const key = Buffer.from(encoded, 'base64');
    if (keyTypeOf(key) !== keyType) continue;
    lines.push({
      file,
      line: index + 1,
      marker: marker === undefined ? 'none' : marker === '@revoked' ? 'revoked' : 'cert-authority',
      hosts,
      keyType,
      key,
    });
  }
  return lines;
}

/**
 * Reads several files in their order; one that is missing, not readable or no ordinary file holds nothing. Of one that is larger than
 * any that people have, its beginning counts.
 */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHostLine[]> {
  const texts = await Promise.all(
    files.map((file) =>
      readBounded(file, MAX_KNOWN_HOSTS_BYTES).then(
        ({ bytes }) => new TextDecoder().decode(bytes),
        () => '',
      ),
    ),
  );
  return texts.flatMap((text, index) => parseKnownHosts(text, files[index] ?? ''));
}

/** True when a line's host field names this host (`HostName.filed`): hashed, or by patterns with `*`, `?` and `!`. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return isHashOf(hosts, name);
  return matchPatternList(hosts.toLowerCase(), name);
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
function isHashOf(field: string, name: string): boolean {
  const [, version, salt, hash] = field.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = hmac(Buffer.from(salt, 'base64'), name);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function hmac(salt: Buffer, name: string): Buffer {
  return createHmac('sha1', salt).update(name).digest();
}

/** The host field that hides the name (HashKnownHosts). */
export function hashedName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${hmac(salt, name).toString('base64')}`;
}

/** Types of keys that a host may be known by. */
const KEY_TYPES = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);
/** One name of a host as it can stand in a line: no blank, no mark that known_hosts gives a meaning (`,*?!|#@`), no control character. */
const FILED = /^(?![-@])[\p{L}\p{M}\p{N}._:%+/~-]+$|^\[[\p{L}\p{M}\p{N}._:%+-]+\]:\d{1,5}$/u;

/**
 * The line for a host's key, built of its parts alone: its name or the hash of it, the type that stands in the key, and the key's bytes in
 * base64 anew. Null for parts of which no line can be made.
 */
export function knownHostLine({ filed }: HostName, key: Buffer, hash: boolean): string | null {
  const keyType = keyTypeOf(key);
  if (!KEY_TYPES.has(keyType) || !FILED.test(filed)) return null;
  return `${hash ? hashedName(filed) : filed} ${keyType} ${key.toString('base64')}`;
}

/**
 * True when nothing but host keys is in this text, so that another may be added: it is empty, or its lines are comments and entries. What is
 * damaged is borne as long as most is not.
 */
export function isKnownHosts(text: string): boolean {
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  // the first protocol's entries: `host bits exponent modulus`
  const old = lines.filter((line) => /^\s*[^\s#]+\s+\d+\s+\d+\s+\d{20,}/.test(line)).length;
  // an option of authorized_keys (`from="…"`) is no name of a host
  const entries = parseKnownHosts(text, '').filter(({ hosts }) => !/["=]/.test(hosts)).length;
  return lines.length === 0 || (entries + old) * 2 > lines.length;
}

/** Files of ssh that let somebody in or say what is run: never written to, whoever names them. */
const NEVER = /^(?:authorized_keys.*|config|rc|environment|id_[^.]*)$/i;

/**
 * Appends the key of a host, in a form that OpenSSH reads; `hash`: without its name in the clear. Makes the folder (0700) and the
 * file (0600) when they are missing. KNOWN_HOSTS_UNWRITABLE for a file that is no known_hosts.
 */
export async function rememberHostKey(file: string, name: HostName, key: Buffer, hash: boolean): Promise<void> {
  const refused = (reason: Message, cause?: unknown): AppError =>
    new AppError('KNOWN_HOSTS_UNWRITABLE', { details: { file, reason }, cause });
  const line = knownHostLine(name, key, hash);
  if (line === null) throw refused(message('keys.unwritableName', { name: name.filed }));
  // where a link leads decides, not what it is called
  const target = await realpath(file).catch(() => file);
  if (NEVER.test(path.basename(file)) || NEVER.test(path.basename(target)))
    throw refused(message('keys.noKnownHostsName'));
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const before = await ownFile(target, MAX_KNOWN_HOSTS_BYTES).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw refused(reasonMessage(error), error);
  });
  if (!isKnownHosts(before)) throw refused(message('keys.noKnownHosts'));
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(target, `${gap}${line}\n`, { mode: 0o600 });
}
