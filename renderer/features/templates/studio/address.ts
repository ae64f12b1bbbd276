import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';

export const STUDIO_TABS = ['form', 'yaml', 'preview', 'fit', 'history'] as const;
export type StudioTab = (typeof STUDIO_TABS)[number];

// not TEMPLATE_SOURCES: that would bring the schema library into the page
const SOURCES = ['official', 'community', 'private', 'archived'] as const satisfies readonly TemplateSource[];

export interface TemplateRef {
  source: TemplateSource;
  id: string;
}

export interface StudioAddress {
  /** Of the document: `<source>/<id>`, or `new/<name>` for a text that was never saved. */
  key: string;
  ref: TemplateRef | null;
  tab: StudioTab | null;
}

/** Reads `<source>/<id>/<tab>`; null when it names nothing. */
export function readAddress(segments: readonly string[]): StudioAddress | null {
  const [first = '', id = '', third] = segments;
  if (id === '') return null;
  const tab = STUDIO_TABS.find((known) => known === third) ?? null;
  if (first === NEW) return { key: `${NEW}/${id}`, ref: null, tab };
  const source = SOURCES.find((known) => known === first);
  return source === undefined ? null : { key: `${source}/${id}`, ref: { source, id }, tab };
}

const NEW = 'new';

export function newKey(): string {
  return `${NEW}/${Math.random().toString(36).slice(2, 10)}`;
}

/** The parts of a document's address. A key is a source or `new`, a slash, and a name without any. */
export function segmentsOf(key: string): string[] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
