/** Which templates the library shows, and in which order. Pure. */
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import { templateKey } from './browse.ts';

export interface LibraryChoice {
  text: string;
  /** A source, or empty for all but the archived ones. */
  source: string;
  /** A category, or empty. */
  category: string;
  tags: readonly string[];
}

export const WHOLE_LIBRARY: LibraryChoice = { text: '', source: '', category: '', tags: [] };

export function isWholeLibrary(choice: LibraryChoice): boolean {
  return choice.text.trim() === '' && choice.source === '' && choice.category === '' && choice.tags.length === 0;
}

/**
 * The templates of the choice. `found` are keys that a full-text search gave for its text, best first; until it has answered
 * (`null`) the words are looked for in what the list itself knows.
 */
export function chooseTemplates(templates: readonly TemplateSummary[], choice: LibraryChoice, found: readonly string[] | null): TemplateSummary[] {
  const words = choice.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const rank = words.length > 0 && found !== null ? new Map(found.map((key, index) => [key, index])) : null;
  const fitsText = (template: TemplateSummary): boolean => {
    if (rank !== null) return rank.has(templateKey(template));
    const text = [template.displayName, template.id, template.description, template.category, template.author, ...template.tags].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const shown = templates.filter(
    (template) =>
      (choice.source === '' ? template.source !== 'archived' : template.source === choice.source) &&
      (choice.category === '' || template.category === choice.category) &&
      choice.tags.every((tag) => template.tags.includes(tag)) &&
      fitsText(template),
  );
  return shown.sort((a, b) => (rank === null ? 0 : (rank.get(templateKey(a)) ?? 0) - (rank.get(templateKey(b)) ?? 0)) || a.displayName.localeCompare(b.displayName));
}
