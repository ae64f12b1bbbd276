import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors/appError.ts';
import en from './en/index.ts';
import { systemLanguage } from './index.ts';
import ko from './ko/index.ts';
import { flatten, Phrasebook } from '../../shared/messages/phrasebook.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort();

describe('the texts', () => {
  const english = flatten(en);
  const korean = flatten(ko);
  const base = (key: string): string => key.replace(/_(one|other)$/, '');

  it('are all there in Korean', () => {
    const translated = new Set([...korean.keys()].map(base));
    expect([...english.keys()].filter((key) => !translated.has(base(key)))).toEqual([]);
  });

  it('hold nothing in Korean that English does not have', () => {
    const known = new Set([...english.keys()].map(base));
    expect([...korean.keys()].filter((key) => !known.has(base(key)))).toEqual([]);
  });

  it('fill in the same values in both languages', () => {
    const different = [...korean].filter(([key, text]) => {
      const original = english.get(key) ?? english.get(`${base(key)}_other`) ?? '';
      return placeholders(text).join() !== placeholders(original).join();
    });
    expect(different).toEqual([]);
  });
});

describe('a phrasebook', () => {
  const fallback = new Phrasebook(
    'en',
    { files_one: '{{count}} file', files_other: '{{count}} files', only: 'English only' },
    null,
  );
  const other = new Phrasebook('ko', { files_other: '파일 {{count}}개' }, fallback);

  it('counts as the language does', () => {
    expect([fallback.say('files', { count: 1 }), fallback.say('files', { count: 0 })]).toEqual(['1 file', '0 files']);
    expect([other.say('files', { count: 1 }), other.say('files', { count: 3 })]).toEqual(['파일 1개', '파일 3개']);
  });

  it('falls back to English, and then to the key', () => {
    expect(other.say('only', {})).toBe('English only');
    expect(other.say('nowhere', {})).toBe('nowhere');
  });

  it('leaves a place holder without a value visible, and a value’s own braces alone', () => {
    expect(fallback.say('files', {})).toBe('files');
    expect(new Phrasebook('en', { hello: '{{who}} {{what}}' }, null).say('hello', { who: '{{what}}' })).toBe(
      '{{what}} {{what}}',
    );
  });
});

describe('words of a server in a sentence', () => {
  it('do not reorder it', () => {
    expect(new Phrasebook('en', { asks: '{{who}} asks' }, null).say('asks', { who: 'a\u202Eb\u001B[2J' })).toBe(
      'a\uFFFDb\uFFFD[2J asks',
    );
    expect(new AppError('CONNECT_FAILED', { details: { host: 'a\u202Eb', reason: '\u2066' } }).message).toBe(
      'No connection to a\uFFFDb: \uFFFD',
    );
  });
});

describe('the language of the computer', () => {
  it('is the first of its preferences that there is', () => {
    expect(systemLanguage(['fr-FR', 'ko-KR', 'en-US'])).toBe('ko');
    expect(systemLanguage(['de'])).toBe('en');
  });
});
