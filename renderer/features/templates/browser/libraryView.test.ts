import { describe, expect, it } from 'vitest';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { chooseTemplates, WHOLE_LIBRARY, type LibraryChoice } from './libraryView.ts';

function template(id: string, given: Partial<TemplateSummary> = {}): TemplateSummary {
  return {
    id,
    source: 'official',
    displayName: id,
    description: '',
    category: 'ml',
    tags: [],
    version: '1.0.0',
    author: 'site',
    hash: '',
    problems: [],
    usable: true,
    writable: false,
    favourite: false,
    uses: 0,
    lastUsedAt: null,
    isPublic: true,
    site: false,
    origin: null,
    ...given,
  };
}

const LIBRARY = [
  template('tensorflow', { displayName: 'TensorFlow', tags: ['gpu', 'python'], uses: 2, lastUsedAt: 200 }),
  template('pytorch', { displayName: 'PyTorch training', description: 'Deep learning', tags: ['gpu'] }),
  template('gromacs', {
    displayName: 'GROMACS',
    category: 'molecular',
    tags: ['gpu'],
    uses: 5,
    lastUsedAt: 100,
    favourite: true,
  }),
  template('my-run', { displayName: 'My run', source: 'private', category: 'cfd', author: 'ada' }),
  template('old', { displayName: 'Old', source: 'archived' }),
];

const shown = (choice: Partial<LibraryChoice> = {}, found: string[] | null = null): string[] =>
  chooseTemplates(LIBRARY, { ...WHOLE_LIBRARY, ...choice }, found).map(({ id }) => id);

describe('the library', () => {
  it('shows all but what was archived, by name', () => {
    expect(shown()).toEqual(['gromacs', 'my-run', 'pytorch', 'tensorflow']);
  });

  it('shows what was archived when that is asked for', () => {
    expect(shown({ source: 'archived' })).toEqual(['old']);
  });

  it('narrows by source, category and every chosen tag', () => {
    expect(shown({ source: 'private' })).toEqual(['my-run']);
    expect(shown({ category: 'ml', tags: ['python'] })).toEqual(['tensorflow']);
  });

  it('shows favourites, what was used last, and what is used most', () => {
    expect(shown({ onlyFavourites: true })).toEqual(['gromacs']);
    expect(shown({ order: 'recent' })).toEqual(['tensorflow', 'gromacs']);
    expect(shown({ order: 'most' })).toEqual(['gromacs', 'tensorflow']);
  });

  it('finds words in any order until the full-text search has answered', () => {
    expect(shown({ text: 'learning pytorch' })).toEqual(['pytorch']);
  });

  it('follows the order of the full-text search, within the rest of the choice', () => {
    expect(shown({ text: 'srun' }, ['official/tensorflow', 'private/my-run', 'official/gromacs'])).toEqual([
      'tensorflow',
      'my-run',
      'gromacs',
    ]);
    expect(shown({ text: 'srun', category: 'molecular' }, ['official/tensorflow', 'official/gromacs'])).toEqual([
      'gromacs',
    ]);
  });
});
