import type { Problem } from '../../shared/domain/problem/schema.ts';
import type { Message } from '../../shared/messages/message.ts';
import { sayMessage, t } from './index.ts';

/** What is already text, and what is said in the current language. */
export function sayText(text: string | Message): string {
  return typeof text === 'string' ? text : sayMessage(text);
}

/** A problem as parts of the interface show it; without a next step the hint is empty. */
export interface SaidProblem {
  readonly severity: Problem['severity'];
  readonly message: string;
  readonly hint: string;
}

/** What a problem says in the current language. */
export function sayProblem({ severity, message, hint }: Pick<Problem, 'severity' | 'message' | 'hint'>): SaidProblem {
  return { severity, message: sayMessage(message), hint: hint === null ? '' : sayMessage(hint) };
}

const namesLine = ({ values }: Message, line: number): boolean =>
  Object.values(values).some((value) => (typeof value === 'object' ? namesLine(value, line) : value === line));

/** The same with the line where it is, unless the sentence names it itself. */
export function sayProblemAt(problem: Pick<Problem, 'severity' | 'message' | 'hint' | 'line'>): SaidProblem {
  const said = sayProblem(problem);
  const { line, message } = problem;
  return line === null || namesLine(message, line)
    ? said
    : { ...said, message: t('launch.atLine', { line, message: said.message }) };
}

/** What tells problems of one list apart, whatever the language. */
export function problemKey({ rule, field, line, message }: Problem): string {
  return JSON.stringify([rule, field, line, message]);
}
