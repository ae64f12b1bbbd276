import type { ImageMetadata } from '../metadata.ts';

/** An image that says nothing of itself, and what a test has it say. */
export function someMetadata(says: Partial<ImageMetadata>): ImageMetadata {
  return {
    kind: 'sif',
    size: 1,
    sifVersion: '01',
    uuid: null,
    createdAt: null,
    modifiedAt: null,
    architecture: 'amd64',
    architectureCode: null,
    rootFileSystem: { type: 'squashfs', compression: 'gzip', encrypted: false, size: 1 },
    overlays: [],
    oci: null,
    signatures: [],
    encrypted: false,
    unknown: [],
    labels: {},
    labelSource: null,
    definition: null,
    apps: [],
    environment: [],
    runscript: null,
    startscript: null,
    test: null,
    help: null,
    ...says,
  };
}
