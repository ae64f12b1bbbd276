import { message } from '../../../../shared/messages/message.ts';
import { schemaFault } from '../../text/schemaShape.ts';
import type { Section } from './section.ts';
import { plainValue } from '../../text/yamlTree.ts';

/** The JSON Schema under `schema`; null where there is none or no map. Its faults are told where it stands. */
export function readSchema(section: Section): Record<string, unknown> | null {
  const entry = section.entry('schema');
  if (entry === null) return null;
  if (entry.value.kind !== 'map') {
    section.wrong(entry, message('format.a.schemaMap'));
    return null;
  }
  const schema = plainValue(entry.value) as Record<string, unknown>;
  const fault = schemaFault(schema);
  if (fault !== null)
    section.report.error(
      'schema',
      section.key('schema'),
      entry.value.at,
      message('format.expected', { expected: message('format.a.schema', { fault }) }),
    );
  return schema;
}
