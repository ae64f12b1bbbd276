import { problemKey, sayProblem } from '../../../i18n/problem.ts';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { EditorAdvice } from '../../../../shared/domain/template/studio.ts';
import { client } from '../../../client/index.ts';
import { ScriptView, type LineProblem } from '../../../editor/index.ts';
import { t } from '../../../i18n/index.ts';
import { changeText, mayWrite, type StudioDocument } from './documents.ts';

/** What may stand at a place of a template's text. */
function advise(text: string, line: number, column: number): Promise<EditorAdvice> {
  return client.call('templates.advise', { text, line, column });
}

const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

/** The text of a template with what is wrong in it; it can be typed into where it may be changed. */
export function YamlText({ document }: { document: StudioDocument }) {
  const { key, text, problems } = document;
  const lines = useMemo(
    () =>
      problems.flatMap((problem): LineProblem[] => {
        const { line, column, severity } = problem;
        const { message, hint } = sayProblem(problem);
        return line === null
          ? []
          : [{ line, column, severity, message: hint === '' ? message : `${message}\n${hint}` }];
      }),
    [problems],
  );
  const isWritable = mayWrite(document);
  return (
    <div className="studio-yaml">
      <ScriptView
        text={text}
        language="yaml"
        label={t('studio.yamlText')}
        problems={lines}
        advise={advise}
        {...(isWritable ? { onEdit: (next: string) => changeText(key, next) } : {})}
      />
      {problems.length === 0 ? null : (
        <ul className="studio-problems" aria-label={t('studio.problems')} tabIndex={0}>
          {problems.map((problem) => (
            <ProblemRow key={problemKey(problem)} problem={problem} />
          ))}
        </ul>
      )}
    </div>
  );
}

function ProblemRow({ problem }: { problem: Problem }) {
  const Icon = ICONS[problem.severity];
  const { message, hint } = sayProblem(problem);
  return (
    <li className={`studio-problem studio-problem-${problem.severity}`} data-rule={problem.rule}>
      <Icon size={13} aria-hidden />
      <span className="selectable">
        {problem.line === null ? null : (
          <span className="studio-problem-line">{t('studio.line', { line: problem.line })}</span>
        )}
        {message}
        {hint === '' ? null : <span className="secondary"> {hint}</span>}
      </span>
    </li>
  );
}
