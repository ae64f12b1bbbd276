import type { ImageApp, ImageMetadata } from './metadata.ts';

type Labelled = Pick<ImageMetadata, 'labels'>;

/** Spellings of what one label says, the surest first. Case does not count. */
const SPELLINGS = {
  title: ['org.opencontainers.image.title', 'org.label-schema.name', 'title', 'name'],
  version: ['org.opencontainers.image.version', 'org.label-schema.version', 'version', 'image.version', 'app.version'],
  description: [
    'org.opencontainers.image.description',
    'org.label-schema.description',
    'description',
    'summary',
    'io.k8s.description',
  ],
  author: ['org.opencontainers.image.authors', 'maintainer', 'author', 'authors'],
  /** The image that it was built from. */
  base: [
    'org.opencontainers.image.base.name',
    'org.label-schema.usage.singularity.deffile.from',
    // of Singularity 2.2
    'singularity_deffile_from',
  ],
} as const;

/**
 * Distributions whose own images carry `org.opencontainers.image.version`: an image that was built on one inherits the label, and “22.04” is then
 * Ubuntu's version and not its own. They name themselves in this label beside it.
 */
const DISTRIBUTION_LABEL = 'org.opencontainers.image.ref.name';
const DISTRIBUTIONS = ['ubuntu', 'debian', 'fedora', 'rockylinux', 'almalinux', 'opensuse', 'alpine'];

/** The value of a label in one of its spellings, or null where none has one. Empty values and those of nothing but dashes say nothing. */
export function labelOf({ labels }: Labelled, spellings: readonly string[]): string | null {
  const byName = new Map(Object.entries(labels).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  for (const spelling of spellings) {
    const value = byName.get(spelling);
    if (value !== undefined && value !== '' && !/^[-?]+$/.test(value)) return value;
  }
  return null;
}

/** What the image is called by its labels. */
export function titleOf(image: Labelled): string | null {
  return labelOf(image, SPELLINGS.title);
}

/** The version of what is in the image; that of a distribution below it is none. */
export function versionOf(image: Labelled): string | null {
  const named = labelOf(image, [DISTRIBUTION_LABEL])?.toLowerCase() ?? '';
  const isInherited = DISTRIBUTIONS.includes(named) && titleOf(image)?.toLowerCase() !== named;
  return labelOf(image, isInherited ? SPELLINGS.version.slice(1) : SPELLINGS.version);
}

export function descriptionOf(image: Labelled): string | null {
  return labelOf(image, SPELLINGS.description);
}

export function authorOf(image: Labelled): string | null {
  return labelOf(image, SPELLINGS.author);
}

/** The image that this one was built from, and what says so: `From` of its definition file, or else a label by its name. */
export function baseWithSource(
  image: Pick<ImageMetadata, 'labels' | 'definition'>,
): { readonly base: string; readonly where: 'definition' | 'label'; readonly name: string } | null {
  const from = /^[ \t]*from[ \t]*:[ \t]*(\S{1,500})/im.exec(image.definition?.text ?? '')?.[1];
  if (from !== undefined) return { base: from, where: 'definition', name: 'From' };
  for (const name of SPELLINGS.base) {
    const base = labelOf(image, [name]);
    if (base !== null) return { base, where: 'label', name };
  }
  return null;
}

/** The image that this one was built from. */
export function baseOf(image: Pick<ImageMetadata, 'labels' | 'definition'>): string | null {
  return baseWithSource(image)?.base ?? null;
}

/** What an app is for: its label, or the first line of its help. */
export function appDescriptionOf(app: ImageApp): string | null {
  const line = (app.help?.text ?? '')
    .slice(0, 2000)
    .split('\n')
    .map((each) => each.trim())
    .find((each) => each !== '');
  return descriptionOf(app) ?? line ?? null;
}
