import { useMemo } from 'react';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { useLibrary } from '../../../stores/library.ts';
import { templateKey } from '../browser/index.ts';

/** The library's newest word on a template: favourite, uses. */
export function useSummary(key: string): TemplateSummary | null {
  const templates = useLibrary((store) => store.templates);
  return useMemo(() => templates?.find((template) => templateKey(template) === key) ?? null, [templates, key]);
}
