import { expect, it } from 'vitest';
import { errorMessages } from '../errors/codedError.ts';
import { ERRORS, type ErrorName } from '../errors/codes.ts';
import { say, type Language } from './catalogue.ts';
import { message, type Message } from './message.ts';

/** What fills the sentences here: of every kind that comes there, a message within a message too. */
const details: Record<string, string | number | Message> = {
  action: message('jobs.action.cancel'),
  character: '%',
  cluster: 'hpc',
  clusterId: 'hpc',
  command: 'squeue',
  count: 3,
  field: 'resources.time',
  file: '~/.ssh/known_hosts',
  files: 'form.yml, submit.yml.erb',
  folder: '~/.slipway',
  found: 7,
  host: 'login1',
  image: 'pytorch.sif',
  known: 4,
  label: 'Epochs',
  limit: '4 MB',
  name: 'train.py',
  offset: 4096,
  operation: 'jobs.sumbit',
  owner: message('program.process', { pid: 4711 }),
  path: '/scratch/kim',
  reason: message('connection.ECONNREFUSED'),
  seconds: 30,
  templateId: 'python-train',
  user: 'kim',
  via: 'gate',
  where: 'hpc',
};

const sentences = (language: Language, name: ErrorName): string => {
  const { message: sentence, hint } = errorMessages({ name, details });
  return [sentence, hint].map((each) => say(language, each)).join(' → ');
};

// no assertion on words: for reading them, both languages side by side, whenever one changes
it('every error and its next step, as a person reads them', async () => {
  const listing = (Object.keys(ERRORS) as ErrorName[]).map((name) =>
    [`${String(ERRORS[name].code)} ${name}`, `  ${sentences('en', name)}`, `  ${sentences('ko', name)}`].join('\n'),
  );
  await expect(`${listing.join('\n\n')}\n`).toMatchFileSnapshot('./__golden__/errors.txt');
  expect(listing.filter((lines) => /[{}…]/.test(lines.replace('Browse…', '').replace('찾아보기…', '')))).toEqual([]);
});
