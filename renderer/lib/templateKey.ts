import type { TemplateSummary } from '../../shared/contract/templates.ts';

/** What tells templates of different sources apart; ids are unique within a source only. */
export function templateKey(template: Pick<TemplateSummary, 'id' | 'source'>): string {
  return `${template.source}/${template.id}`;
}
