import type { ImageSummary } from '../schema.ts';

/** An image of a test by its path, of which nothing is known but what the test says. */
export function exampleImage(path: string, changes: Partial<ImageSummary> = {}): ImageSummary {
  const slash = path.lastIndexOf('/');
  return {
    name: path.slice(slash + 1),
    path,
    otherPaths: [],
    folder: path.slice(0, slash),
    node: null,
    partition: null,
    kind: 'sif',
    type: 'custom',
    size: 1,
    modifiedAt: 0,
    title: null,
    version: null,
    description: null,
    architecture: 'unknown',
    gpu: { need: 'unknown', evidence: [] },
    mpi: null,
    apps: [],
    labels: {},
    signed: null,
    encrypted: false,
    fileSystem: null,
    uuid: null,
    createdAt: null,
    digest: null,
    lastScannedAt: 0,
    active: true,
    usedIn: 0,
    lastUsedAt: null,
    problem: null,
    ...changes,
  };
}
