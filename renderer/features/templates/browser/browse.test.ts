import { describe, expect, it } from 'vitest';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { commonTags, groupTemplates, quickGroups } from './browse.ts';

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
  template('tensorflow', { displayName: 'TensorFlow', tags: ['gpu', 'python'] }),
  template('pytorch', { displayName: 'PyTorch training', description: 'Deep learning', tags: ['gpu', 'python'] }),
  template('gromacs', { displayName: 'GROMACS', category: 'molecular', tags: ['gpu', 'md'] }),
  template('my-run', { displayName: 'My run', source: 'private', category: 'cfd', author: 'ada' }),
  template('old', { displayName: 'Old', source: 'archived' }),
];

function shown(text: string, tags: string[] = []): Record<string, string[]> {
  return Object.fromEntries(
    groupTemplates(LIBRARY, { text, tags }).map((group) => [group.id, group.templates.map(({ id }) => id)]),
  );
}

describe('the template browser', () => {
  it('groups by category, one’s own apart, archived ones not at all', () => {
    expect(shown('')).toEqual({ ml: ['pytorch', 'tensorflow'], molecular: ['gromacs'], mine: ['my-run'] });
  });

  it('finds a template by words from its name, description, tags and author in any order', () => {
    expect(shown('learning PyTorch')).toEqual({ ml: ['pytorch'] });
    expect(shown('ada')).toEqual({ mine: ['my-run'] });
    expect(shown('pytorch molecular')).toEqual({});
  });

  it('narrows by every chosen tag', () => {
    expect(shown('', ['gpu', 'python'])).toEqual({ ml: ['pytorch', 'tensorflow'] });
  });

  it('keeps a category that nobody knows as a group of its own', () => {
    expect(
      groupTemplates([template('qc', { category: 'quantum' }), ...LIBRARY], { text: '', tags: [] }).map(({ id }) => id),
    ).toEqual(['ml', 'molecular', 'mine', 'quantum']);
  });

  it('has favourites by name above what was used last, each once among them', () => {
    const used = [
      template('a', { lastUsedAt: 100 }),
      template('b', { lastUsedAt: 300, favourite: true }),
      template('c', { favourite: true, displayName: 'A first' }),
      template('d', { lastUsedAt: 200 }),
      template('e'),
      template('f', { source: 'archived', lastUsedAt: 900, favourite: true }),
      ...[1, 2, 3, 4].map((at) => template(`g${String(at)}`, { lastUsedAt: at })),
    ];
    const quick = quickGroups(used).map((group) => [group.id, group.templates.map(({ id }) => id)]);
    expect(quick).toEqual([
      ['favourites', ['c', 'b']],
      ['recent', ['d', 'a', 'g4', 'g3', 'g2']],
    ]);
    expect(quickGroups(LIBRARY)).toEqual([]);
  });

  it('offers the tags that several templates share, and those that are chosen', () => {
    expect(commonTags(LIBRARY, ['md'])).toEqual(['gpu', 'python', 'md']);
  });
});
