import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import type { DocumentRepository } from './ports.ts';

/**
 * Keeps a document of a collection whose keys a caller chooses, of which there may be `most`: what is there may change, and a new one
 * beyond is refused, so that no page or program fills the store with names. RECORD_FAILED.
 */
export function setWithin(
  documents: DocumentRepository,
  { collection, most }: { readonly collection: string; readonly most: number },
  key: string,
  value: unknown,
): void {
  const isNew = documents.get(collection, key) === undefined;
  if (isNew && documents.keys(collection).length >= most) {
    throw new AppError('RECORD_FAILED', {
      details: { reason: message('store.tooMany', { collection, most }) },
      hint: message('store.discardSome'),
    });
  }
  documents.set(collection, key, value);
}
