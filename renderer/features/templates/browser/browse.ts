import type { TemplateSummary } from '../../../../shared/contract/templates.ts';

/** The groups of the browser in their order: the categories of the template format, then the person's own templates. */
export const TEMPLATE_GROUPS = ['custom', 'ml', 'molecular', 'cfd', 'structural', 'data', 'mine'] as const;

/** What stands above them: the person's favourites, and what they used last. Their templates stand in their own groups too. */
export const QUICK_GROUPS = ['favourites', 'recent'] as const;

/** More than these are as far away as in the whole list. */
const MOST_RECENT = 5;

export interface TemplateGroup {
  /** One of QUICK_GROUPS or TEMPLATE_GROUPS, or a category that nobody knows. */
  id: string;
  templates: readonly TemplateSummary[];
}

function groupOf(template: TemplateSummary): string {
  return template.source === 'private' ? 'mine' : template.category;
}

/** True when every word of the query stands somewhere in what is known of the template. */
function fits(template: TemplateSummary, words: readonly string[]): boolean {
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
}

/** The templates to show, in groups by name. Archived ones are not for launching. */
export function groupTemplates(
  templates: readonly TemplateSummary[],
  filter: { text: string; tags: readonly string[] },
): TemplateGroup[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const shown = templates
    .filter(
      (template) =>
        template.source !== 'archived' &&
        filter.tags.every((tag) => template.tags.includes(tag)) &&
        fits(template, words),
    )
    .sort((a, b) => a.displayName.localeCompare(b.displayName));
  const strange = [...new Set(shown.map(groupOf))]
    .filter((id) => !(TEMPLATE_GROUPS as readonly string[]).includes(id))
    .sort();
  return [...TEMPLATE_GROUPS, ...strange]
    .map((id) => ({ id, templates: shown.filter((template) => groupOf(template) === id) }))
    .filter((group) => group.templates.length > 0);
}

/** Favourites by name, and below them what else was used last, latest first; archived ones are not for launching. */
export function quickGroups(templates: readonly TemplateSummary[]): TemplateGroup[] {
  const there = templates.filter(({ source }) => source !== 'archived');
  const favourites = there
    .filter(({ favourite }) => favourite)
    .sort((a, b) => a.displayName.localeCompare(b.displayName));
  const recent = there
    .filter(({ favourite, lastUsedAt }) => !favourite && lastUsedAt !== null)
    .sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
    .slice(0, MOST_RECENT);
  return [
    { id: QUICK_GROUPS[0], templates: favourites },
    { id: QUICK_GROUPS[1], templates: recent },
  ].filter((group) => group.templates.length > 0);
}

/** The tags that most templates have, most frequent first, each used by at least two; chosen ones are always among them. */
export function commonTags(templates: readonly TemplateSummary[], chosen: readonly string[], most = 8): string[] {
  const counts = new Map<string, number>();
  for (const template of templates) {
    if (template.source === 'archived') continue;
    for (const tag of new Set(template.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  const frequent = [...counts]
    .filter(([, count]) => count > 1)
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, most)
    .map(([tag]) => tag);
  return [...frequent, ...chosen.filter((tag) => !frequent.includes(tag))];
}
