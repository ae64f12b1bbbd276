import type { InputOf } from '../../../shared/contract/index.ts';
import { DEFAULT_IMAGE_FOLDERS, DEFAULT_RATES, DEFAULT_RUN_ROOT } from '../../../shared/domain/clusterDefaults.ts';
import type { AuthMethod, ClusterProfile } from '../../../shared/domain/cluster.ts';
import { formatBytes, parseFileSize } from '../../../shared/lib/bytes.ts';

/** A profile as its form holds it: texts and numbers that may not be valid yet. */
export interface ProfileDraft {
  name: string;
  host: string;
  port: number | null;
  user: string;
  auth: readonly AuthMethod[];
  runRoot: string;
  /** One folder per line. */
  imageFolders: string;
  slurmBin: string;
  pollSeconds: number | null;
  /** As a person writes it: `50 GiB`. */
  maxFileSize: string;
  currency: string;
  nodeHour: number | null;
  memoryGbHour: number | null;
  gpuHour: number | null;
  coreHour: number | null;
}

export const NEW_PROFILE: ProfileDraft = {
  name: '',
  host: '',
  port: 22,
  user: '',
  auth: [{ kind: 'agent', socket: null, only: [] }, { kind: 'key', path: '~/.ssh/id_ed25519', certificate: null }, { kind: 'keyboard-interactive' }, { kind: 'password' }],
  runRoot: DEFAULT_RUN_ROOT,
  imageFolders: DEFAULT_IMAGE_FOLDERS.join('\n'),
  slurmBin: '',
  pollSeconds: 5,
  maxFileSize: '50 GiB',
  ...DEFAULT_RATES,
};

export function draftOf(profile: ClusterProfile): ProfileDraft {
  const { name, host, port, user, auth, runRoot, pollSeconds, rates } = profile;
  return { name, host, port, user, auth, runRoot, pollSeconds, imageFolders: profile.imageFolders.join('\n'), slurmBin: profile.slurmBin ?? '', maxFileSize: formatBytes(profile.maxFileSize), ...rates };
}

export type ProfileProblem = 'needed' | 'port' | 'poll' | 'size' | 'currency' | 'rate' | 'method';

/** What keeps a draft from being saved, by field. The core checks the same and more. */
export function problemsOf(draft: ProfileDraft): Partial<Record<keyof ProfileDraft, ProfileProblem>> {
  const problems: Partial<Record<keyof ProfileDraft, ProfileProblem>> = {};
  for (const key of ['name', 'host', 'user', 'runRoot'] as const) if (draft[key].trim() === '') problems[key] = 'needed';
  if (!isWhole(draft.port, 1, 65_535)) problems.port = 'port';
  if (!isWhole(draft.pollSeconds, 2, 3600)) problems.pollSeconds = 'poll';
  if (!((parseFileSize(draft.maxFileSize) ?? 0) >= 1)) problems.maxFileSize = 'size';
  if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) problems.currency = 'currency';
  for (const key of ['nodeHour', 'memoryGbHour', 'gpuHour', 'coreHour'] as const) if (draft[key] === null || draft[key] < 0) problems[key] = 'rate';
  if (draft.auth.length === 0 || draft.auth.some((method) => method.kind === 'key' && method.path.trim() === '')) problems.auth = 'method';
  return problems;
}

function isWhole(value: number | null, min: number, max: number): boolean {
  return value !== null && Number.isInteger(value) && value >= min && value <= max;
}

/** An id of a new cluster from its name: letters, digits and `-`, not one of those that are taken. */
export function idFor(name: string, taken: readonly string[]): string {
  const slug = name.toLowerCase().normalize('NFKD').replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 48) || 'cluster';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? slug : `${slug}-${String(number)}`;
    // `new` is the address of the empty form
    if (id !== 'new' && !taken.includes(id)) return id;
  }
}

/** The profile of a draft without problems. What the form does not show stays as it was. */
export function profileOf(draft: ProfileDraft, before: ClusterProfile | null, newId: string): InputOf<'clusters.save'>['profile'] {
  const { currency, nodeHour, memoryGbHour, gpuHour, coreHour } = draft;
  // an unchanged size must not be rounded by its display
  const size = before && formatBytes(before.maxFileSize) === draft.maxFileSize ? before.maxFileSize : (parseFileSize(draft.maxFileSize) ?? 1);
  return {
    id: before?.id ?? (newId),
    kind: before?.kind ?? 'ssh',
    name: draft.name.trim(),
    host: draft.host.trim(),
    port: draft.port ?? 22,
    user: draft.user.trim(),
    auth: draft.auth.map((method) => (method.kind === 'key' ? { ...method, path: method.path.trim() } : method)),
    runRoot: draft.runRoot.trim(),
    imageFolders: draft.imageFolders.split('\n').map((line) => line.trim()).filter((line) => line !== ''),
    slurmBin: draft.slurmBin.trim() === '' ? null : draft.slurmBin.trim(),
    pollSeconds: draft.pollSeconds ?? 5,
    maxFileSize: size,
    rates: { currency: currency.trim().toUpperCase(), nodeHour: nodeHour ?? 0, memoryGbHour: memoryGbHour ?? 0, gpuHour: gpuHour ?? 0, coreHour: coreHour ?? 0 },
  };
}
