import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress } from './address.ts';

describe('an address', () => {
  it('is a path with what it asks for', () => {
    const address = readAddress('/files?name=my%20%ED%8C%8C%EC%9D%BC.txt&x=1');
    expect(address?.path).toBe('/files');
    expect(address?.query.get('name')).toBe('my 파일.txt');
    expect(readAddress('/')?.path).toBe('/');
  });

  it.each([
    undefined,
    '',
    '*',
    '//',
    '//evil.example',
    '/\\evil.example',
    'http://127.0.0.1/',
    'events',
    '/%',
    '/%zz',
    '/%ff',
    '/%00',
    '/%0d%0a',
    '/%5c..',
    '/?%',
    '/?a=%c0%af',
    '/a#b',
    '/ä',
    '/a b',
    '/\u0000',
    `/${'a'.repeat(9000)}`,
  ])('is not %j', (target) => {
    expect(readAddress(target)).toBeNull();
  });

  it('is read of anything without a throw, and begins with one slash', () => {
    const target = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `/${text}`),
      fc.webUrl({ withQueryParameters: true }),
      fc.stringMatching(/^\/[%\da-f/\\?#]*$/),
    );
    fc.assert(
      fc.property(target, (text) => {
        const address = readAddress(text);
        if (address === null) return;
        expect(address.path).toMatch(/^\/(?!\/)/);
        expect(decodeURIComponent(address.path)).not.toMatch(/[\0\\\r\n]/);
      }),
      { numRuns: 2000 },
    );
  });
});
