import { z } from 'zod';
import { Line, Name, Text } from '../domain/bounds/schemas.ts';
import { OperationId } from '../domain/ids.ts';
import { operation } from './operation.ts';

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  language: z.enum(['system', 'en', 'ko']),
  /** Submissions a minute before the rate guard stops them. */
  submissionsPerMinute: z.int().min(1).max(600),
  /** Folder of the user's own templates; null is the one in the data folder. */
  privateTemplates: Line.nullable(),
  communityTemplates: Line.nullable(),
  notifications: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  language: 'system',
  submissionsPerMinute: 10,
  privateTemplates: null,
  communityTemplates: null,
  notifications: true,
};

/** One line of the log. `at` is epoch milliseconds. */
export const LogEntry = z.object({
  at: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  event: z.string(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type LogEntry = z.infer<typeof LogEntry>;

export const programOperations = {
  'app.info': operation(
    'Version, host, data folder and what this host can do.',
    z.object({}),
    z.object({
      name: z.string(),
      version: z.string(),
      host: z.enum(['electron', 'http', 'cli']),
      dataFolder: z.string(),
      node: z.string(),
      platform: z.string(),
      secretsKept: z.boolean(),
    }),
  ),
  'settings.get': operation('All settings.', z.object({}), Settings),
  'settings.update': operation('Change some settings.', z.object({ changes: Settings.partial() }), Settings),
  'ui.get': operation(
    'What the interface remembers: pane sizes, filters, selection.',
    z.object({ key: Name }),
    z.object({ value: z.string().nullable() }),
  ),
  'ui.set': operation('Remember something of the interface.', z.object({ key: Name, value: Text }), z.object({})),
  'log.query': operation(
    'Lines of the log, newest last, optionally of one request id.',
    z.object({ requestId: Name.optional(), text: Line.optional(), limit: z.int().min(1).max(5000).default(500) }),
    z.object({ entries: z.array(LogEntry) }),
  ),
  'operations.cancel': operation(
    'End long work. Unknown ids are ignored: it may just have ended.',
    z.object({ operationId: OperationId }),
    z.object({}),
  ),
} as const;

export const programEvents = {
  /** The database of an older version is being updated, `done` of `total` jobs so far; calls are answered when that is over. */
  'app.updating': z.object({ done: z.int(), total: z.int() }),
  'settings.changed': Settings,
  'operation.ended': z.object({
    operationId: OperationId,
    error: z.object({ code: z.int(), message: z.string() }).nullable(),
  }),
} as const;
