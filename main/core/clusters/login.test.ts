import { beforeEach, describe, expect, it } from 'vitest';
import { message, verbatim } from '../../../shared/messages/message.ts';
import { ClusterProfile, type ConnectionPrompt } from '../../../shared/domain/cluster/profile.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { AuthQuestion, ConnectionPrompter, Connector, RemoteConnection } from '../ports.ts';
import { createMemoryDocuments } from '../testing/memoryDocuments.ts';
import { settle, VirtualClock } from '../testing/virtualClock.ts';
import { Credentials } from './credentials.ts';
import { login } from './login.ts';
import { createPrompts, type Prompts } from './prompts.ts';

const PROFILE = ClusterProfile.parse({
  id: 'cori',
  name: 'Cori',
  kind: 'ssh',
  host: 'cori',
  port: 22,
  user: 'ada',
  auth: [{ kind: 'keyboard-interactive' }],
});
const PASSWORD: AuthQuestion = {
  asker: 'ada@gate',
  method: 'password',
  title: message('login.passwordOf', { user: 'ada', host: 'cori' }),
  instructions: null,
  fields: [{ label: message('login.password'), echo: false }],
  keyPath: null,
};
const CODE: AuthQuestion = {
  asker: 'ada@cori',
  method: 'keyboard-interactive',
  title: verbatim('Two factors'),
  instructions: verbatim('Look at your phone.'),
  fields: [{ label: verbatim('Code'), echo: true }],
  keyPath: null,
};
const DONE = {} as RemoteConnection;

describe('the questions of a connection attempt', () => {
  let clock: VirtualClock;
  let prompts: Prompts;
  let shown: ConnectionPrompt[];
  let closed: string[];
  let credentials: Credentials;

  beforeEach(() => {
    clock = new VirtualClock();
    shown = [];
    closed = [];
    let ids = 0;
    prompts = createPrompts(
      (name, payload) => {
        if (name === 'clusters.prompt') shown.push(payload as ConnectionPrompt);
        if (name === 'clusters.promptClosed') closed.push((payload as { promptId: string }).promptId);
      },
      () => String((ids += 1)),
      clock,
    );
    const vault = {
      persistent: false,
      get: () => Promise.resolve(null),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    };
    credentials = new Credentials({ vault, documents: createMemoryDocuments() }, PROFILE.id);
  });

  const attempt = (
    serve: (asker: ConnectionPrompter) => Promise<RemoteConnection>,
    signal = new AbortController().signal,
  ): Promise<RemoteConnection> => {
    const connector = { connect: (_target, asker) => serve(asker) } as Pick<Connector, 'connect'> as Connector;
    return login(
      { ports: { connector, clock }, prompts },
      { profile: PROFILE, pinnedHostKey: null },
      credentials,
      { step: () => undefined, asking: () => undefined },
      signal,
    );
  };
  /** As main/ssh does: no answer ends the attempt. */
  const need = async (asker: ConnectionPrompter, question: AuthQuestion): Promise<readonly string[]> => {
    const answers = await asker.answer(question);
    if (answers === null) throw new AppError('CANCELLED');
    return answers;
  };

  it('say which server asks, in its own words, how long it waits, and whether the answer can be kept', async () => {
    const connecting = attempt(async (asker) => {
      await need(asker, PASSWORD);
      await need(asker, CODE);
      return DONE;
    });
    await settle();
    expect(shown.at(-1)).toMatchObject({
      kind: 'auth',
      asker: 'ada@gate',
      remember: { possible: false, reason: 'no-keychain' },
      until: clock.now() + 180_000,
    });
    prompts.answer('p1', { kind: 'answers', values: ['secret'], remember: false });
    await settle();
    expect(shown.at(-1)).toMatchObject({
      asker: 'ada@cori',
      title: CODE.title,
      instructions: CODE.instructions,
      fields: CODE.fields,
      remember: { possible: false, reason: 'one-time' },
    });
    prompts.answer('p2', { kind: 'answers', values: ['123456'], remember: false });
    expect(await connecting).toBe(DONE);
    expect(closed).toEqual(['p1', 'p2']);
    expect(clock.nextWake).toBeNull();
  });

  it('end the attempt when nobody answers for 180 s, and the sentence says so', async () => {
    const connecting = attempt((asker) => need(asker, CODE).then(() => DONE));
    const outcome = connecting.catch((error: unknown) => error);
    await clock.advance(179_000);
    expect(prompts.pending()).toHaveLength(1);
    await clock.advance(1000);
    expect(await outcome).toMatchObject({
      name: 'PROMPT_EXPIRED',
      message: 'ada@cori asked a question, and nobody answered within 180 s.',
    });
    expect(closed).toEqual(['p1']);
  });

  it('end it too when the server does not wait that long: no further attempt would find anybody', async () => {
    let hangUp: (error: Error) => void = () => undefined;
    const outcome = attempt((asker) => {
      void asker.answer(CODE);
      return new Promise((_, reject) => {
        hangUp = reject;
      });
    }).catch((error: unknown) => error);
    await clock.advance(120_000);
    hangUp(new AppError('CONNECT_FAILED', { details: { host: 'cori', reason: 'closed' } }));
    expect(await outcome).toMatchObject({ name: 'PROMPT_EXPIRED', details: { host: 'ada@cori', seconds: 120 } });
    await settle();
    expect(closed).toEqual(['p1']);
    expect(prompts.pending()).toEqual([]);
    expect(clock.nextWake).toBeNull();
  });

  it('are closed when the computer slept over them', async () => {
    const outcome = attempt((asker) => need(asker, CODE).then(() => DONE)).catch((error: unknown) => error);
    await settle();
    prompts.expireOverdue();
    expect(prompts.pending()).toHaveLength(1);
    clock.sleepThrough(600_000);
    prompts.expireOverdue();
    expect(await outcome).toMatchObject({ name: 'PROMPT_EXPIRED' });
  });

  it('are the person’s to cancel: that is no expiry', async () => {
    const outcome = attempt((asker) => need(asker, CODE).then(() => DONE)).catch((error: unknown) => error);
    await settle();
    prompts.answer('p1', { kind: 'cancel' });
    expect(await outcome).toMatchObject({ name: 'CANCELLED' });
  });

  it('are closed with an attempt that is given up', async () => {
    const gone = new AbortController();
    const outcome = attempt((asker) => need(asker, CODE).then(() => DONE), gone.signal).catch(
      (error: unknown) => error,
    );
    await settle();
    gone.abort();
    expect(await outcome).toMatchObject({ name: 'CANCELLED' });
    expect(closed).toEqual(['p1']);
  });
});
