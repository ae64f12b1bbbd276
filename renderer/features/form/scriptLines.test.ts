import { describe, expect, it } from 'vitest';
import { fieldOfLine, linesOfField } from './scriptLines.ts';

const SPANS = [
  { field: 'resources.time', from: 4, to: 4 },
  { field: 'parameters.epochs', from: 10, to: 10 },
  { field: 'files.dataset', from: 8, to: 14 },
  { field: 'parameters.epochs', from: 20, to: 21 },
];

describe('the script and the form', () => {
  it('a line leads to the field that made it, the narrowest if several did', () => {
    expect([4, 10, 9, 15].map((line) => fieldOfLine(SPANS, line))).toEqual([
      'resources.time',
      'parameters.epochs',
      'files.dataset',
      null,
    ]);
  });

  it('a field leads to all of its lines', () => {
    expect(linesOfField(SPANS, 'parameters.epochs').map(({ from }) => from)).toEqual([10, 20]);
    expect(linesOfField(SPANS, null)).toEqual([]);
  });
});
