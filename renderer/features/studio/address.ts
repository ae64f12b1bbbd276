import type { TemplateSource } from '../../../shared/domain/template.ts';

export const STUDIO_TABS = ['form', 'yaml', 'preview'] as const;
export type StudioTab = (typeof STUDIO_TABS)[number];

// not TEMPLATE_SOURCES: that would bring the schema library into the page
const SOURCES = ['official', 'community', 'private', 'archived'] as const satisfies readonly TemplateSource[];

export interface StudioAddress {
  ref: { source: TemplateSource; id: string };
  tab: StudioTab | null;
}

/** Reads `<source>/<id>/<tab>`; null when it names no template. */
export function readAddress(segments: readonly string[]): StudioAddress | null {
  const [first, id = '', tab] = segments;
  const source = SOURCES.find((known) => known === first);
  if (source === undefined || id === '') return null;
  return { ref: { source, id }, tab: STUDIO_TABS.find((known) => known === tab) ?? null };
}
