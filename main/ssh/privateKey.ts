import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { AppError, reasonOf } from '../../shared/errors/appError.ts';

/** Wrong passphrases that are borne. Nothing of this reaches the server. */
const PASSPHRASE_ATTEMPTS = 3;

/** Asks the person for a key's passphrase; `attempt` counts from 1. Rejects when the person gives up. */
export type AskPassphrase = (keyPath: string, attempt: number) => Promise<string>;

/** `~` and `~/x` mean the home folder of this computer. */
export function expandHome(file: string): string {
  return file === '~' || file.startsWith('~/') || file.startsWith('~\\') ? path.join(os.homedir(), file.slice(1)) : file;
}

/**
 * Reads a private key in OpenSSH, PEM or PuTTY form, asking for its passphrase when it has one.
 * Errors: KEY_UNREADABLE, and whatever `ask` rejects with.
 */
export async function loadPrivateKey(keyPath: string, ask: AskPassphrase): Promise<ParsedKey> {
  const unreadable = (reason: string, cause?: unknown): AppError => new AppError('KEY_UNREADABLE', { details: { path: keyPath, reason }, cause });
  let text: string;
  try {
    text = await readFile(expandHome(keyPath), 'utf8');
  } catch (error) {
    throw unreadable(reasonOf(error), error);
  }
  let parsed = parse(text, undefined);
  for (let attempt = 1; parsed === 'encrypted' && attempt <= PASSPHRASE_ATTEMPTS; attempt += 1) {
    const tried = parse(text, await ask(keyPath, attempt));
    // whatever goes wrong with a passphrase is taken for a wrong one: decryption has no better way to tell
    if (typeof tried === 'object' && 'key' in tried) parsed = tried;
  }
  if (parsed === 'encrypted') throw unreadable(`the passphrase was wrong ${String(PASSPHRASE_ATTEMPTS)} times`);
  if ('reason' in parsed) throw unreadable(parsed.reason);
  if (!parsed.key.isPrivateKey()) throw unreadable('it is a public key; name the private one');
  return parsed.key;
}

function parse(text: string, passphrase: string | undefined): { key: ParsedKey } | { reason: string } | 'encrypted' {
  const isPkcs8 = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.exec(text);
  if (isPkcs8) {
    if (isPkcs8[1] !== undefined && passphrase === undefined) return 'encrypted';
    return parsePkcs8(text, passphrase);
  }
  const key = ssh2.utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) return { key: [key].flat()[0] ?? key };
  if (key.message.includes('no passphrase given')) return 'encrypted';
  return { reason: key.message };
}

/** PKCS #8, which openssl writes and ssh2 does not read: node turns it into the older form. */
function parsePkcs8(text: string, passphrase: string | undefined): { key: ParsedKey } | { reason: string } {
  try {
    const key = createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') {
      return { reason: `a key of type ${String(key.asymmetricKeyType)} must be in OpenSSH’s own format; ssh-keygen -p converts it` };
    }
    const pem = key.export({ type: key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' });
    const parsed = ssh2.utils.parseKey(pem);
    return parsed instanceof Error ? { reason: parsed.message } : { key: parsed };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
