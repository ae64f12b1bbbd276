import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DocumentRepository } from '../ports.ts';

/**
 * What a place may be used for: `templates` a folder that is read and written; `key` a private key or certificate that is read; `knownHosts`
 * a file that host keys are written to; `agent` a socket; `folder` a folder and what is in it, for each of these.
 */
export const Purpose = z.enum(['templates', 'key', 'knownHosts', 'agent', 'folder']);
export type Purpose = z.infer<typeof Purpose>;

const Grant = z.object({
  purpose: Purpose,
  /** From the root; as it was stored, where it was stored before there were grants. */
  path: z.string(),
  by: z.enum(['dialog', 'command', 'ssh-config', 'upgrade']),
  /** Epoch ms. */
  at: z.number(),
});
export type Grant = z.infer<typeof Grant>;

/** Of the store, and written by no operation. */
const COLLECTION = 'placeGrants';

export function readGrants(documents: DocumentRepository): Grant[] {
  return documents.keys(COLLECTION).flatMap((key) => {
    const stored = Grant.safeParse(documents.get(COLLECTION, key));
    return stored.success ? [stored.data] : [];
  });
}

export function writeGrant(documents: DocumentRepository, grant: Grant): Grant {
  documents.set(COLLECTION, createHash('sha256').update(`${grant.purpose}\0${grant.path}`).digest('hex'), grant);
  return grant;
}
