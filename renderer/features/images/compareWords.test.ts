import { expect, it } from 'vitest';
import { loadLaterTexts } from '../../i18n/index.ts';
import { fieldName, fieldValue, inReadingOrder } from './compareWords.ts';

it('calls the fields of a comparison what the page calls them, and says which label or app', async () => {
  await loadLaterTexts();
  expect(['size', 'labels.org.opencontainers.image.version', 'apps.gmx.runscript', 'newField'].map(fieldName)).toEqual([
    'Size',
    'Label org.opencontainers.image.version',
    'App gmx.runscript',
    'newField',
  ]);
});

it('says values for people: bytes with their unit, seconds as a time, words', async () => {
  await loadLaterTexts();
  expect(fieldValue('size', '1073741824')).toBe('1 GiB (1,073,741,824 B)');
  expect(fieldValue('gpu', 'cuda')).toBe('NVIDIA (CUDA)');
  expect(fieldValue('signed', 'false')).toBe('no');
  expect(fieldValue('modifiedAt', '0')).toContain('1970');
  expect(fieldValue('labels.x', 'a\u202Eb')).toBe('a\uFFFDb');
});

it('puts first what tells two images apart at a glance, and long texts and what nobody knows last', () => {
  const fields = ['apps.gmx', 'definition', 'labels.a', 'newField', 'runscript', 'size', 'version'];
  expect(inReadingOrder(fields, (field) => field)).toEqual([
    'version',
    'size',
    'labels.a',
    'apps.gmx',
    'definition',
    'runscript',
    'newField',
  ]);
});
