import { message, type Message } from '../../../shared/messages/message.ts';
import { placeholderNames } from '../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import {
  directive,
  isJobName,
  mendJobName,
  optionKey,
  optionFlag,
  optionName,
  orderOptions,
  type OptionValue,
} from '../../../shared/domain/request/options.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { outputPattern } from '../../../shared/domain/job/outputFiles.ts';
import type { ScriptText } from './scriptText.ts';

const found = (
  severity: Problem['severity'],
  rule: string,
  field: string,
  what: Message,
  extra: Partial<Problem> = {},
): Problem => problem({ rule, code: ERRORS.REQUEST_INVALID.code, severity, message: what, field, ...extra });

/** The name as it stands in the script: the person's, mended where Slurm or a shell would stumble, else the template's. */
function jobName(given: string, template: Pick<Template, 'name' | 'id'>): { name: string; problems: Problem[] } {
  if (isJobName(given)) return { name: given, problems: [] };
  const name = [given, template.name, template.id].map(mendJobName).find((candidate) => candidate !== '') ?? 'job';
  const fix = { label: message('words.use', { value: name }), field: 'jobName', value: name };
  const refused =
    given === ''
      ? found('error', 'job-name-missing', 'jobName', message('scripts.jobNameMissing'), { fix })
      : found('error', 'job-name-invalid', 'jobName', message('scripts.jobNameInvalid'), { fix });
  return { name, problems: [refused] };
}

/**
 * Writes the `#SBATCH` lines: the name, the request in the table's order, then what Slipway sets itself. What has not its grammar is
 * left out and named. Answers with what was written, for limits and price.
 */
export function writeDirectives(
  script: ScriptText,
  template: Pick<Template, 'name' | 'id' | 'slurm'>,
  draft: { readonly jobName: string; readonly resources: SlurmRequest },
  request: SlurmRequest,
): { accepted: SlurmRequest; problems: Problem[] } {
  const { name, problems } = jobName(draft.jobName, template);
  script.keep(`#SBATCH --job-name=${name}`, 'jobName');

  const accepted: Record<string, OptionValue> = {};
  const fromParameters = parametersByOption(template.slurm);
  for (const key of orderOptions(Object.keys(request))) {
    const value = request[key];
    const field = `resources.${key}`;
    if (value === undefined) continue;
    const result = directive(key, value);
    switch (result.kind) {
      case 'line': {
        // the template's placeholder is behind a line only where the person has not put a value over it
        const parameters = draft.resources[key] === undefined ? (fromParameters.get(key) ?? []) : [];
        script.add(`#SBATCH ${result.text}`, field, ...parameters.map((parameter) => `parameters.${parameter}`));
        accepted[key] = value;
        if (!result.known)
          problems.push(
            found('info', 'slurm-option-unknown', field, message('scripts.optionUnknown', { option: optionFlag(key) })),
          );
        break;
      }
      case 'absent':
        break;
      case 'ours':
        problems.push(
          found(
            'warning',
            'slurm-option-ours',
            field,
            message('scripts.optionOfTemplateUnused', { option: optionFlag(key), reason: result.reason }),
          ),
        );
        break;
      case 'invalid':
        problems.push(invalid(key, field, value, result));
        break;
    }
  }
  const isArray = accepted['array'] !== undefined;
  script.keep(`#SBATCH --output=${outputPattern('stdout', isArray)}`);
  script.keep(`#SBATCH --error=${outputPattern('stderr', isArray)}`);
  script.keep('#SBATCH --open-mode=append');
  return { accepted, problems };
}

function invalid(
  key: string,
  field: string,
  value: OptionValue,
  { reason, mended }: { reason: Message; mended: string | null },
): Problem {
  const [unknown] = placeholderNames(String(value));
  if (unknown !== undefined)
    return found(
      'error',
      'placeholder-unknown',
      field,
      message('scripts.noSuchParameter', { option: optionName(key), name: unknown }),
    );
  return found('error', 'slurm-value-invalid', field, message('words.about', { what: optionName(key), text: reason }), {
    fix: mended === null ? null : { label: message('words.use', { value: mended }), field, value: mended },
  });
}

function parametersByOption(slurm: SlurmRequest): Map<string, string[]> {
  return new Map(
    Object.entries(slurm).flatMap(([key, value]) =>
      typeof value === 'string' && value.includes('{{') ? [[optionKey(key), placeholderNames(value)]] : [],
    ),
  );
}
