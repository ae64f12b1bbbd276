import type { AuthMethod } from '../../../shared/domain/cluster/profile.ts';
import { ReasonError, reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { message, verbatim, type Message } from '../../../shared/messages/message.ts';
import { AgentClient, agentAddresses, type AgentKey } from './agentClient.ts';
import { outsideValidity, parseCertificate, type Certificate } from './certificate.ts';
import { fingerprintOf, keyTypeOf } from '../hostkeys/knownHosts.ts';
import { MAX_KEY_BYTES, ownFile } from '../ownFile.ts';
import { parsePublicLine } from './publicKey.ts';
import { expandHome, PrivateKeyFile, type AskPassphrase } from './privateKey.ts';
import { WireReader } from './wireReader.ts';

/** Something that can be offered as `publickey`. */
export interface Identity {
  readonly kind: 'agent' | 'key';
  /** For people: which key, and from where. */
  readonly what: Message;
  /** The type of the key itself, certified or not. */
  readonly keyType: string;
  /** What is offered: the public key, or a certificate. */
  readonly blob: Buffer;
  readonly certified: boolean;
  /** True when the profile names this key. */
  readonly named: boolean;
  /** A signature in SSH's form by this algorithm. Rejects in plain words, or with KEY_UNREADABLE or CANCELLED. */
  sign(data: Buffer, algorithm: string): Promise<Buffer>;
}

/** The key files of one connection, each read once and unlocked once, however many servers on the way want it. */
export class KeyRing {
  readonly #files = new Map<string, Promise<PrivateKeyFile>>();

  open(keyPath: string, ask: AskPassphrase): Promise<PrivateKeyFile> {
    const file = this.#files.get(keyPath) ?? PrivateKeyFile.open(keyPath, ask);
    this.#files.set(keyPath, file);
    return file;
  }
}

export interface Gathering {
  readonly auth: readonly AuthMethod[];
  readonly user: string;
  readonly keys: KeyRing;
  readonly ask: AskPassphrase;
  /** Hears of what cannot be offered, and why; `error` when a file is at fault. */
  readonly skipped: (method: 'agent' | 'key', what: Message, error: unknown) => void;
  /** Epoch ms. */
  readonly now: number;
}

type KeyMethod = Extract<AuthMethod, { kind: 'key' }>;
type AgentMethod = Extract<AuthMethod, { kind: 'agent' }>;

/**
 * What a profile's agents and keys come to, in the order in which it is offered. Servers end a login after six refusals or fewer, so the
 * keys that the profile names come first, wherever they are held, and those that an agent holds besides come where the agent stands.
 */
export async function gatherIdentities(gathering: Gathering): Promise<Identity[]> {
  const { auth } = gathering;
  const held = new Map<AgentMethod, Identity[]>();
  for (const method of auth) if (method.kind === 'agent') held.set(method, await fromAgent(method, gathering));
  const named: Identity[] = [];
  const rest: Identity[] = [];
  for (const method of auth) {
    if (method.kind === 'agent') (method.only.length > 0 ? named : rest).push(...(held.get(method) ?? []));
    if (method.kind === 'key') named.push(...(await fromFile(method, [...held.values()].flat(), gathering)));
  }
  // the same key or certificate once, in its best place
  const seen = new Set<string>();
  return [...named, ...rest].filter(({ blob }) => {
    const text = blob.toString('base64');
    return !seen.has(text) && Boolean(seen.add(text));
  });
}

async function fromAgent(method: AgentMethod, { skipped, user, now }: Gathering): Promise<Identity[]> {
  const addresses = agentAddresses(method.socket);
  if (addresses.length === 0) skipped('agent', message('login.theAgent'), new ReasonError(message('login.noAgent')));
  const only = await Promise.all(
    method.only.map(async (file) => (await publicHalves(file)).map((blob) => blob.toString('base64'))),
  );
  const wanted = method.only.length === 0 ? null : new Set(only.flat());
  for (const [index, address] of addresses.entries()) {
    const agent = new AgentClient(address);
    const at = message('login.agentAt', { address });
    try {
      const keys = await agent.identities();
      const identities = keys
        .filter(({ blob }) => wanted === null || wanted.has(plainOf(blob).toString('base64')))
        .map((key) => agentIdentity(agent, key, wanted !== null, user))
        .filter((identity) =>
          isTimely(
            identity.blob,
            (reason) => {
              skipped('agent', identity.what, new ReasonError(reason));
            },
            now,
          ),
        );
      if (keys.length === 0) skipped('agent', at, new ReasonError(message('login.agentEmpty')));
      else if (identities.length === 0 && wanted !== null)
        skipped('agent', at, new ReasonError(message('login.agentHoldsOthers')));
      // certificates first, as ssh does: where they are wanted a bare key is one refusal more
      return identities.toSorted((a, b) => Number(b.certified) - Number(a.certified));
    } catch (error) {
      if (index === addresses.length - 1) skipped('agent', at, error);
    }
  }
  return [];
}

function agentIdentity(agent: AgentClient, { blob, comment }: AgentKey, named: boolean, user: string): Identity {
  const certificate = parseCertificate(blob);
  const keyType = certificate?.keyType ?? keyTypeOf(blob);
  return {
    kind: 'agent',
    what: message('login.fromAgent', { key: described(blob, certificate, user), comment }),
    keyType,
    blob,
    certified: certificate !== null,
    named,
    sign: async (data, algorithm) => {
      const signature = await agent.sign(
        blob,
        data,
        algorithm === 'rsa-sha2-256' ? 2 : algorithm === 'rsa-sha2-512' ? 4 : 0,
      );
      // an old agent does not know the flags
      if (new WireReader(signature).text() === 'ssh-rsa') throw new ReasonError(message('login.sha1Only'));
      return signature;
    },
  };
}

/** A key file: what an agent holds of it saves the passphrase; its certificate comes before the bare key. */
async function fromFile(
  method: KeyMethod,
  held: readonly Identity[],
  { keys, ask, skipped, user, now }: Gathering,
): Promise<Identity[]> {
  const identities: Identity[] = [];
  const certificateFile = method.certificate ?? `${method.path}-cert.pub`;
  const certificateBlob = parsePublicLine(await ownFile(expandHome(certificateFile), MAX_KEY_BYTES).catch(() => ''));
  const certificate = certificateBlob === null ? null : parseCertificate(certificateBlob);
  if (certificate === null && (method.certificate !== null || certificateBlob !== null)) {
    skipped('key', verbatim(certificateFile), new ReasonError(message('login.noCertificate')));
  }
  const halves = (await publicHalves(method.path)).map((blob) => blob.toString('base64'));
  for (const identity of held)
    if (halves.includes(plainOf(identity.blob).toString('base64'))) identities.push({ ...identity, named: true });
  let file: PrivateKeyFile;
  try {
    file = await keys.open(method.path, ask);
  } catch (error) {
    if (identities.length > 0) return identities;
    skipped('key', verbatim(method.path), error);
    return [];
  }
  const offered = (blob: Buffer, what: Message, certified: boolean): Identity => ({
    kind: 'key',
    what,
    keyType: file.keyType,
    blob,
    certified,
    named: true,
    sign: (data, algorithm) => file.sign(data, algorithm, ask),
  });
  if (certificate !== null) {
    const what = message('login.ofFile', { key: described(certificate.blob, certificate, user), path: method.path });
    const refuse = (reason: Message): void => {
      skipped('key', what, new ReasonError(reason));
    };
    if (!certificate.publicKey.equals(file.publicKey)) refuse(message('login.certifiesAnother'));
    else if (certificate.kind !== 'user') refuse(message('login.hostCertificate'));
    else if (isTimely(certificate.blob, refuse, now)) identities.push(offered(certificate.blob, what, true));
  }
  identities.push(
    offered(
      file.publicKey,
      message('login.ofFile', { key: described(file.publicKey, null, user), path: method.path }),
      false,
    ),
  );
  return identities.toSorted((a, b) => Number(b.certified) - Number(a.certified));
}

function isTimely(blob: Buffer, refuse: (reason: Message) => void, now: number): boolean {
  const certificate = parseCertificate(blob);
  const reason = certificate === null ? null : outsideValidity(certificate, now);
  if (reason !== null) refuse(reason);
  return reason === null;
}

/** The bare public key of what an agent holds. */
function plainOf(blob: Buffer): Buffer {
  return parseCertificate(blob)?.publicKey ?? blob;
}

/** The public halves that a named file stands for, found without its passphrase: `.pub` beside it, or itself. */
async function publicHalves(keyPath: string): Promise<Buffer[]> {
  const read = (file: string): Promise<string> => ownFile(expandHome(file), MAX_KEY_BYTES).catch(() => '');
  const beside = parsePublicLine(await read(`${keyPath}.pub`)) ?? parsePublicLine(await read(keyPath));
  if (beside !== null) return [plainOf(beside)];
  const decline = async (): Promise<never> => Promise.reject(new Error('locked'));
  return PrivateKeyFile.open(keyPath, decline).then(
    ({ publicKey }) => [publicKey],
    () => [],
  );
}

/** A server may map other principals to the user, so a certificate for others is still offered: its line says whom it is for. */
function described(blob: Buffer, certificate: Certificate | null, user: string): Message {
  if (certificate === null) return verbatim(`${keyTypeOf(blob)} ${fingerprintOf(blob)}`);
  const { principals, keyId, publicKey } = certificate;
  const said = {
    id: keyId,
    names: principals.length === 0 ? message('login.anyUser') : principals.join(', '),
    fingerprint: fingerprintOf(publicKey),
  };
  return principals.length === 0 || principals.includes(user)
    ? message('login.certificate', said)
    : message('login.certificateNotFor', { ...said, user });
}

/** What went wrong with a key, for a line of the trace. */
export function skippedBecause(what: Message, error: unknown): Message {
  return message('login.skipped', { what, reason: reasonMessage(error) });
}
