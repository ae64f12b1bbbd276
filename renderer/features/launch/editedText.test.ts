import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import { settledText, shownText, withEdit, withoutEdit } from './editedText.ts';

const draft = {
  clusterId: 'demo',
  templateId: 'hello',
  templateSource: 'official',
  jobName: 'hello',
  parameters: {},
  resources: {},
  imagePath: null,
  files: [],
} as unknown as Draft;
const preview = (changes: Partial<ScriptPreview>): ScriptPreview => ({
  text: 'made\n',
  spans: [],
  folds: [],
  files: [],
  problems: [],
  cost: null,
  ...changes,
});

describe('an edit of the draft', () => {
  const edit = { file: null, base: 'made\n', mine: 'mine\n' };

  it('is one for each text, and none where the text is as it was made', () => {
    const twice = withEdit(withEdit(draft, edit), { ...edit, mine: 'mine again\n' });
    expect(twice.edits).toEqual([{ ...edit, mine: 'mine again\n' }]);
    expect(withEdit(twice, { ...edit, mine: 'made\n' })).toEqual(draft);
    expect(withoutEdit(withEdit(twice, { ...edit, file: 'run.conf' }), null).edits).toEqual([
      { ...edit, file: 'run.conf' },
    ]);
  });
});

describe('what the editor shows', () => {
  const edited = { ...draft, edits: [{ file: null, base: 'made\n', mine: 'typed just now\n' }] };

  it('is what was typed, though the preview does not have it yet', () => {
    expect(shownText({ draft: edited, preview: preview({}) }, null)?.text).toBe('typed just now\n');
    expect(
      shownText(
        {
          draft: edited,
          preview: preview({ text: 'typed befo\n', edited: [{ file: null, generated: 'made\n', pieces: [] }] }),
        },
        null,
      )?.text,
    ).toBe('typed just now\n');
  });

  it('is the merged text once the form makes another', () => {
    const pieces = [{ kind: 'conflict' as const, mine: ['a'], form: ['b'] }];
    expect(
      shownText(
        {
          draft: edited,
          preview: preview({ text: 'merged\n', edited: [{ file: null, generated: 'made anew\n', pieces }] }),
        },
        null,
      ),
    ).toMatchObject({ text: 'merged\n', pieces });
  });

  it('is the form’s as soon as the edits are discarded', () => {
    expect(
      shownText(
        { draft, preview: preview({ text: 'mine\n', edited: [{ file: null, generated: 'made\n', pieces: [] }] }) },
        null,
      ),
    ).toEqual({ text: 'made\n', edit: null, pieces: [] });
  });

  it('is nothing for a file that the form does not make', () => {
    expect(shownText({ draft: edited, preview: preview({}) }, 'run.conf')).toBeNull();
  });
});

describe('a conflict that is settled', () => {
  it('leaves what was chosen, place by place', () => {
    const pieces = [
      { kind: 'text' as const, lines: ['1'] },
      { kind: 'conflict' as const, mine: ['m'], form: ['f'] },
      { kind: 'text' as const, lines: ['2'] },
      { kind: 'conflict' as const, mine: ['m2'], form: [] },
      { kind: 'conflict' as const, mine: ['m3'], form: ['f3'] },
    ];
    expect(settledText(pieces, ['mine', 'form', 'both'])).toBe('1\nm\n2\nm3\nf3');
  });
});
