import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { message } from '../../../../shared/messages/message.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import type { HandlersOf } from '../../core.ts';
import type { ClusterSessions, ScriptMaker, LocalFiles } from '../../services.ts';
import { adviseAt } from './completion.ts';
import { withChecks } from '../format/folderChecks.ts';
import type { TemplateLibraryService } from '../library/library.ts';
import { jsonSchemaOf, TEMPLATE_SCHEMA } from '../format/templateSchema.ts';
import { noScript, tryFiles, tryScript } from '../check/tryTemplate.ts';
import type { TemplateWork } from '../library/workThread.ts';

interface EditingHandlerDependencies {
  /** parseTemplate, where it does not hold up others. */
  readonly parse: (text: string, fileName: string) => Promise<{ template: Template | null; problems: Problem[] }>;
  readonly work: Pick<TemplateWork, 'do'>;
  readonly files: Pick<LocalFiles, 'describe' | 'check'>;
  readonly scripts: ScriptMaker;
  readonly sessions: Pick<ClusterSessions, 'profile' | 'knownFacts' | 'knownUsage'>;
  readonly library: Pick<TemplateLibraryService, 'fileChecks'>;
}

/** Operations on the text of a template that is being written; nothing of them is saved. */
export type EditingOperation =
  'templates.edit' | 'templates.tryScript' | 'templates.tryFiles' | 'templates.schema' | 'templates.advise';

export function editingHandlers({
  parse,
  work,
  files,
  scripts,
  sessions,
  library,
}: EditingHandlerDependencies): Pick<HandlersOf<'templates'>, EditingOperation> {
  return {
    'templates.edit': (input) => work.do('edit', input),
    'templates.tryScript': async ({ text, parameters, clusterId }) => {
      const { template, problems } = await parse(text, 'template.yaml');
      return template === null ? noScript(problems) : tryScript({ scripts, sessions }, template, parameters, clusterId);
    },
    'templates.tryFiles': async ({ text, files: handles }, { signal }) => {
      const { template, problems } = await parse(text, 'template.yaml');
      if (template === null)
        throw new AppError('TEMPLATE_INVALID', {
          details: {
            reason: problems.find(({ severity }) => severity === 'error')?.message ?? message('format.hasErrors'),
            problems,
          },
        });
      return tryFiles(
        files,
        withChecks(template, () => library.fileChecks()),
        handles,
        signal,
      );
    },
    'templates.schema': () => jsonSchemaOf(TEMPLATE_SCHEMA),
    'templates.advise': ({ text, line, column }) => adviseAt(text, line, column),
  };
}
