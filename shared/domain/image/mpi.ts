import { environmentOf } from './environment.ts';
import type { ImageEvidence } from './gpuNeed.ts';
import type { ImageMetadata } from './metadata.ts';

export interface ImageMpi {
  readonly flavour: 'Open MPI' | 'MPICH' | 'MVAPICH' | 'Intel MPI';
  /** As the image writes it; null where it does not. */
  readonly version: string | null;
  readonly evidence: ImageEvidence;
}

/** How each is called, and the variables that hold its version or place. */
const FLAVOURS: readonly {
  readonly flavour: ImageMpi['flavour'];
  readonly name: RegExp;
  readonly variables: readonly string[];
  readonly labels: readonly string[];
}[] = [
  {
    flavour: 'MVAPICH',
    name: /\bmvapich\d?\b(?:[-_ =:v]{1,3}(\d{1,4}(?:\.\d{1,4}){1,3}))?/gi,
    variables: ['MVAPICH_VERSION', 'MVAPICH_DIR'],
    labels: ['mvapich', 'mvapich.version', 'org.mvapich.version'],
  },
  {
    flavour: 'Intel MPI',
    name: /\b(?:intel-?mpi|intel-oneapi-mpi|impi)\b(?:[-_ =:v]{1,3}(\d{1,4}(?:\.\d{1,4}){1,3}))?/gi,
    variables: ['I_MPI_VERSION', 'I_MPI_ROOT'],
    labels: ['intelmpi', 'intel-mpi', 'impi.version'],
  },
  {
    flavour: 'Open MPI',
    name: /\b(?:lib)?open-?mpi\d?\b(?:[-_ =:v]{1,3}(\d{1,4}(?:\.\d{1,4}){1,3}))?/gi,
    variables: ['OMPI_VERSION', 'OPENMPI_VERSION', 'OMPI_DIR', 'OPAL_PREFIX'],
    labels: ['openmpi', 'open-mpi', 'ompi.version', 'openmpi.version', 'org.open-mpi.version'],
  },
  {
    flavour: 'MPICH',
    name: /\b(?:lib)?mpich\d?\b(?:[-_ =:v]{1,3}(\d{1,4}(?:\.\d{1,4}){1,3}))?/gi,
    variables: ['MPICH_VERSION', 'MPICH_DIR'],
    labels: ['mpich', 'mpich.version', 'org.mpich.version'],
  },
];
const VERSION = /^v?(\d{1,4}(?:\.\d{1,4}){0,3})/;
const ASSIGNED = /\b([A-Z]{3,20}_VERSION)=["']?v?(\d{1,4}(?:\.\d{1,4}){0,3})/;
const LONGEST_LINE = 1000;

/**
 * The MPI that the image brings, by its labels, its environment or its definition file, in this order; null where none is named. It has to fit the one of
 * the cluster where jobs span nodes. Source: apptainer.org, user guide, “Apptainer and MPI applications”.
 */
export function mpiOf(image: ImageMetadata): ImageMpi | null {
  return ofLabels(image) ?? ofEnvironment(image) ?? ofDefinition(image);
}

function ofLabels({ labels }: ImageMetadata): ImageMpi | null {
  for (const [name, value] of Object.entries(labels))
    for (const { flavour, labels: spellings } of FLAVOURS)
      if (spellings.includes(name.toLowerCase())) return said(flavour, VERSION.exec(value)?.[1], 'label', name, value);
  for (const [name, value] of Object.entries(labels))
    if (name.toLowerCase() === 'mpi' || name.toLowerCase() === 'mpi.implementation')
      for (const { flavour, name: pattern } of FLAVOURS) {
        const version = versionIn(value.slice(0, LONGEST_LINE), pattern);
        if (version !== null) return said(flavour, version, 'label', name, value);
      }
  return null;
}

function ofEnvironment(image: ImageMetadata): ImageMpi | null {
  const environment = environmentOf(image);
  for (const { flavour, variables } of FLAVOURS)
    for (const name of variables) {
      const value = environment.get(name);
      if (value === undefined) continue;
      const version = name.endsWith('_VERSION') ? VERSION.exec(value)?.[1] : undefined;
      return said(flavour, version, 'environment', name, value);
    }
  return null;
}

/** A version may stand elsewhere than the name that is met first: a line that has both is preferred. */
function ofDefinition({ definition }: ImageMetadata): ImageMpi | null {
  let first: ImageMpi | null = null;
  for (const line of (definition?.text ?? '').split('\n')) {
    if (line.length > LONGEST_LINE || /^\s*#/.test(line)) continue;
    const assigned = ASSIGNED.exec(line);
    for (const { flavour, name, variables } of FLAVOURS) {
      const version =
        assigned?.[1] !== undefined && variables.includes(assigned[1]) ? assigned[2] : versionIn(line, name);
      if (typeof version === 'string') return said(flavour, version, 'definition', flavour, line.trim());
      if (version === undefined) first ??= said(flavour, undefined, 'definition', flavour, line.trim());
    }
  }
  return first;
}

/** The version behind the name, undefined where none of its places has one, null where the text does not name it. */
function versionIn(text: string, name: RegExp): string | undefined | null {
  const matches = [...text.matchAll(name)];
  return matches.length === 0 ? null : matches.map(([, version]) => version).find((version) => version !== undefined);
}

function said(
  flavour: ImageMpi['flavour'],
  version: string | undefined,
  where: ImageEvidence['where'],
  name: string,
  text: string,
): ImageMpi {
  return { flavour, version: version ?? null, evidence: { where, name, text: text.slice(0, 200) } };
}
