import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperationName, InputOf, OutputOf } from '../../../shared/contract/index.ts';
import { operations } from '../../../shared/contract/index.ts';
import type { ClusterProfile, ConnectionPrompt, ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import { Draft } from '../../../shared/domain/job/draft.ts';
import { RequestId, type RunId } from '../../../shared/domain/ids.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { randomId } from '../../hosts/program.ts';
import { createConnector } from '../../ssh/index.ts';
import { openStore } from '../../store/index.ts';
import type { Core } from '../core.ts';
import { createCore } from '../createCore.ts';
import type { Connector, CorePorts, Store } from '../ports.ts';
import { systemClock } from '../../clock/systemClock.ts';
import { MOVED_WORKER, type TestTime } from './movableTime.ts';

/** A core on real adapters, in a data folder of its own, that confirms one host key by itself. */
export interface CoreUnderTest extends Disposable {
  readonly core: Core;
  readonly store: Store;
  call<N extends OperationName>(name: N, input: InputOf<N>, requestId?: string): Promise<OutputOf<N>>;
  /** Connects, and skips the wait when a connection is to be made again. */
  connect(clusterId: ClusterProfile['id']): Promise<ConnectionState>;
  /** Resolves as soon as the record of a run is as asked, looking at each change. */
  until(runId: RunId, is: (job: JobRecord) => boolean): Promise<JobRecord>;
}

export interface CoreOptions {
  readonly dataFolder: string;
  readonly hostKeyFingerprint: string;
  /** Answers what else is asked, as a person would, or leaves it open (null); without it such an attempt ends. */
  readonly answer?: (prompt: ConnectionPrompt) => InputOf<'clusters.answer'>['answer'] | null;
  readonly overrides?: Partial<CorePorts>;
  /** Moves the time of the core and of its connections. */
  readonly time?: TestTime;
  /** Puts something between the core and its adapters. */
  readonly wrap?: (adapters: { store: Store; connector: Connector }) => { store: Store; connector: Connector };
}

export async function startCore(options: CoreOptions): Promise<CoreUnderTest> {
  await mkdir(options.dataFolder, { recursive: true });
  const adapters = {
    store: openStore({ file: path.join(options.dataFolder, 'slipway.db') }),
    connector: createConnector({
      knownHostsFiles: [path.join(options.dataFolder, 'known_hosts')],
      ...(options.time === undefined ? {} : { worker: MOVED_WORKER }),
    }),
  };
  const { store, connector } = options.wrap?.(adapters) ?? adapters;
  const core = createCore({
    store,
    connector,
    vault: {
      persistent: false,
      get: () => Promise.resolve(null),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    },
    clock: options.time?.clock ?? systemClock,
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    notifier: { notify: () => undefined },
    startDemo: () => Promise.reject(new AppError('DEMO_UNAVAILABLE', { details: { reason: 'not in this test' } })),
    confirmDemo: () => Promise.resolve(true),
    randomId: randomId,
    sshConfig: {
      read: () => Promise.resolve({ files: [], hosts: [], notes: [] }),
      resolve: () =>
        Promise.reject(
          new AppError('SSH_CONFIG_UNREADABLE', { details: { file: 'config', reason: 'not in this test' } }),
        ),
    },
    wake: { onWake: () => ({ dispose: () => undefined }), onSleep: () => ({ dispose: () => undefined }) },
    drawn: Promise.resolve(),
    folders: {
      data: options.dataFolder,
      officialTemplates: path.resolve(import.meta.dirname, '../../../templates/official'),
    },
    // keys of tests lie in folders of their own
    usualPlaces: { home: options.dataFolder, ssh: [path.parse(options.dataFolder).root] },
    // only this host opens no connection by itself
    host: 'cli',
    version: '0.0.0-test',
    ...options.overrides,
  });
  const call: CoreUnderTest['call'] = async (name, input, requestId) => {
    const parsed = operations[name].input.parse(input);
    const handler = core.handlers[name] as (
      input: unknown,
      context: { requestId: RequestId; signal: AbortSignal },
    ) => unknown;
    return (await handler(parsed, {
      requestId: RequestId.parse(requestId ?? `test-${randomId(12)}`),
      signal: new AbortController().signal,
    })) as OutputOf<typeof name>;
  };
  core.events.on(({ name, payload }) => {
    if (name !== 'clusters.prompt') return;
    const known = payload.kind === 'hostKey' && payload.fingerprint === options.hostKeyFingerprint;
    const answer = known
      ? ({ kind: 'accept', fingerprint: payload.fingerprint } as const)
      : options.answer === undefined
        ? ({ kind: 'cancel' } as const)
        : options.answer(payload);
    if (answer !== null) void call('clusters.answer', { promptId: payload.promptId, answer });
  });
  return {
    core,
    store,
    call,
    connect: (clusterId) => call('clusters.connect', { clusterId }),
    until: (runId, is) =>
      new Promise((resolve) => {
        const look = (): void => {
          const job = store.jobs.get(runId);
          if (job === null || !is(job)) return;
          void heard.dispose();
          resolve(job);
        };
        const heard = core.events.on(({ name }) => {
          if (name === 'jobs.changed') look();
        });
        look();
      }),
    dispose: async () => {
      await core.dispose();
      await adapters.connector.dispose();
      await adapters.store.dispose();
    },
  };
}

const template = (id: string, main: string): string => `template:
  id: ${id}
  name: ${id}
  display_name: A job for tests
  description: Runs for as long as the test needs it.
  category: custom
  version: "1.0.0"
  author: test
slurm: { time: "00:05:00", mem: 100M }
files:
  input_schema:
    optional: [{ name: data, pattern: "*.dat", description: Any bytes, type: data, max_size: 10MB }]
script:
  main_exec: |
    ${main.split('\n').join('\n    ')}
`;

/**
 * What the jobs of tests do, by template id. `held` runs until the test makes a file `go` in its run folder, or for a minute; `patient` for
 * five, and ends with the code that stands in that file, or without a word when that is `kill`. Of the tasks of `array`, 3 fails, 5 and, the
 * first time, 7 take four minutes, and 9 is killed.
 */
const TEMPLATES = {
  'submit-test': 'echo "ran in $PWD"',
  held: 'slipway_progress 40 "waiting for go"\necho "über wait"\nfor i in $(seq 600); do [ -e go ] && break; sleep 0.1; done\necho done',
  patient:
    'for i in $(seq 2900); do [ -s go ] && break; sleep 0.1; done\n[ "$(cat go)" != kill ] || kill -KILL $$\nexit "$(cat go)"',
  array: [
    'echo "task $SLURM_ARRAY_TASK_ID begins"',
    'slipway_progress 40 "item $SLURM_ARRAY_TASK_ID"',
    'case $SLURM_ARRAY_TASK_ID in',
    '3) exit 7 ;;',
    '5) sleep 240 ;;',
    '7) [ -e put-back ] || { touch put-back; sleep 240; } ;;',
    '9) kill -KILL $$ ;;',
    'esac',
    'echo "task $SLURM_ARRAY_TASK_ID ends"',
  ].join('\n'),
  failing: 'echo "no such luck" >&2\nexit 7',
} as const;

/** Puts the tests' templates into the data folder, before the core starts. */
export async function writeTestTemplates(dataFolder: string): Promise<void> {
  const folder = path.join(dataFolder, 'templates', 'private');
  await mkdir(folder, { recursive: true });
  for (const [id, main] of Object.entries(TEMPLATES))
    await writeFile(path.join(folder, `${id}.yaml`), template(id, main));
}

/** A draft of one of those templates, with one input file when `file` names one. */
export async function testDraft(
  core: CoreUnderTest,
  profile: ClusterProfile,
  file: string | null,
  templateId: keyof typeof TEMPLATES = 'submit-test',
  resources: Draft['resources'] = {},
): Promise<Draft> {
  const granted = file === null ? null : await core.core.grantFile(file);
  return Draft.parse({
    clusterId: profile.id,
    templateId,
    templateSource: 'private',
    jobName: templateId,
    parameters: {},
    resources,
    imagePath: null,
    files: granted === null ? [] : [{ handle: granted.handle, name: granted.name, size: granted.size, slot: 'data' }],
  });
}
