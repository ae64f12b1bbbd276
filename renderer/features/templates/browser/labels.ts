import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import { t, type TextKey } from '../../../i18n/index.ts';
import { QUICK_GROUPS, TEMPLATE_GROUPS } from './browse.ts';

const GROUP_TEXTS = {
  favourites: 'templates.groups.favourites',
  recent: 'templates.groups.recent',
  custom: 'templates.groups.custom',
  ml: 'templates.groups.ml',
  molecular: 'templates.groups.molecular',
  cfd: 'templates.groups.cfd',
  structural: 'templates.groups.structural',
  data: 'templates.groups.data',
  mine: 'templates.groups.mine',
} satisfies Record<(typeof QUICK_GROUPS | typeof TEMPLATE_GROUPS)[number], TextKey>;

/** What a group of the browser is called; a category that nobody knows keeps its own word. */
export function groupLabel(id: string): string {
  const known = [...QUICK_GROUPS, ...TEMPLATE_GROUPS].find((group) => group === id);
  return known === undefined ? id : t(GROUP_TEXTS[known]);
}

export function sourceLabel(source: TemplateSource): string {
  return t(`templates.sources.${source}`);
}
