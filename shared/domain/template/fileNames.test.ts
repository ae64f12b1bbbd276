import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandBraces } from '../../lib/glob.ts';
import { isPortableName, portableName, staysWithin } from './fileNames.ts';

describe('a pattern of result files', () => {
  test.each([
    'results/*.csv',
    '*',
    '{a,b}/*.vtk',
    'log.*',
    'a..b',
    '..a/b',
    '...',
    'x/.hidden',
    '.cache/*',
    'a~',
    'a b/c',
    '{a.csv,b.csv}',
    'a{',
    'run,1.csv',
  ])('%s stays within the run folder', (pattern) => {
    expect(staysWithin(pattern)).toBe(true);
  });

  test.each([
    '..',
    '../x',
    'a/../../x',
    '{..,x}/y',
    'a/{b,../..}/c',
    '{.,x}{.,y}/z',
    '.{.,a}/x',
    '{,/}etc/passwd',
    '{a,/etc}/b',
    '/etc',
    '~/x',
    '~mia/x',
    '{a,~}/x',
    'C:/x',
    'c:x',
    'a\\..\\b',
    '.*/x',
    'a/.?',
    '.[.]/x',
    '',
    '{,a}',
    'a\0',
    `{${Array.from({ length: 70 }, (_, i) => `a${String(i)}`).join(',')},..}/x`,
    '{a,b}'.repeat(7),
  ])('%s does not', (pattern) => {
    expect(staysWithin(pattern)).toBe(false);
  });

  test('of whatever pieces: none that stays has an alternative that leaves', () => {
    const piece = fc.constantFrom('.', '..', '/', '{', '}', ',', 'a', '*', '~', '\\', '[.]', '?', 'C:');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const pattern = pieces.join('');
        if (!staysWithin(pattern)) return;
        for (const path of expandBraces(pattern))
          expect([
            path,
            path === '' || path.startsWith('/') || path.startsWith('~') || path.split('/').includes('..'),
          ]).toEqual([path, false]);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a file name', () => {
  test.each([
    'CON',
    'con',
    'nul.yaml',
    'aux.v1',
    'COM1',
    'lpt9.x',
    'com¹',
    'prn .x',
    'CONIN$',
    'a.',
    'a ',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a:b',
    'a\0',
    '',
    'a'.repeat(241),
  ])('%s is not the same everywhere', (name) => {
    expect(isPortableName(name)).toBe(false);
    expect(isPortableName(portableName(name))).toBe(true);
  });

  test.each(['console', 'com', 'com10', 'null', 'auxiliary.yaml', '분자동역학.yaml', '.hidden', 'a.b.c'])(
    '%s is',
    (name) => {
      expect(isPortableName(name)).toBe(true);
      expect(portableName(name)).toBe(name);
    },
  );
});
