/** The worker thread that holds config files against the schemas of templates: both come from files of anybody, so it may have to be ended. */
import { parentPort } from 'node:worker_threads';
import type { ConfigAnswer, ConfigCall } from './configChecker.ts';
import { checkConfig } from './configFile.ts';
import { checkAgainstSchema, compileFault } from './jsonSchema.ts';

if (parentPort === null) throw new Error('configWorker runs in a worker thread only');
const port = parentPort;

/** Compiled schemas that are kept; the latest. */
const MAX_SCHEMAS = 50;
const schemas = new Map<string, Record<string, unknown>>();

/** The same object for the same text, by which jsonSchema.ts knows what it has compiled. */
function schemaOf({ hash, text }: { hash: string; text: string }): Record<string, unknown> {
  const schema = schemas.get(hash) ?? (JSON.parse(text) as Record<string, unknown>);
  schemas.delete(hash);
  schemas.set(hash, schema);
  for (const oldest of schemas.keys()) if (schemas.size > MAX_SCHEMAS) schemas.delete(oldest);
  return schema;
}

const tell = (answer: ConfigAnswer): void => port.postMessage(answer);

port.on('message', ({ file, schema }: ConfigCall) => {
  const atSchema = (): void => tell({ kind: 'schema' });
  if (file === null) {
    atSchema();
    tell({ kind: 'done', problems: [], fault: schema === null ? null : compileFault(schemaOf(schema)) });
    return;
  }
  const problems = checkConfig(
    file.text,
    { name: file.slot, format: file.format, schema: schema === null ? null : schemaOf(schema) },
    file.name,
    (given, value) => {
      atSchema();
      return checkAgainstSchema(given, value);
    },
  );
  tell({ kind: 'done', problems, fault: null });
});
tell({ kind: 'ready' });
