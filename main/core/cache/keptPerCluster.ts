import type { z } from 'zod';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { DocumentRepository } from '../ports.ts';

/**
 * The last that each cluster told of something, kept in the store. Read and checked once: a request is held against it at every
 * keystroke.
 */
export interface KeptPerCluster<T> {
  /** Null when it was never told, or cannot be read. */
  get(clusterId: ClusterId): T | null;
  set(clusterId: ClusterId, value: T): void;
  forget(clusterId: ClusterId): void;
}

export function keptPerCluster<S extends z.ZodType>(
  documents: DocumentRepository,
  collection: string,
  schema: S,
): KeptPerCluster<z.output<S>> {
  const read = new Map<ClusterId, z.output<S> | null>();
  return {
    get: (clusterId) => {
      const known = read.get(clusterId);
      if (known !== undefined) return known;
      const parsed = schema.safeParse(documents.get(collection, clusterId));
      const value = parsed.success ? parsed.data : null;
      read.set(clusterId, value);
      return value;
    },
    set: (clusterId, value) => {
      documents.set(collection, clusterId, value);
      read.set(clusterId, value);
    },
    forget: (clusterId) => {
      documents.delete(collection, clusterId);
      read.delete(clusterId);
    },
  };
}
