import { message } from '../../../../shared/messages/message.ts';
import { problem, type Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import type { ConfigChecker } from '../../services.ts';

/** Schemas of one template are compiled for this long, whatever their number. Milliseconds. */
const COMPILING_MS = 10_000;

/**
 * What only compiling tells of a template's schemas, for who writes it: one that is not valid makes the template invalid, one that takes too
 * long is a warning, since its files are merely not checked. CANCELLED.
 */
export async function withSchemaFaults(
  read: { template: Template | null; problems: Problem[] },
  fileName: string,
  configs: Pick<ConfigChecker, 'schemaFault'>,
  signal: AbortSignal,
): Promise<{ template: Template | null; problems: Problem[] }> {
  const problems = [...read.problems];
  const until = performance.now() + COMPILING_MS;
  for (const { name, schema } of read.template?.files ?? []) {
    if (schema === null || performance.now() > until) continue;
    const fault = await configs.schemaFault(schema, signal);
    if (fault === null) continue;
    problems.push(
      problem({
        rule: 'template-schema',
        code: ERRORS.TEMPLATE_INVALID.code,
        severity: fault.tooMuch ? 'warning' : 'error',
        message: message(fault.tooMuch ? 'format.schemaUnusable' : 'format.schemaInvalid', {
          slot: name,
          reason: fault.reason,
        }),
        field: `files.${name}.schema`,
        file: fileName,
      }),
    );
  }
  return { template: problems.some(({ severity }) => severity === 'error') ? null : read.template, problems };
}
