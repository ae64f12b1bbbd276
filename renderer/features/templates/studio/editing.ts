/** Changes that the form makes to the text: one after the other, on the newest text, so that neither side overwrites the other. */
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { showToast } from '../../../ui/index.ts';
import { documentOf, keepSoon, updateDocument } from './documents.ts';

interface Change {
  /** A later change of the same field takes the place of one that waits. */
  field: string;
  edits: TemplateEdit[];
}

const waiting = new Map<string, Change[]>();
const busy = new Set<string>();

/** Somebody typed into the text while it was changed: the change is made again on what it says now, this often. */
const MOST_TRIES = 20;

/** Has these changes made to a document's text. `field` names what they are about. */
export function applyEdits(key: string, field: string, edits: TemplateEdit[]): void {
  if (edits.length === 0) return;
  const queue = waiting.get(key) ?? [];
  const last = queue.at(-1);
  waiting.set(
    key,
    last?.field === field && isOneSet(last.edits) && isOneSet(edits)
      ? [...queue.slice(0, -1), { field, edits }]
      : [...queue, { field, edits }],
  );
  if (!busy.has(key)) void drain(key);
}

/** Setting the same place twice is the same as setting it to the last value; anything else is not. */
function isOneSet(edits: readonly TemplateEdit[]): boolean {
  return edits.length === 1 && edits[0]?.kind === 'set';
}

async function drain(key: string): Promise<void> {
  busy.add(key);
  try {
    for (let next = take(key); next !== undefined; next = take(key)) await make(key, next.edits);
  } catch (error) {
    waiting.delete(key);
    const { message, hint } = appErrorOf(error);
    showToast({ kind: 'bad', title: message, detail: hint });
  } finally {
    busy.delete(key);
  }
}

function take(key: string): Change | undefined {
  const [first, ...rest] = waiting.get(key) ?? [];
  waiting.set(key, rest);
  return first;
}

async function make(key: string, edits: TemplateEdit[]): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = documentOf(key)?.text;
    if (before === undefined) return;
    const { text, template, problems } = await client.call('templates.edit', { text: before, edits });
    if (documentOf(key)?.text !== before) continue;
    updateDocument(key, {
      text,
      problems,
      isGood: template !== null,
      saveError: null,
      ...(template ? { template } : {}),
    });
    keepSoon(key);
    return;
  }
}
