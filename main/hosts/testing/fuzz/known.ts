import type { OperationName } from '../../../../shared/contract/index.ts';
import type { Envelope } from '../../../../shared/contract/index.ts';

const MOST = 60;
/** Long texts are many bytes each. */
const MOST_TEXTS = 12;

/** What calls have told that later ones may name, so that they get further than “there is no such thing”. The newest of each kind. */
export class Known {
  readonly #values = new Map<string, unknown[]>();

  of(kind: string): readonly unknown[] {
    return this.#values.get(kind) ?? [];
  }

  add(kind: string, value: unknown): void {
    const values = this.#values.get(kind) ?? [];
    if (typeof value !== 'object' && values.includes(value)) return;
    values.push(value);
    if (values.length > (kind === 'text' ? MOST_TEXTS : MOST))
      values.splice(this.#values.get(`kept ${kind}`)?.length ?? 0, 1);
    this.#values.set(kind, values);
  }

  /** What stays known however much comes after it. */
  keep(kind: string, value: unknown): void {
    this.add(kind, value);
    this.#values.set(`kept ${kind}`, [...(this.#values.get(`kept ${kind}`) ?? []), value]);
  }

  /** Takes the ids, texts and values out of an answer, by the names of their fields. */
  learn(name: OperationName, envelope: Envelope<unknown>): void {
    if (!envelope.ok) return;
    const waiting: { value: unknown; depth: number }[] = [{ value: envelope.value, depth: 0 }];
    for (let seen = 0, next = waiting.pop(); next !== undefined && seen < 400; next = waiting.pop(), seen += 1) {
      const { value, depth } = next;
      if (typeof value !== 'object' || value === null || depth > 3) continue;
      if (name.startsWith('templates.') && 'id' in value && 'source' in value)
        this.add('ref', { id: value.id, source: value.source });
      if ('profile' in value) this.add('profile', value.profile);
      for (const [key, item] of Object.entries(value)) {
        if (KINDS.has(key) && typeof item === 'string') this.add(KINDS.get(key) ?? key, item);
        else waiting.push({ value: item, depth: depth + 1 });
      }
    }
  }
}

/** Fields whose values are worth remembering, and as what. */
const KINDS = new Map([
  ['runId', 'runId'],
  ['requestId', 'requestId'],
  ['handle', 'handle'],
  ['promptId', 'promptId'],
  ['operationId', 'operationId'],
  ['jobId', 'jobId'],
  ['hash', 'hash'],
  ['fileHash', 'hash'],
  ['fingerprint', 'fingerprint'],
  ['text', 'text'],
  ['slot', 'slot'],
  ['path', 'imagePath'],
]);
