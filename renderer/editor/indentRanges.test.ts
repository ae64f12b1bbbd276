import { describe, expect, it } from 'vitest';
import { indentRanges } from './indentRanges.ts';

describe('folding by indentation', () => {
  it('folds loops and what is nested in them, without the blank line below', () => {
    const script = [
      '#!/bin/bash',
      'for n in 1 2; do',
      '  if true; then',
      '\techo "$n"',
      '  fi',
      'done',
      '',
      'echo end',
    ];
    expect(indentRanges(script)).toEqual([
      { from: 2, to: 5 },
      { from: 3, to: 4 },
    ]);
    expect(indentRanges(['f() {', '  echo', '', '', 'echo'])).toEqual([{ from: 1, to: 2 }]);
  });

  it('finds nothing in a text without indentation', () => {
    expect(indentRanges(['a', '', 'b'])).toEqual([]);
    expect(indentRanges([])).toEqual([]);
  });
});
