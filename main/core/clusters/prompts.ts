import type { ParsedInputOf } from '../../../shared/contract/index.ts';
import type { ConnectionPrompt } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { Clock } from '../ports.ts';
import type { Emit } from '../program/events.ts';

export type PromptAnswer = ParsedInputOf<'clusters.answer'>['answer'];
type WithoutIds<P> = P extends ConnectionPrompt ? Omit<P, 'promptId' | 'clusterId'> : never;
export type Question = WithoutIds<ConnectionPrompt>;

/** Questions of connection attempts that wait for a person. */
export interface Prompts {
  pending(): ConnectionPrompt[];
  /**
   * Puts a question and waits; an aborted signal counts as `cancel`, and a question whose `until` has passed is `expired`. `opened`
   * hears the prompt's id.
   */
  ask(
    clusterId: ClusterId,
    question: Question,
    signal: AbortSignal,
    opened: (promptId: string) => void,
  ): Promise<PromptAnswer | { kind: 'expired' }>;
  /** PROMPT_GONE; INPUT_INVALID when the answer does not fit the question. */
  answer(promptId: string, answer: PromptAnswer): void;
  /** Closes what should have been answered by now: timers stand still while a computer sleeps. */
  expireOverdue(): void;
}

export function createPrompts(emit: Emit, randomId: (length: number) => string, clock: Clock): Prompts {
  const open = new Map<
    string,
    { prompt: ConnectionPrompt; settle: (answer: PromptAnswer | { kind: 'expired' }) => void }
  >();
  return {
    pending: () => [...open.values()].map(({ prompt }) => prompt),
    ask: (clusterId, question, signal, opened) => {
      const promptId = `p${randomId(12)}`;
      const prompt: ConnectionPrompt = { ...question, promptId, clusterId };
      return new Promise((resolve) => {
        const answered = new AbortController();
        const giveUp = (): void => settle({ kind: 'cancel' });
        const settle = (answer: PromptAnswer | { kind: 'expired' }): void => {
          signal.removeEventListener('abort', giveUp);
          answered.abort();
          if (open.delete(promptId)) emit('clusters.promptClosed', { promptId });
          resolve(answer);
        };
        if (signal.aborted) {
          resolve({ kind: 'cancel' });
          return;
        }
        signal.addEventListener('abort', giveUp, { once: true });
        if (prompt.kind === 'auth') {
          clock.sleep(Math.max(0, prompt.until - clock.now()), answered.signal).then(
            () => settle({ kind: 'expired' }),
            () => undefined,
          );
        }
        open.set(promptId, { prompt, settle });
        opened(promptId);
        emit('clusters.prompt', prompt);
      });
    },
    answer: (promptId, answer) => {
      const asked = open.get(promptId);
      if (asked === undefined) throw new AppError('PROMPT_GONE', { details: { promptId } });
      const fits =
        answer.kind === 'cancel' ||
        (asked.prompt.kind === 'hostKey'
          ? answer.kind === 'accept' && answer.fingerprint === asked.prompt.fingerprint
          : answer.kind === 'answers' && answer.values.length === asked.prompt.fields.length);
      if (!fits)
        throw new AppError('INPUT_INVALID', {
          details: { reason: message('clusters.answerDoesNotFit'), field: 'answer' },
        });
      asked.settle(answer);
    },
    expireOverdue: () => {
      for (const { prompt, settle } of [...open.values()])
        if (prompt.kind === 'auth' && prompt.until <= clock.now()) settle({ kind: 'expired' });
    },
  };
}
