import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../errors/codes.ts';
import { inWords, say } from './catalogue.ts';
import en from './en/index.ts';
import ko from './ko/index.ts';
import { message, quoted } from './message.ts';
import { flatten } from './phrasebook.ts';
import { finalSound } from './particles.ts';

const english = flatten(en);
const korean = flatten(ko);
const base = (key: string): string => key.replace(/_(one|other)$/, '');
const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{\w+(?::moment)?\}\}/g)].map(([name]) => name))].sort();
/** What is left of a text to translate: nothing of `{{label}}: {{reason}}`. */
const words = (text: string): string => text.replaceAll(/\{\{\w+(?::moment)?\}\}|[^\p{L}]/gu, '');

describe('the catalogue of messages', () => {
  it('has every message in Korean, and none that English has not', () => {
    const translated = new Set([...korean.keys()].map(base));
    const known = new Set([...english.keys()].map(base));
    expect([...known].filter((id) => !translated.has(id))).toEqual([]);
    expect([...translated].filter((id) => !known.has(id))).toEqual([]);
  });

  it('has a form for one and for many wherever English counts, and the only one of Korean', () => {
    const ids = [...english.keys()].filter((id) => id.endsWith('_one')).map(base);
    expect(ids.filter((id) => !english.has(`${id}_other`) || !korean.has(`${id}_other`))).toEqual([]);
    expect([...korean.keys()].filter((id) => id.endsWith('_one'))).toEqual([]);
  });

  it('fills the same values into both languages', () => {
    const different = [...english].filter(
      ([id, text]) =>
        !id.endsWith('_one') &&
        placeholders(text).join() !== placeholders(korean.get(id) ?? korean.get(base(id)) ?? '').join(),
    );
    expect(different).toEqual([]);
  });

  it('says nothing in Korean that is the English sentence', () => {
    const same = [...korean].filter(([id, text]) => words(text) !== '' && text === english.get(id));
    expect(same).toEqual([]);
    const untranslated = [...korean].filter(([, text]) => words(text) !== '' && !/\p{Script=Hangul}/u.test(text));
    expect(untranslated).toEqual([]);
  });

  it('writes Korean particles after a value in both forms, so that the one that fits can be chosen', () => {
    const fixed = [...korean].filter(([, text]) =>
      /\}\}[”’"')\]]*(?:을|를|이|가|은|는|와|과|으로)(?![\p{L}(])/u.test(text),
    );
    expect(fixed).toEqual([]);
  });

  it('holds no message that nobody says', () => {
    const sources = ['main', 'renderer', 'shared']
      .flatMap((room) => readdirSync(room, { recursive: true, withFileTypes: true }))
      .filter((file) => file.isFile() && /(?<!\.test)\.tsx?$/.test(file.name))
      .map((file) => readFileSync(path.join(file.parentPath, file.name), 'utf8'));
    const said = new Set(sources.flatMap((text) => text.match(/(?<=['"`])[A-Za-z]+\.[\w.-]+(?=['"`])/g) ?? []));
    const ofErrors = new Set(Object.keys(ERRORS).flatMap((name) => [`errors.${name}`, `errors.${name}.hint`]));
    const dead = [...new Set([...english.keys()].map(base))].filter((id) => !said.has(id) && !ofErrors.has(id));
    expect(dead).toEqual([]);
  });

  it('says every error and its next step', () => {
    const ids = Object.keys(ERRORS).flatMap((name) => [`errors.${name}`, `errors.${name}.hint`]);
    expect(ids.filter((id) => !english.has(id))).toEqual([]);
  });
});

describe('saying a message', () => {
  it('says a reason within a sentence in the language of the sentence', () => {
    const reason = message('errors.PROMPT_GONE');
    const failure = message('errors.CONNECT_FAILED', { host: 'hpc', reason });
    expect(inWords(failure)).toBe('No connection to hpc: This question is no longer open.');
    expect(say('ko', failure)).toBe('hpc에 연결하지 못했습니다: 이 질문은 더 이상 열려 있지 않습니다.');
  });

  it('quotes the words of others, and lets them neither reorder the sentence nor fill it anew', () => {
    expect(inWords(message('errors.CONNECT_FAILED', { host: 'a\u202Eb', reason: quoted('{{host}} \u2066') }))).toBe(
      'No connection to a\uFFFDb: “{{host}} \uFFFD”',
    );
  });

  it('never shows braces for a value that nobody gave', () => {
    expect(inWords({ id: 'errors.CONNECT_FAILED', values: {} })).toBe('No connection to …: …');
    expect(say('ko', { id: 'errors.REMOTE_PATH_MISSING', values: {} })).toBe('클러스터에 …이(가) 없습니다.');
  });
});

describe('a Korean particle', () => {
  it.each([
    ['서버', '클러스터에 서버가 없습니다.'],
    ['폴더 안의 파일', '클러스터에 폴더 안의 파일이 없습니다.'],
    ['run-10', '클러스터에 run-10이 없습니다.'],
    ['run-2', '클러스터에 run-2가 없습니다.'],
    ['/scratch/kim', '클러스터에 /scratch/kim이(가) 없습니다.'],
    ['GPU', '클러스터에 GPU가 없습니다.'],
    ['RAM', '클러스터에 RAM이 없습니다.'],
  ])('after %s takes the form of its last sound, and both where only a person knows it', (path, sentence) => {
    expect(say('ko', message('errors.REMOTE_PATH_MISSING', { path }))).toBe(sentence);
  });

  it('knows how words, numbers and abbreviations end', () => {
    expect(
      ['서울', '부산', '제주', '21', '36', '100', 'XML', 'GPU', 'login.site.edu', '…', ''].map(finalSound),
    ).toEqual(['rieul', 'consonant', 'vowel', 'rieul', 'consonant', 'consonant', 'rieul', 'vowel', null, null, null]);
  });
});
