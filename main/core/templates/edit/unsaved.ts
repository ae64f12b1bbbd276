import { z } from 'zod';
import type { OutputOf, ParsedInputOf } from '../../../../shared/contract/index.ts';
import { setWithin } from '../../boundedCollection.ts';
import type { Clock, DocumentRepository } from '../../ports.ts';

const COLLECTION = 'unsavedTemplates';
/** Texts that are open at once, each of a megabyte at most. */
const MOST = 200;
const Unsaved = z.object({ text: z.string(), baseHash: z.string().nullable(), at: z.number() });

/** Texts that are being edited: on disk with each call, so that they outlive a crash. */
export function createUnsaved(
  documents: DocumentRepository,
  clock: Pick<Clock, 'now'>,
): { list(): OutputOf<'templates.unsaved'>; keep(input: ParsedInputOf<'templates.keepUnsaved'>): void } {
  return {
    list: () =>
      documents
        .keys(COLLECTION)
        .flatMap((key) => {
          const parsed = Unsaved.safeParse(documents.get(COLLECTION, key));
          return parsed.success ? [{ key, ...parsed.data }] : [];
        })
        .sort((a, b) => b.at - a.at),
    keep: ({ key, text, baseHash }) => {
      if (text === null) documents.delete(COLLECTION, key);
      else setWithin(documents, { collection: COLLECTION, most: MOST }, key, { text, baseHash, at: clock.now() });
    },
  };
}
