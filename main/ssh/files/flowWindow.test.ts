import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowWindow } from './flowWindow.ts';

/** A line of so many bytes a second and milliseconds there and back, with a transfer over it: bytes a second in its second half, and the longest wait of a byte sent then. */
function transfer(bytesPerSecond: number, roundTripMs: number, seconds: number): { rate: number; waitMs: number } {
  const window = new FlowWindow();
  const answers: { at: number; bytes: number; tookMs: number }[] = [];
  let lineFreeAt = 0;
  let now = 0;
  let moved = 0;
  let waitMs = 0;
  const end = seconds * 1000;
  while (now < end) {
    for (let piece = window.next(255 * 1024); piece > 0; piece = window.next(255 * 1024)) {
      lineFreeAt = Math.max(now, lineFreeAt) + (piece / bytesPerSecond) * 1000;
      if (now > end / 2) waitMs = Math.max(waitMs, lineFreeAt - now);
      answers.push({ at: lineFreeAt + roundTripMs, bytes: piece, tookMs: lineFreeAt + roundTripMs - now });
      window.sent(piece);
    }
    const answer = answers.shift();
    if (answer === undefined) break;
    now = answer.at;
    window.answered(answer.bytes, answer.tookMs, now);
    if (now > end / 2) moved += answer.bytes;
  }
  return { rate: moved / (seconds / 2), waitMs };
}

describe('what is on the way at once', () => {
  it('fills the line and makes nothing else on it wait long, whatever line it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300_000, max: 60_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        (rate, roundTripMs) => {
          const seen = transfer(rate, roundTripMs, 40);
          expect(seen.rate).toBeGreaterThan(rate * 0.8);
          // the window itself, once: a piece of 16 KiB takes a slow line a moment
          expect(seen.waitMs).toBeLessThan(400);
        },
      ),
    );
  });

  it('is the most that a channel takes where nothing is late', () => {
    const window = new FlowWindow();
    for (let at = 0; at < 200; at += 1) {
      const piece = window.next(255 * 1024);
      window.sent(piece);
      window.answered(piece, 30, at * 30);
    }
    expect(window.bytes).toBe(4 * 1024 ** 2);
    expect(window.next(255 * 1024)).toBe(255 * 1024);
    expect(window.next(32 * 1024)).toBe(32 * 1024);
  });

  it('never stands still: with nothing under way there is always a next request', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.boolean()), { maxLength: 300 }), (answers) => {
        const window = new FlowWindow();
        let now = 0;
        for (const [tookMs, fails] of answers) {
          const piece = window.next(32 * 1024);
          expect(piece).toBeGreaterThanOrEqual(16 * 1024);
          window.sent(piece);
          now += tookMs;
          if (fails) window.failed(piece);
          else window.answered(piece, tookMs, now);
          expect(window.inFlight).toBe(0);
        }
      }),
    );
  });
});
