/**
 * How much is kept of what an image says of itself. An image is written by anybody; what goes beyond is cut and said to be cut. Apart from the
 * schemas, so that the page can use them without their library. Characters are UTF-16 units.
 */
export const IMAGE_LIMITS = {
  /** Characters of a definition file: the longest public ones have some tens of thousands. */
  definition: 262_144,
  /** Characters of a runscript, a help text, one file of the environment. */
  script: 65_536,
  /** Characters of a name: of a label, an app, a file of the environment. */
  name: 255,
  /** Characters of the value of one label. */
  labelValue: 16_384,
  /** Labels of an image; of an app too. */
  labels: 500,
  apps: 200,
  /** Files of the environment: those of `/.singularity.d/env`. */
  environmentFiles: 64,
  /** Partitions, and signatures: as many as a SIF file has room for by default. */
  partitions: 48,
  signatures: 48,
  /** Entries of ENTRYPOINT, CMD and ENV of an OCI image. */
  arguments: 500,
  /** Characters of everything together that one image may bring: what is stored and sent for each of thousands. */
  total: 1_048_576,
} as const;
