/** Which templates the library shows, and in which order. Pure. */
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { templateKey } from '../../../lib/templateKey.ts';

export interface LibraryChoice {
  text: string;
  /** A source, or empty for all but the archived ones. */
  source: string;
  /** A category, or empty. */
  category: string;
  tags: readonly string[];
  onlyFavourites: boolean;
  order: LibraryOrder;
}

export const LIBRARY_ORDERS = ['name', 'recent', 'most'] as const;
export type LibraryOrder = (typeof LIBRARY_ORDERS)[number];

// one collator: localeCompare makes its own for every two of 5,000 names
const names = new Intl.Collator();

export const WHOLE_LIBRARY: LibraryChoice = {
  text: '',
  source: '',
  category: '',
  tags: [],
  onlyFavourites: false,
  order: 'name',
};

export function isWholeLibrary(choice: LibraryChoice): boolean {
  return (
    choice.text.trim() === '' &&
    choice.source === '' &&
    choice.category === '' &&
    choice.tags.length === 0 &&
    !choice.onlyFavourites
  );
}

/**
 * The templates of the choice; in order of use only those that were used. `found` are keys that a full-text search gave for its text, best first; until it has answered
 * (`null`) the words are looked for in what the list itself knows.
 */
export function chooseTemplates(
  templates: readonly TemplateSummary[],
  choice: LibraryChoice,
  found: readonly string[] | null,
): TemplateSummary[] {
  const words = choice.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rank = words.length > 0 && found !== null ? new Map(found.map((key, index) => [key, index])) : null;
  const fitsText = (template: TemplateSummary): boolean => {
    if (rank !== null) return rank.has(templateKey(template));
    const text = [
      template.displayName,
      template.id,
      template.description,
      template.category,
      template.author,
      ...template.tags,
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const shown = templates.filter(
    (template) =>
      (choice.source === '' ? template.source !== 'archived' : template.source === choice.source) &&
      (choice.category === '' || template.category === choice.category) &&
      (!choice.onlyFavourites || template.favourite) &&
      (rank !== null || choice.order === 'name' || template.uses > 0) &&
      choice.tags.every((tag) => template.tags.includes(tag)) &&
      fitsText(template),
  );
  const before = (a: TemplateSummary, b: TemplateSummary): number => {
    if (rank !== null) return (rank.get(templateKey(a)) ?? 0) - (rank.get(templateKey(b)) ?? 0);
    if (choice.order === 'recent') return (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0);
    return choice.order === 'most' ? b.uses - a.uses : 0;
  };
  return shown.sort((a, b) => before(a, b) || names.compare(a.displayName, b.displayName));
}
