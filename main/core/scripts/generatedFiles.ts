import { message, type Message } from '../../../shared/messages/message.ts';
import { remoteNameOf } from '../../../shared/domain/template/fileSlots.ts';
import { resolvePlaceholders } from '../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import type { ParameterValues, Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';

/** The template's own text files with the parameters filled in; they travel with the inputs. */
export function generateFiles(
  template: Pick<Template, 'generatedFiles'>,
  values: ParameterValues,
): { files: ScriptPreview['files']; problems: Problem[] } {
  const problems: Problem[] = [];
  const say = (rule: string, what: Message): void =>
    void problems.push(problem({ rule, code: ERRORS.TEMPLATE_INVALID.code, severity: 'error', message: what }));
  const files = template.generatedFiles.map(({ name, content }) => {
    const { text, unknown } = resolvePlaceholders(content, values);
    for (const parameter of unknown)
      say('placeholder-unknown', message('scripts.generatedPlaceholder', { file: name, name: parameter }));
    if (remoteNameOf(name) !== name) say('generated-file-name', message('scripts.generatedFileName', { file: name }));
    return { name, text };
  });
  return { files, problems };
}
