import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkAmong, LinkInbox, ownArguments, parseLink } from './links.ts';

describe('a link for Slipway', () => {
  it.each(['slipway://template/hello', 'slipway://template/hello/', 'SLIPWAY://Template/hello'])(
    'shows a template: %s',
    (link) => {
      expect(parseLink(link)).toEqual({ kind: 'template', id: 'hello' });
    },
  );

  it.each([
    'slipway://submit/hello',
    'slipway://template/',
    'slipway://template/../../settings',
    'slipway://template/hello?submit=1',
    'slipway://template/hello#/settings',
    'slipway://template/hello/run',
    'slipway://template/%2e%2e',
    'slipway://user@template/hello',
    'slipway://template:1/hello',
    'slipway:template/hello',
    'javascript:alert(1)',
    'slipway://template/a\nb',
    'slipway://template/a" --data \\\\evil\\share',
    'slipway://template/\u202Egnp',
    `slipway://template/${'a'.repeat(1000)}`,
    '',
  ])('is refused in words otherwise: %j', (link) => {
    const parsed = parseLink(link);
    expect(parsed.kind).toBe('refused');
    if (parsed.kind === 'refused')
      expect(parsed.sentence).toMatch(/^[^\u0000-\u0009\u000B-\u001F\u202A-\u202E]{20,250}$/);
  });

  it('never asks for more than an id, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.constantFrom('', 'slipway:', 'slipway://', 'slipway://template/'),
        (text, before) => {
          const parsed = parseLink(before + text);
          if (parsed.kind === 'template') expect(parsed.id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
          else expect(parsed.sentence.length).toBeLessThan(300);
        },
      ),
    );
  });
});

describe('arguments', () => {
  it('hold the link, and none of the person’s own behind it', () => {
    const argv = ['slipway', '--data', '/mine', 'slipway://template/a', '--data', '/evil'];
    expect(linkAmong(argv)).toBe('slipway://template/a');
    expect(ownArguments(argv)).toEqual(['slipway', '--data', '/mine']);
    expect(ownArguments(['slipway', '--', 'x', '--data', '/evil'])).toEqual(['slipway']);
    expect(linkAmong(['slipway', '--data', '/mine'])).toBeNull();
  });
});

describe('links that come before the window', () => {
  it('wait, the newest one', () => {
    const inbox = new LinkInbox();
    const opened: string[] = [];
    inbox.add('a');
    inbox.add('b');
    inbox.openWith((link) => opened.push(link));
    inbox.add('c');
    expect(opened).toEqual(['b', 'c']);
  });
});
