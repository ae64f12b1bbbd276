import { expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { systemClock } from '../../clock/systemClock.ts';
import { createPrompts } from './prompts.ts';

it('a host key is accepted by the fingerprint that was shown, and by no other', async () => {
  const prompts = createPrompts(
    () => undefined,
    (length) => 'a'.repeat(length),
    systemClock,
  );
  let promptId = '';
  const question = {
    kind: 'hostKey',
    host: 'login',
    port: 22,
    algorithm: 'ssh-ed25519',
    fingerprint: 'SHA256:shown',
    authorityKnown: false,
  } as const;
  const said = prompts.ask(ClusterId.parse('c'), question, new AbortController().signal, (id) => {
    promptId = id;
  });
  expect(() => prompts.answer(promptId, { kind: 'accept', fingerprint: 'SHA256:other' })).toThrow(
    expect.objectContaining({ name: 'INPUT_INVALID' }),
  );
  expect(prompts.pending()).toHaveLength(1);
  prompts.answer(promptId, { kind: 'accept', fingerprint: 'SHA256:shown' });
  expect(await said).toMatchObject({ kind: 'accept' });
});
