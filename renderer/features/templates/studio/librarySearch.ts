import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../../shared/contract/index.ts';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { client } from '../../../client/index.ts';
import { latestWins } from '../../../lib/latestWins.ts';
import { templateKey } from '../browser/index.ts';

interface Found {
  query: string;
  keys: readonly string[];
}

/** Full-text search as somebody types: keys of what was found, best first; null while there is no answer to this very text. */
export function useSearch(text: string): readonly string[] | null {
  const [found, setFound] = useState<Found | null>(null);
  const [ask] = useState(() =>
    latestWins(async (query: string) => {
      try {
        const results = await client.call('templates.search', { query });
        setFound({ query, keys: results.map(templateKey) });
      } catch {
        // the list's own words are looked through instead
        setFound(null);
      }
    }),
  );
  const query = text.trim();
  useEffect(() => {
    if (query !== '') ask(query);
  }, [query, ask]);
  return query !== '' && found?.query === query ? found.keys : null;
}

/** What was archived; asked for only while it is shown. */
export function useArchived(
  isShown: boolean,
  templates: readonly TemplateSummary[] | null,
): readonly TemplateSummary[] | null {
  const [archived, setArchived] = useState<readonly TemplateSummary[] | null>(null);
  useEffect(() => {
    if (!isShown) return undefined;
    const gone = new AbortController();
    client.call('templates.list', { archived: true }, { signal: gone.signal }).then(setArchived, () => undefined);
    return () => gone.abort();
    // each change of the library may have been to or from the archive
  }, [isShown, templates]);
  return archived;
}

/** Template folders of which something is left out. */
export function useLeftOut(templates: readonly TemplateSummary[] | null): OutputOf<'templates.folders'> {
  const [folders, setFolders] = useState<OutputOf<'templates.folders'>>([]);
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.folders', {}, { signal: gone.signal }).then(
      (all) => setFolders(all.filter(({ leftOut }) => leftOut.count > 0)),
      () => undefined,
    );
    return () => gone.abort();
    // a folder that changed is told by the library
  }, [templates]);
  return folders;
}
