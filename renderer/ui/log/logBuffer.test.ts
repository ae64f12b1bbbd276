import { describe, expect, it } from 'vitest';
import { PLAIN } from './ansi.ts';
import { findInLog, LogBuffer } from './logBuffer.ts';

const texts = (buffer: LogBuffer): string[] => buffer.lines.map((line) => line.text);

function filled(...chunks: readonly string[]): LogBuffer {
  const buffer = new LogBuffer();
  for (const chunk of chunks) buffer.append(chunk, buffer.next, buffer.next + chunk.length);
  return buffer;
}

describe('the log that was read so far', () => {
  it('is the same lines however it was cut into chunks', () => {
    const text = 'one\ntwo\n\nfour \u001b[31mred\nstill red\u001b[0m\nlast without an end';
    const whole = filled(text);
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(filled(text.slice(0, cut), text.slice(cut)).lines).toEqual(whole.lines);
    }
    expect(filled(...text.match(/.|\n/g)!).lines).toEqual(whole.lines);
    expect(texts(whole)).toEqual(['one', 'two', '', 'four red', 'still red', 'last without an end']);
  });

  it('shows a line before it ends, and lets it grow', () => {
    const buffer = filled('step 1');
    expect(texts(buffer)).toEqual(['step 1']);
    expect(buffer.append('0\nstep', 6, 12)).toBe(1);
    expect(texts(buffer)).toEqual(['step 10', 'step']);
  });

  it('hides a first line that was cut, until what stands before it is read', () => {
    const buffer = new LogBuffer();
    buffer.append('f a line\nsecond\n', 4, 20);
    expect(texts(buffer)).toEqual(['second']);
    expect(buffer.prepend('end ', 0)).toBe(1);
    expect(texts(buffer)).toEqual(['end f a line', 'second']);
    expect([buffer.from, buffer.next]).toEqual([0, 20]);
  });

  it('hides a cut first line also while its end has not come', () => {
    const buffer = new LogBuffer();
    buffer.append('f a li', 4, 10);
    expect(texts(buffer)).toEqual([]);
    buffer.append('ne\nsecond', 10, 19);
    expect(texts(buffer)).toEqual(['second']);
  });

  it('carries a colour over the border of two lines', () => {
    const buffer = filled('\u001b[32mgreen\nstill');
    expect(buffer.lines[1]?.spans).toEqual([{ from: 0, to: 5, style: { ...PLAIN, fg: 2 } }]);
  });

  it('forgets the oldest output of an endless log, and says from where on it knows it', () => {
    const buffer = new LogBuffer();
    const chunk = `${'x'.repeat(99)}\n`.repeat(10_000);
    for (let i = 0; i < 30; i += 1) buffer.append(chunk, i * chunk.length, (i + 1) * chunk.length);
    expect(buffer.from).toBeGreaterThan(0);
    expect(buffer.next).toBe(30 * chunk.length);
    expect(buffer.lines.length).toBeLessThanOrEqual(240_000);
    expect(buffer.lines.length).toBeGreaterThanOrEqual(100_000);
  });
});

describe('a search in the log', () => {
  it('finds every place without regard to case', () => {
    const { lines } = filled('Error here, error there\nnothing\nERROR');
    expect(findInLog(lines, 'error')).toEqual([
      { line: 0, from: 0, to: 5 },
      { line: 0, from: 12, to: 17 },
      { line: 2, from: 0, to: 5 },
    ]);
    expect(findInLog(lines, '')).toEqual([]);
  });
});
