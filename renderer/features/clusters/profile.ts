import type { InputOf } from '../../../shared/contract/index.ts';
import { DEFAULT_IMAGE_FOLDERS, DEFAULT_RUN_ROOT } from '../../../shared/domain/cluster/defaults.ts';
import type { AuthMethod, ClusterProfile, JumpHost } from '../../../shared/domain/cluster/profile.ts';
import { slurmReadsInPath } from '../../../shared/domain/job/outputPath.ts';
import { formatBytes, parseFileSize } from '../../../shared/lib/bytes.ts';

/** A hop as its form holds it. */
export interface JumpDraft extends Omit<JumpHost, 'port'> {
  port: number | null;
}

/** A profile as its form holds it: texts and numbers that may not be valid yet. Empty texts are what Slipway or ssh would take. */
export interface ProfileDraft {
  name: string;
  host: string;
  port: number | null;
  user: string;
  auth: readonly AuthMethod[];
  /** From here to there. */
  jump: readonly JumpDraft[];
  /** One known_hosts file per line. */
  knownHosts: string;
  hashHosts: boolean;
  hostKeyAlias: string;
  runRoot: string;
  groupMayRead: boolean;
  /** One folder per line. */
  imageFolders: string;
  /** One partition per line: `gpu: /scratch/images, /local/images`. */
  imageNodes: string;
  slurmBin: string;
  quotaCommand: string;
  communityFolder: string;
  pollSeconds: number | null;
  /** As a person writes it: `50 GiB`. */
  maxFileSize: string;
  currency: string;
  nodeHour: number | null;
  memoryGbHour: number | null;
  gpuHour: number | null;
  coreHour: number | null;
}

const RATES = ['nodeHour', 'memoryGbHour', 'gpuHour', 'coreHour'] as const;
/** The currency is a proposal only: without a price it is not saved. */
const NO_RATES = { currency: 'USD', nodeHour: null, memoryGbHour: null, gpuHour: null, coreHour: null };

/** Whether the draft names a price: then those that it leaves empty are 0. Otherwise the cluster has no rates. */
export const hasRates = (draft: Pick<ProfileDraft, (typeof RATES)[number]>): boolean =>
  RATES.some((key) => draft[key] !== null);

export const NEW_PROFILE: ProfileDraft = {
  name: '',
  host: '',
  port: 22,
  user: '',
  auth: [
    { kind: 'agent', socket: null, only: [] },
    { kind: 'key', path: '~/.ssh/id_ed25519', certificate: null },
    { kind: 'keyboard-interactive' },
    { kind: 'password' },
  ],
  jump: [],
  knownHosts: '',
  hashHosts: false,
  hostKeyAlias: '',
  runRoot: DEFAULT_RUN_ROOT,
  groupMayRead: false,
  imageFolders: DEFAULT_IMAGE_FOLDERS.join('\n'),
  imageNodes: '',
  slurmBin: '',
  quotaCommand: '',
  communityFolder: '',
  pollSeconds: 5,
  maxFileSize: '50 GiB',
  ...NO_RATES,
};

export const NEW_HOP: JumpDraft = { host: '', port: 22, user: '', auth: null };

export function emptyMethod(kind: AuthMethod['kind']): AuthMethod {
  switch (kind) {
    case 'agent':
      return { kind, socket: null, only: [] };
    case 'key':
      return { kind, path: '', certificate: null };
    case 'password':
    case 'keyboard-interactive':
      return { kind };
  }
}

export function draftOf(profile: ClusterProfile): ProfileDraft {
  const { name, host, port, user, auth, jump, hostKeys, runRoot, pollSeconds, rates } = profile;
  return {
    name,
    host,
    port,
    user,
    auth,
    jump,
    knownHosts: hostKeys.files?.join('\n') ?? '',
    hashHosts: hostKeys.hash,
    hostKeyAlias: hostKeys.alias ?? '',
    runRoot,
    groupMayRead: profile.groupMayRead,
    pollSeconds,
    imageFolders: profile.imageFolders.join('\n'),
    imageNodes: profile.imageNodes.map(({ partition, folders }) => `${partition}: ${folders.join(', ')}`).join('\n'),
    slurmBin: profile.slurmBin ?? '',
    quotaCommand: profile.quotaCommand ?? '',
    communityFolder: profile.communityFolder ?? '',
    maxFileSize: formatBytes(profile.maxFileSize),
    ...(rates ?? NO_RATES),
  };
}

export type ProfileProblem =
  'needed' | 'port' | 'poll' | 'size' | 'currency' | 'rate' | 'method' | 'runRoot' | 'imageNodes';
/** By the path of the field: `port`, `auth.0.path`, `jump.1.user`. */
export type ProfileProblems = Readonly<Record<string, ProfileProblem>>;

/** What keeps a draft from being saved, by field. The core checks the same and more. */
export function problemsOf(draft: ProfileDraft): ProfileProblems {
  const problems: Record<string, ProfileProblem> = {};
  for (const key of ['name', 'host', 'user', 'runRoot'] as const) if (isBlank(draft[key])) problems[key] = 'needed';
  if (slurmReadsInPath(draft.runRoot) !== null) problems['runRoot'] = 'runRoot';
  if (!isWhole(draft.port, 1, 65_535)) problems['port'] = 'port';
  if (!isWhole(draft.pollSeconds, 2, 3600)) problems['pollSeconds'] = 'poll';
  if (!((parseFileSize(draft.maxFileSize) ?? 0) >= 1)) problems['maxFileSize'] = 'size';
  if ((hasRates(draft) || !isBlank(draft.currency)) && !/^[A-Za-z]{3}$/.test(draft.currency.trim()))
    problems['currency'] = 'currency';
  for (const key of RATES) if (draft[key] !== null && draft[key] < 0) problems[key] = 'rate';
  if (nodesOf(draft.imageNodes) === null) problems['imageNodes'] = 'imageNodes';
  methodProblems(draft.auth, 'auth', problems);
  for (const [index, hop] of draft.jump.entries()) {
    const at = `jump.${String(index)}`;
    if (isBlank(hop.host)) problems[`${at}.host`] = 'needed';
    if (isBlank(hop.user)) problems[`${at}.user`] = 'needed';
    if (!isWhole(hop.port, 1, 65_535)) problems[`${at}.port`] = 'port';
    if (hop.auth) methodProblems(hop.auth, `${at}.auth`, problems);
  }
  return problems;
}

function methodProblems(auth: readonly AuthMethod[], at: string, problems: Record<string, ProfileProblem>): void {
  if (auth.length === 0) problems[at] = 'method';
  for (const [index, method] of auth.entries())
    if (method.kind === 'key' && isBlank(method.path)) problems[`${at}.${String(index)}.path`] = 'needed';
}

/** The partitions of a text with the folders on their nodes; null where a line is not `partition: folder, folder`. */
function nodesOf(text: string): ClusterProfile['imageNodes'] | null {
  const nodes = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const [, partition, rest] = /^([^\s:]+)\s*:(.*)$/.exec(line) ?? [];
    const folders = (rest ?? '')
      .split(',')
      .map((folder) => folder.trim())
      .filter((folder) => folder !== '');
    if (partition === undefined || folders.length === 0) return null;
    nodes.set(partition, [...(nodes.get(partition) ?? []), ...folders]);
  }
  return [...nodes].map(([partition, folders]) => ({ partition, folders }));
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function isWhole(value: number | null, min: number, max: number): boolean {
  return value !== null && Number.isInteger(value) && value >= min && value <= max;
}

/** An id of a new cluster from its name: letters, digits and `-`, not one of those that are taken. */
export function idFor(name: string, taken: readonly string[]): string {
  const slug =
    name
      .toLowerCase()
      .normalize('NFKD')
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 48) || 'cluster';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? slug : `${slug}-${String(number)}`;
    // `new` and `import` are addresses of this screen
    if (id !== 'new' && id !== 'import' && !taken.includes(id)) return id;
  }
}

type SavedProfile = InputOf<'clusters.save'>['profile'];

/** The profile of a draft without problems. What the form does not show stays as it was in `before`. */
export function profileOf(draft: ProfileDraft, before: ClusterProfile | null, id: string): SavedProfile {
  const { currency, nodeHour, memoryGbHour, gpuHour, coreHour } = draft;
  // an unchanged size must not be rounded by its display
  const size =
    before && formatBytes(before.maxFileSize) === draft.maxFileSize
      ? before.maxFileSize
      : (parseFileSize(draft.maxFileSize) ?? 1);
  const files = linesOf(draft.knownHosts);
  return {
    ...before,
    id,
    kind: before?.kind ?? 'ssh',
    name: draft.name.trim(),
    host: draft.host.trim(),
    port: draft.port ?? 22,
    user: draft.user.trim(),
    auth: draft.auth.map(savedMethod),
    jump: draft.jump.map((hop) => ({
      host: hop.host.trim(),
      port: hop.port ?? 22,
      user: hop.user.trim(),
      auth: hop.auth?.map(savedMethod) ?? null,
    })),
    hostKeys: {
      files: files.length === 0 ? null : files,
      hash: draft.hashHosts,
      alias: textOrNull(draft.hostKeyAlias),
    },
    runRoot: draft.runRoot.trim(),
    groupMayRead: draft.groupMayRead,
    imageFolders: linesOf(draft.imageFolders),
    imageNodes: nodesOf(draft.imageNodes) ?? [],
    slurmBin: textOrNull(draft.slurmBin),
    quotaCommand: textOrNull(draft.quotaCommand),
    communityFolder: textOrNull(draft.communityFolder),
    pollSeconds: draft.pollSeconds ?? 5,
    maxFileSize: size,
    rates: hasRates(draft)
      ? {
          currency: currency.trim().toUpperCase(),
          nodeHour: nodeHour ?? 0,
          memoryGbHour: memoryGbHour ?? 0,
          gpuHour: gpuHour ?? 0,
          coreHour: coreHour ?? 0,
        }
      : null,
  };
}

function savedMethod(method: AuthMethod): AuthMethod {
  if (method.kind === 'key')
    return { ...method, path: method.path.trim(), certificate: textOrNull(method.certificate ?? '') };
  if (method.kind === 'agent')
    return {
      ...method,
      socket: textOrNull(method.socket ?? ''),
      only: method.only.map((path) => path.trim()).filter((path) => path !== ''),
    };
  return method;
}

/** Lines that say something, without the blanks around them. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function textOrNull(text: string): string | null {
  return isBlank(text) ? null : text.trim();
}
