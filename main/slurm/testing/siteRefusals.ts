import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Certainty } from '../certainty.ts';
import type { Recorded } from './recorded.ts';

/** A refusal as a site's sbatch printed it, and what it is. */
export interface SiteRefusal extends Recorded {
  readonly name: string;
  readonly origin: string;
  /** What is certain from its exit code and words. */
  readonly at: Certainty;
  readonly rule: string;
  /** What a person reads; null where the words are not a refusal's. */
  readonly reason: string | null;
}

/** Collected from public documentation, issue threads and sources; see the README of the fixtures. */
export const SITE_REFUSALS = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../__fixtures__/sites/refusals.json'), 'utf8'),
) as readonly SiteRefusal[];
