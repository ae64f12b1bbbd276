import type { DocumentRepository } from '../ports.ts';

/** Documents as the store keeps them: as JSON, so that what cannot be written is not there either. */
export function createMemoryDocuments(): DocumentRepository {
  const collections = new Map<string, Map<string, string>>();
  const of = (name: string): Map<string, string> => {
    const collection = collections.get(name) ?? new Map<string, string>();
    collections.set(name, collection);
    return collection;
  };
  return {
    get: (collection, key) => {
      const text = of(collection).get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    set: (collection, key, value) => void of(collection).set(key, JSON.stringify(value)),
    delete: (collection, key) => void of(collection).delete(key),
    keys: (collection) => [...of(collection).keys()].sort(),
  };
}
