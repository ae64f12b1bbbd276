import { Draft } from '../../../shared/domain/job/draft.ts';
import { setWithin } from '../boundedCollection.ts';
import type { DocumentRepository } from '../ports.ts';

interface Key {
  readonly templateId: string;
  readonly templateSource: string;
}

/** One unfinished draft per template, kept across restarts. */
export interface Drafts {
  /** Null when there is none, or one that this version cannot read. */
  get(key: Key): Draft | null;
  /** All that this version can read. */
  list(): Draft[];
  save(draft: Draft): void;
  discard(key: Key): void;
}

const COLLECTION = 'drafts';
/** One for each template that was ever opened; large libraries have some thousands. */
const MOST = 20_000;
const keyOf = ({ templateId, templateSource }: Key): string => `${templateSource}/${templateId}`;

export function createDrafts(documents: DocumentRepository): Drafts {
  const read = (key: string): Draft | null => Draft.safeParse(documents.get(COLLECTION, key)).data ?? null;
  return {
    get: (key) => read(keyOf(key)),
    list: () => documents.keys(COLLECTION).flatMap((key) => read(key) ?? []),
    save: (draft) => setWithin(documents, { collection: COLLECTION, most: MOST }, keyOf(draft), draft),
    discard: (key) => documents.delete(COLLECTION, keyOf(key)),
  };
}
