import { describe, expect, it } from 'vitest';
import { newKey, readAddress, segmentsOf } from './address.ts';

describe('the address of a template', () => {
  it('names its source, its id and the tab', () => {
    expect(readAddress(['private', 'my-run', 'yaml'])).toEqual({
      key: 'private/my-run',
      ref: { source: 'private', id: 'my-run' },
      tab: 'yaml',
    });
    expect(readAddress(['official', 'hello'])).toMatchObject({ tab: null });
  });

  it('leads back to a text that was never saved', () => {
    const key = newKey();
    expect(readAddress(segmentsOf(key))).toEqual({ key, ref: null, tab: null });
  });

  it('is nothing where no template is named', () => {
    expect([readAddress([]), readAddress(['private']), readAddress(['elsewhere', 'hello'])]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
