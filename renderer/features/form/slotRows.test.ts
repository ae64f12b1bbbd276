import { describe, expect, it } from 'vitest';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import type { FileHandleId } from '../../../shared/domain/ids.ts';
import { problem } from '../../../shared/domain/problem/defaults.ts';
import { verbatim } from '../../../shared/messages/message.ts';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { slotRows } from './slotRows.ts';

function slot(name: string, required = true): FileSlot {
  return { name, pattern: '*', description: '', type: 'data', maxSize: 1000, required, format: null, schema: null };
}

function file(name: string, inSlot: string | null): DraftFile {
  return { handle: `f-${name}` as FileHandleId, name, size: 1, slot: inSlot };
}

const SLOTS = [slot('script'), slot('config'), slot('model', false)];
const wrongConfig = problem({
  rule: 'schema',
  code: 2005,
  severity: 'error',
  message: verbatim('batch_size must be a number'),
  field: 'files.config',
  file: 'config.yaml',
  line: 3,
});

describe('the files part of the form', () => {
  it('shows each slot with its file, then the files that fit nowhere', () => {
    const rows = slotRows(SLOTS, [file('notes.txt', null), file('config.yaml', 'config')], [wrongConfig], new Set());
    expect(rows.map((row) => [row.slot?.name, row.file?.name, row.state])).toEqual([
      ['script', undefined, 'missing'],
      ['config', 'config.yaml', 'problem'],
      ['model', undefined, 'empty'],
      [undefined, 'notes.txt', 'ok'],
    ]);
    expect(rows[1]?.problems).toEqual([wrongConfig]);
  });

  it('says that a file of yesterday’s draft is gone', () => {
    expect(slotRows(SLOTS, [file('run.py', 'script')], [], new Set(['f-run.py']))[0]?.state).toBe('vanished');
  });

  it('keeps a file whose slot the template no longer has', () => {
    expect(slotRows([], [file('old.dat', 'gone')], [], new Set()).map((row) => row.file?.name)).toEqual(['old.dat']);
  });
});
