import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message, quoted } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import { MAX_KEY_BYTES, ownFile } from '../ownFile.ts';
import { curveOf, parsePublicLine, publicBlob } from './publicKey.ts';
import { isPuttyKey3, parsePuttyKey3 } from './puttyKey.ts';
import { WireReader, wireNumber, wireString } from './wireReader.ts';

/** Wrong passphrases that are borne. Nothing of this reaches the server. */
const PASSPHRASE_ATTEMPTS = 3;

/** Asks the person for a key's passphrase; `attempt` counts from 1. Rejects when the person gives up. */
export type AskPassphrase = (keyPath: string, attempt: number) => Promise<string>;

/** `~` and `~/x` mean the home folder of this computer. */
export function expandHome(file: string): string {
  return file === '~' || file.startsWith('~/') || file.startsWith('~\\')
    ? path.join(os.homedir(), file.slice(1))
    : file;
}

type Parsed = { readonly key: KeyObject } | { readonly reason: Message } | 'encrypted';

/** A private key file. It is read once; its passphrase is asked for when something has to be signed, and once. */
export class PrivateKeyFile {
  readonly path: string;
  /** The public half. */
  readonly publicKey: Buffer;
  readonly #text: string;
  #unlocked: Promise<KeyObject> | null;

  private constructor(keyPath: string, text: string, publicKey: Buffer, unlocked: Promise<KeyObject> | null) {
    this.path = keyPath;
    this.publicKey = publicKey;
    this.#text = text;
    this.#unlocked = unlocked;
  }

  /**
   * Reads a private key in OpenSSH, PEM, PKCS #8 or PuTTY form. `ask` is called now only when the public half of a locked key is neither
   * in the file nor in `.pub` beside it. Errors: KEY_UNREADABLE, and whatever `ask` rejects with.
   */
  static async open(keyPath: string, ask: AskPassphrase): Promise<PrivateKeyFile> {
    let text: string;
    try {
      text = await ownFile(expandHome(keyPath), MAX_KEY_BYTES);
    } catch (error) {
      throw unreadable(keyPath, reasonMessage(error), error);
    }
    const parsed = parse(text, undefined);
    if (parsed === 'encrypted') {
      const known =
        publicHalf(text) ?? parsePublicLine(await ownFile(`${expandHome(keyPath)}.pub`, MAX_KEY_BYTES).catch(() => ''));
      if (known !== null) return new PrivateKeyFile(keyPath, text, known, null);
      const key = await unlock(keyPath, text, ask);
      return new PrivateKeyFile(keyPath, text, publicOf(keyPath, key), Promise.resolve(key));
    }
    if ('reason' in parsed) throw unreadable(keyPath, parsed.reason);
    return new PrivateKeyFile(keyPath, text, publicOf(keyPath, parsed.key), Promise.resolve(parsed.key));
  }

  get keyType(): string {
    return keyTypeOf(this.publicKey);
  }

  /**
   * A signature in SSH's form, by `ssh-ed25519`, `ecdsa-sha2-…`, `rsa-sha2-256` or `rsa-sha2-512`. Whoever comes first has its `ask` used.
   * Errors: KEY_UNREADABLE, and whatever `ask` rejects with.
   */
  async sign(data: Buffer, algorithm: string, ask: AskPassphrase): Promise<Buffer> {
    this.#unlocked ??= unlock(this.path, this.#text, ask);
    return Buffer.concat([wireString(algorithm), wireString(rawSignature(await this.#unlocked, data, algorithm))]);
  }
}

function unreadable(keyPath: string, reason: Message, cause?: unknown): AppError {
  return new AppError('KEY_UNREADABLE', { details: { path: keyPath, reason }, cause });
}

function publicOf(keyPath: string, key: KeyObject): Buffer {
  const blob = publicBlob(key);
  if (blob === null) throw unreadable(keyPath, message('keys.notAccepted', { type: String(key.asymmetricKeyType) }));
  return blob;
}

async function unlock(keyPath: string, text: string, ask: AskPassphrase): Promise<KeyObject> {
  for (let attempt = 1; attempt <= PASSPHRASE_ATTEMPTS; attempt += 1) {
    const tried = parse(text, await ask(keyPath, attempt));
    // whatever goes wrong with a passphrase is taken for a wrong one: decryption has no better way to tell
    if (typeof tried === 'object' && 'key' in tried) return tried.key;
  }
  throw unreadable(keyPath, message('keys.wrongPassphrase', { times: PASSPHRASE_ATTEMPTS }));
}

function parse(text: string, passphrase: string | undefined): Parsed {
  if (isPuttyKey3(text)) return parsePuttyKey3(text);
  const pkcs8 = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.exec(text);
  if (pkcs8) return pkcs8[1] !== undefined && passphrase === undefined ? 'encrypted' : forNode(text, passphrase);
  const parsed = [ssh2.utils.parseKey(text, passphrase)].flat()[0];
  if (parsed === undefined) return { reason: message('keys.none') };
  if (parsed instanceof Error)
    return parsed.message.includes('no passphrase given') ? 'encrypted' : { reason: quoted(parsed.message) };
  if (!parsed.isPrivateKey()) return { reason: message('keys.public') };
  return forNode(parsed.getPrivatePEM(), undefined);
}

function forNode(pem: string, passphrase: string | undefined): Parsed {
  try {
    return { key: createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) }) };
  } catch (error) {
    return { reason: reasonMessage(error) };
  }
}

/** The public half that OpenSSH's own format keeps in the clear. Source: OpenSSH, PROTOCOL.key. */
function publicHalf(text: string): Buffer | null {
  const [, encoded] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)/.exec(text) ?? [];
  const MAGIC = 'openssh-key-v1\0';
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const reader = new WireReader(bytes.subarray(MAGIC.length));
  for (const _ of ['cipher', 'kdf', 'kdf options']) reader.string();
  return reader.uint32() === 1 ? reader.string() : null;
}

/** The signature itself. Source: RFC 8332, RFC 5656 (3.1.2), RFC 8709. */
function rawSignature(key: KeyObject, data: Buffer, algorithm: string): Buffer {
  if (algorithm === 'ssh-ed25519') return sign(null, data, key);
  const curve = curveOf(algorithm);
  if (curve === null) return sign(algorithm === 'rsa-sha2-512' ? 'sha512' : 'sha256', data, key);
  const both = sign(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([wireNumber(both.subarray(0, curve.bytes)), wireNumber(both.subarray(curve.bytes))]);
}
