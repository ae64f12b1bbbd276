import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../ports.ts';
import { excerpt, matchExpression, queryWords, searchWords } from './searchWords.ts';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-search-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
});
afterAll(async () => {
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});

function finds(text: string, query: string): boolean {
  const entry = {
    size: 1,
    modifiedAt: 1,
    parser: '',
    id: 'a',
    fileHash: '',
    hash: '',
    usable: true,
    displayName: '',
    description: '',
    category: '',
    tags: [],
    version: '',
    author: '',
    isPublic: true,
    problems: [],
  };
  store.templates.record([
    {
      root: '/r',
      file: 'a.yaml',
      entry,
      search: { text, name: searchWords(text), about: '', fields: '', script: '' },
      found: null,
    },
  ]);
  const expression = matchExpression(query);
  return expression !== null && store.templates.search(expression, 5).length === 1;
}

describe('a search', () => {
  test.each([
    ['Relax the Größe of Müller', 'muller'],
    ['Relax the Größe of Müller', 'MÜLL'],
    ['pytorch-training_v1 on GPU', 'v1 pytorch'],
    ['namd2 run', 'nam'],
    ['분자동역학 계산', '분자'],
    ['분자동역학 계산', '동역학'],
    ['분자동역학 계산', '동여'],
    ['분자동역학을 위한 GPU템플릿', 'gpu 동역학'],
    ['計算流体力学', '流体'],
  ])('in “%s” for “%s” finds it', (text, query) => {
    expect(finds(text, query)).toBe(true);
  });

  test.each([
    ['pytorch training', 'torch'],
    ['pytorch training', 'pyt training'],
    ['분자동역학', '역동'],
    ['anything', '  '],
    ['anything', '"*() OR -'],
  ])('in “%s” for “%s” finds nothing', (text, query) => {
    expect(finds(text, query)).toBe(false);
  });

  test('takes whatever a person types', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        const expression = matchExpression(query);
        if (expression !== null) store.templates.search(expression, 5);
      }),
    );
  });

  test('shows the line that matched', () => {
    expect(excerpt('Title\nRuns Müller’s code\nmore', queryWords('müll'))).toBe('Runs Müller’s code');
    expect(excerpt('Title\nmore', queryWords('nothing'))).toBe('Title');
    expect(excerpt(`${'x '.repeat(200)}needle ${'y '.repeat(200)}`, ['needle'])).toMatch(/^…x .*needle y .*…$/);
  });
});
