import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { say } from '../../messages/catalogue.ts';
import { complaintOf } from './complaint.ts';
import { list, Name, PlainData, Text, withBoundedKeys } from './schemas.ts';
import { MAX_TEXT } from './limits.ts';

/** What the schema says of the value, in both languages. */
function said(schema: z.ZodType, value: unknown): [string, string] | null {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return null;
  const complaint = complaintOf(issue, value);
  return [say('en', complaint), say('ko', complaint)];
}

describe('what a schema complains of', () => {
  it.each<[string, z.ZodType, unknown, english: string, korean: string]>([
    ['a missing text', z.object({ a: Name }), {}, 'is missing; expected a text', '없습니다. 텍스트가 필요합니다'],
    [
      'another kind',
      z.object({ a: z.array(Name) }),
      { a: 'x' },
      'expected a list, found a text',
      '목록이 필요한데 텍스트가 있습니다',
    ],
    ['null', z.int(), null, 'expected a number, found null', '숫자가 필요한데 빈 값이 있습니다'],
    ['a fraction', z.int(), 1.5, 'expected a whole number, found a number', '정수가 필요한데 숫자가 있습니다'],
    ['a long name', Name, 'x'.repeat(256), 'has more than 255 characters', '255자보다 깁니다'],
    ['a long text', Text, 'x'.repeat(MAX_TEXT + 1), 'has more than 1 MiB of text', '텍스트가 1 MiB보다 큽니다'],
    ['an empty text', z.string().min(1), '', 'is empty', '비어 있습니다'],
    ['a long list', list(z.int(), 2), [1, 2, 3], 'has more than 2 entries', '항목이 2개보다 많습니다'],
    ['a short list', z.array(z.int()).min(2), [1], 'has fewer than 2 entries', '항목이 2개보다 적습니다'],
    ['a large number', z.int().max(5), 9, 'must be at most 5', '5 이하여야 합니다'],
    ['a small number', z.int().min(1), 0, 'must be at least 1', '1 이상이어야 합니다'],
    ['a choice', z.enum(['en', 'ko']), 'fr', 'expected one of en, ko', '다음 중 하나여야 합니다: en, ko'],
    ['a constant', z.literal('demo'), 'x', 'expected “demo”', '다음 값이어야 합니다: “demo”'],
    [
      'a form',
      z.string().regex(/^r[0-9]$/),
      'x',
      'does not have the form /^r[0-9]$/',
      '다음 형식에 맞지 않습니다: /^r[0-9]$/',
    ],
    ['a beginning', z.string().startsWith('/'), 'x', 'must begin with “/”', '“/”(으)로 시작해야 합니다'],
    ['other keys', z.strictObject({}), { a: 1 }, 'has keys that are not known: a', '알 수 없는 키가 있습니다: a'],
    [
      'one of several kinds',
      z.union([z.string(), z.number(), z.boolean()]),
      [],
      'expected a text or a number or true or false, found a list',
      '텍스트 또는 숫자 또는 true 또는 false 값이 필요한데 목록이 있습니다',
    ],
    [
      'one of several forms',
      z.union([z.string().regex(/^a/), z.string().regex(/^b/)]),
      'c',
      'fits none of the forms that it may have',
      '가능한 형식 중 어느 것에도 맞지 않습니다',
    ],
    [
      'a kind that is not known',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('set') }), z.object({ kind: z.literal('remove') })]),
      { kind: 'x' },
      'expected one of set, remove',
      '다음 중 하나여야 합니다: set, remove',
    ],
    [
      'many keys',
      withBoundedKeys(z.record(z.string(), z.int()), 2),
      { a: 1, b: 2, c: 3 },
      'has more than 2 entries',
      '항목이 2개보다 많습니다',
    ],
    [
      'what no file can hold',
      PlainData,
      [new Map()],
      'holds something else than texts, numbers, true, false, null, lists and maps, which is no plain data',
      '텍스트, 숫자, true, false, null, 목록, 맵이 아닌 것이 들어 있습니다',
    ],
  ])('is said of %s', (_, schema, value, english, korean) => {
    expect(said(schema, value)).toEqual([english, korean]);
  });

  it('is told in the words of the schema library where there are none of ours', () => {
    expect(said(z.number().multipleOf(2), 3)).toEqual([
      '“Invalid number: must be a multiple of 2”',
      '“Invalid number: must be a multiple of 2”',
    ]);
  });
});
