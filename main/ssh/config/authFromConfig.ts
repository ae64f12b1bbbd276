import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { AuthMethod, HostKeyRules } from '../../../shared/domain/cluster/profile.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { MAX_KEY_BYTES, ownFile } from '../ownFile.ts';
import type { Notes } from './evaluate.ts';
import type { HostOptions } from './options.ts';
import { expand, expandTilde, type LocalSide, type Tokens } from './tokens.ts';

/** How to log in to a server, and where its host keys are. */
export interface WayIn {
  readonly auth: readonly AuthMethod[];
  readonly hostKeys: HostKeyRules;
  /** The configuration says something of the host keys. */
  readonly hasOwnHostKeys: boolean;
}

/** Keys that ssh tries unasked, as far as they can be used without a device. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The order of ssh's own PreferredAuthentications, without what Slipway does not do. */
const DEFAULT_ORDER = 'publickey,keyboard-interactive,password';

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}

/** The blob of a public key or certificate file; null when it is not one. */
async function publicBlob(file: string): Promise<Buffer | null> {
  const word = (await ownFile(file, MAX_KEY_BYTES).catch(() => '')).trim().split(/\s+/)[1];
  const blob = word === undefined ? null : Buffer.from(word, 'base64');
  return blob === null || blob.length < 8 ? null : blob;
}

/**
 * True when the certificate is about this key: behind type and nonce it holds the key's fields as they stand in the key's own blob.
 * Source: OpenSSH, PROTOCOL.certkeys.
 */
function certifies(certificate: Buffer, key: Buffer): boolean {
  const typeLength = key.readUInt32BE(0);
  const fields = key.subarray(4 + typeLength);
  return fields.length > 0 && certificate.includes(fields);
}

class Ways {
  readonly #options: HostOptions;
  readonly #tokens: Tokens;
  readonly #local: LocalSide;
  readonly #notes: Notes;

  constructor(options: HostOptions, tokens: Tokens, local: LocalSide, notes: Notes) {
    this.#options = options;
    this.#tokens = tokens;
    this.#local = local;
    this.#notes = notes;
  }

  async auth(): Promise<AuthMethod[]> {
    const { pubkeyAuthentication, passwordAuthentication, kbdInteractiveAuthentication, preferredAuthentications } =
      this.#options;
    const order = (preferredAuthentications ?? DEFAULT_ORDER)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim());
    const methods: AuthMethod[] = [];
    for (const name of new Set(order)) {
      if (name === 'publickey' && pubkeyAuthentication !== false) methods.push(...(await this.#publicKeys()));
      else if (name === 'password' && passwordAuthentication !== false) methods.push({ kind: 'password' });
      else if (name === 'keyboard-interactive' && kbdInteractiveAuthentication !== false)
        methods.push({ kind: 'keyboard-interactive' });
    }
    // a profile has at least one way; this one asks for nothing until the server does
    return methods.length > 0 ? methods : [{ kind: 'keyboard-interactive' }];
  }

  hostKeys(): HostKeyRules {
    const { userKnownHostsFiles, hashKnownHosts, hostKeyAlias } = this.#options;
    const files = (userKnownHostsFiles ?? []).flatMap((file) => this.#path('userknownhostsfile', file) ?? []);
    const isNone = files.length === 0 || files.every((file) => file === '/dev/null' || file.toLowerCase() === 'nul');
    if (userKnownHostsFiles !== null && isNone) this.#note('userknownhostsfile', message('sshConfig.ownKnownHosts'));
    return { files: isNone ? null : files, hash: hashKnownHosts ?? false, alias: hostKeyAlias?.toLowerCase() ?? null };
  }

  async #publicKeys(): Promise<AuthMethod[]> {
    const { identityFiles, identitiesOnly } = this.#options;
    const named = identityFiles.flatMap((file) => this.#path('identityfile', file) ?? []);
    const defaults = DEFAULT_KEYS.map((name) => path.join(this.#local.home, '.ssh', name));
    const keys: string[] = [];
    const identities: string[] = [];
    for (const file of identityFiles.length > 0 ? named : defaults) {
      const isPublic = file.endsWith('.pub');
      const hasKey = !isPublic && (await isFile(file));
      // with its public half alone, the agent may have the key
      const known = hasKey || (await isFile(isPublic ? file : `${file}.pub`));
      if (known) identities.push(file);
      if (hasKey) keys.push(file);
      if (!known && identityFiles.length > 0) this.#note('identityfile', message('sshConfig.noKey', { file }), file);
    }
    const certificates = await this.#certificates(keys);
    const agent = this.#agent();
    const ways: AuthMethod[] = [];
    // with IdentitiesOnly and no key there is nothing to ask the agent for
    if (agent !== null && (identitiesOnly !== true || identities.length > 0))
      ways.push({ kind: 'agent', socket: agent.socket, only: identitiesOnly === true ? identities : [] });
    ways.push(
      ...keys.map((file): AuthMethod => ({ kind: 'key', path: file, certificate: certificates.get(file) ?? null })),
    );
    return ways;
  }

  /** The certificate of each key, where CertificateFile names it. */
  async #certificates(keys: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const publicHalves = new Map<string, Buffer | null>();
    for (const key of keys) publicHalves.set(key, await publicBlob(`${key}.pub`));
    for (const file of this.#options.certificateFiles.flatMap((name) => this.#path('certificatefile', name) ?? [])) {
      const blob = await publicBlob(file);
      if (blob === null) {
        this.#note('certificatefile', message('sshConfig.noCertificate', { file }), file);
        continue;
      }
      const owner = keys.find((key) => {
        const half = publicHalves.get(key);
        return half !== undefined && half !== null && certifies(blob, half);
      });
      const single = keys.length === 1 && publicHalves.get(keys[0] ?? '') === null ? keys[0] : undefined;
      const key = owner ?? single;
      if (key === undefined) this.#note('certificatefile', message('sshConfig.strayCertificate', { file }), file);
      else if (!found.has(key)) found.set(key, file);
    }
    return found;
  }

  /** Null: no agent is to be asked. `socket` null: the one of the session. */
  #agent(): { socket: string | null } | null {
    const { identityAgent } = this.#options;
    if (
      identityAgent === null ||
      identityAgent === 'SSH_AUTH_SOCK' ||
      identityAgent === '$SSH_AUTH_SOCK' ||
      identityAgent === '${SSH_AUTH_SOCK}'
    )
      return { socket: null };
    if (identityAgent.toLowerCase() === 'none') return null;
    const variable = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(identityAgent)?.[1];
    if (variable !== undefined) {
      const socket = this.#local.environment[variable];
      if (socket === undefined || socket === '')
        this.#note('identityagent', message('sshConfig.noAgentVariable', { name: variable }));
      return socket === undefined || socket === '' ? null : { socket };
    }
    const socket = this.#path('identityagent', identityAgent);
    // reading a value takes one of two backslashes away, also of the pipe that people on Windows copy from its manual
    return socket === null ? null : { socket: socket.replace(/^\\(?=\.\\pipe\\)/, '\\\\') };
  }

  #path(keyword: string, text: string): string | null {
    if (text.toLowerCase() === 'none') return null;
    const expanded = expand(expandTilde(text, this.#local.home), this.#tokens, this.#local.environment);
    if ('reason' in expanded) {
      this.#note(keyword, message('sshConfig.inText', { reason: expanded.reason, text }), text);
      return null;
    }
    return expanded.value;
  }

  #note(keyword: string, reason: Message, value?: string): void {
    const lines = this.#options.sources.filter((line) => line.keyword === keyword);
    const line =
      lines.find(({ rest }) => value !== undefined && value.endsWith(rest.replace(/^["~]+|"$/g, ''))) ?? lines[0];
    if (line !== undefined) this.#notes.add(line, reason);
  }
}

/** Puts what a configuration says into the terms of a profile. Reads which key files are there, never a private key. */
export async function authFromConfig(
  options: HostOptions,
  tokens: Tokens,
  local: LocalSide,
  notes: Notes,
): Promise<WayIn> {
  const ways = new Ways(options, tokens, local, notes);
  const { userKnownHostsFiles, hostKeyAlias } = options;
  return {
    auth: await ways.auth(),
    hostKeys: ways.hostKeys(),
    hasOwnHostKeys: userKnownHostsFiles !== null || hostKeyAlias !== null,
  };
}
