import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { matchPatternList } from './config/patterns.ts';

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

/** Reads several files in their order; one that is missing or not readable holds nothing. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHostLine[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
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

/**
 * Appends the key of a host, in a form that OpenSSH reads; `hash`: without its name in the clear. Makes the folder (0700) and the
 * file (0600) when they are missing.
 */
export async function rememberHostKey(file: string, name: HostName, key: Buffer, hash: boolean): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const before = await readFile(file, 'utf8').catch(() => '');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const hosts = hash ? hashedName(name.filed) : name.filed;
  await appendFile(file, `${gap}${hosts} ${keyTypeOf(key)} ${key.toString('base64')}\n`, { mode: 0o600 });
}
