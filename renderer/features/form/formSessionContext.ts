import { createContext, use, useMemo } from 'react';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { sayMessage } from '../../i18n/index.ts';
import { sayProblemAt } from '../../i18n/problem.ts';
import type { FieldProblem } from '../../ui/index.ts';
import { isChanged, withFieldReset } from './session/draft.ts';
import { changeDraft } from './session/drafting.ts';
import { mend } from './mending.ts';
import { worstOf } from './session/problems.ts';
import { useFormSessions, type FormSession } from './session/formSessions.ts';

/** Key of the session whose form is drawn. */
export const FormSessionKey = createContext<string>('');

export function useFormSessionKey(): string {
  return use(FormSessionKey);
}

/** A part of the session that is drawn. The selector must answer with parts of it, not with new objects. */
export function useFormSession<T>(select: (session: FormSession) => T): T {
  const key = useFormSessionKey();
  return useFormSessions((store) => {
    const session = store.sessions[key];
    if (!session) throw new Error(`no session ${key}`);
    return select(session);
  });
}

/** Changes the draft that is drawn. */
export function useChangeDraft(): (change: (draft: Draft) => Draft) => void {
  const key = useFormSessionKey();
  return useMemo(() => (change) => changeDraft(key, change), [key]);
}

/** The worst problem of a form field, ready to stand beside it. */
export function useFieldProblem(field: string): FieldProblem | null {
  const key = useFormSessionKey();
  const template = useFormSession((session) => session.detail.template);
  const problem = useFormSession((session) =>
    worstOf(
      session.preview?.problems.filter((candidate) => candidate.field === field || candidate.alsoAt === field) ?? [],
    ),
  );
  return useMemo(() => {
    if (!problem) return null;
    const { fix } = problem;
    return {
      ...sayProblemAt(problem),
      fix: fix ? { label: sayMessage(fix.label), onPress: () => mend(key, template, problem) } : null,
    };
  }, [key, template, problem]);
}

/** Whether a field differs from the template, and the way back. */
export function useReset(field: string): { isChanged: boolean; reset: () => void } {
  const key = useFormSessionKey();
  const changed = useFormSession((session) => isChanged(session.detail.template, session.draft, field));
  const template = useFormSession((session) => session.detail.template);
  return {
    isChanged: changed,
    reset: () => changeDraft(key, (draft) => withFieldReset(template, draft, field)),
  };
}
