import { z } from 'zod';
import { MAX_FIELD, MAX_ITEMS, MAX_LINE, MAX_NAME, MAX_TEXT, MAX_TIME, PLAIN_DATA_LIMITS } from './limits.ts';
import { message } from '../../messages/message.ts';
import { said } from './complaint.ts';
import { excessOf } from '../text/plainData.ts';

const text = (max: number): z.ZodString => z.string().max(max);

/** What schemas of inputs are made of. A number without end, or a text, is nothing that a caller may send. */
export const Name = text(MAX_NAME);
export const Line = text(MAX_LINE);
export const FieldText = text(MAX_FIELD);
export const Text = z.string().max(MAX_TEXT);
/** Any number that a form can hold. JSON knows neither infinities nor NaN, and zod refuses them. */
export const FormNumber = z.number().min(-Number.MAX_VALUE).max(Number.MAX_VALUE);
/** A whole number of things, or of bytes. */
export const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Epoch milliseconds. */
export const Time = z.number().min(0).max(MAX_TIME);

export function list<T extends z.ZodType>(item: T, max = MAX_ITEMS): z.ZodArray<T> {
  return z.array(item).max(max);
}

/** Bounds the keys of a record, or of an object that takes others than its own. `maxProperties` is JSON Schema’s word for it. */
export function withBoundedKeys<T extends z.ZodType>(schema: T, max = MAX_ITEMS): T {
  return schema
    .refine(
      (value) => Object.keys(value as object).length <= max,
      said(message('complaints.manyEntries', { most: max })),
    )
    .refine(
      (value) => Object.keys(value as object).every((key) => key.length <= MAX_NAME),
      said(message('complaints.longKey', { most: MAX_NAME })),
    )
    .meta({ maxProperties: max });
}

/** Any value that a template file can hold. */
export const PlainData = z.unknown().superRefine((value, context) => {
  const excess = excessOf(value, PLAIN_DATA_LIMITS);
  if (excess !== null) context.addIssue({ code: 'custom', ...said(excess) });
});
