import { describe, expect, it } from 'vitest';
import { parseAnsiLine, PLAIN } from './ansi.ts';

const ESC = '\u001b';

describe('a line of a job’s log', () => {
  it('is shown as it is when it has no colours', () => {
    expect(parseAnsiLine('epoch 1/30 loss=0.42', PLAIN)).toEqual({
      text: 'epoch 1/30 loss=0.42',
      spans: [],
      style: PLAIN,
    });
  });

  it('keeps its colours apart from its text, so that a search finds words across them', () => {
    const line = parseAnsiLine(`${ESC}[1;31mERROR${ESC}[0m: disk full`, PLAIN);
    expect(line.text).toBe('ERROR: disk full');
    expect(line.spans).toEqual([{ from: 0, to: 5, style: { ...PLAIN, fg: 1, bold: true } }]);
    expect(line.style).toBe(PLAIN);
  });

  it('hands a colour that is not reset to the next line', () => {
    const first = parseAnsiLine(`${ESC}[32mgreen`, PLAIN);
    const second = parseAnsiLine('still green', first.style);
    expect(second.spans).toEqual([{ from: 0, to: 11, style: { ...PLAIN, fg: 2 } }]);
  });

  it('knows bright, 256 and direct colours', () => {
    expect(parseAnsiLine(`${ESC}[92mx`, PLAIN).spans[0]?.style.fg).toBe(10);
    expect(parseAnsiLine(`${ESC}[38;5;9mx`, PLAIN).spans[0]?.style.fg).toBe(9);
    expect(parseAnsiLine(`${ESC}[38;5;196mx`, PLAIN).spans[0]?.style.fg).toBe('#ff0000');
    expect(parseAnsiLine(`${ESC}[48;2;1;2;3mx`, PLAIN).spans[0]?.style.bg).toBe('#010203');
    expect(parseAnsiLine(`${ESC}[38;5;255;1mx`, PLAIN).spans[0]?.style).toEqual({
      ...PLAIN,
      fg: '#eeeeee',
      bold: true,
    });
  });

  it('shows the last state of a progress bar that redraws itself', () => {
    expect(parseAnsiLine('10 %\r55 %\r100 %', PLAIN).text).toBe('100 %');
    expect(parseAnsiLine('written on Windows\r', PLAIN).text).toBe('written on Windows');
  });

  it('drops what moves a cursor, titles a window or rings a bell', () => {
    expect(parseAnsiLine(`a${ESC}[2Kb${ESC}[10;20Hc${ESC}]0;title\u0007d\u0007${ESC}(Be`, PLAIN).text).toBe('abcde');
  });

  it.each([`${ESC}[`, `${ESC}[38;5`, `${ESC}[38;5;999m`, `${ESC}[999;;m`, `${ESC}]unfinished`, ESC])(
    'survives the broken sequence %j',
    (broken) => {
      expect(parseAnsiLine(`before ${broken}`, PLAIN).text).toMatch(/^before /);
    },
  );
});
