import { describe, expect, it } from 'vitest';
import { continuedHead, unfinishedTail } from './utf8.ts';

describe('cutting output between characters', () => {
  const text = 'aé€😀b한';
  const bytes = new TextEncoder().encode(text);

  it('puts any two parts together again to the same text', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const end = cut - unfinishedTail(bytes.subarray(0, cut));
      const decode = (part: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(part);
      expect(decode(bytes.subarray(0, end)) + decode(bytes.subarray(end))).toBe(text);
    }
  });

  it('finds the next character from any byte', () => {
    for (let start = 0; start <= bytes.length; start += 1) {
      const part = bytes.subarray(start + continuedHead(bytes.subarray(start)));
      expect(text.endsWith(new TextDecoder('utf-8', { fatal: true }).decode(part))).toBe(true);
    }
  });

  it('does not wait for the rest of bytes that are no text', () => {
    expect(unfinishedTail(Uint8Array.of(0x61, 0xff))).toBe(0);
    expect(unfinishedTail(Uint8Array.of(0x80, 0x80, 0x80, 0x80))).toBe(0);
    expect(unfinishedTail(new Uint8Array())).toBe(0);
  });
});
