import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperationName, InputOf, OutputOf } from '../../../shared/contract/index.ts';
import { operations } from '../../../shared/contract/index.ts';
import type { ClusterProfile, ConnectionState } from '../../../shared/domain/cluster.ts';
import { Draft } from '../../../shared/domain/draft.ts';
import { RequestId, type RunId } from '../../../shared/domain/ids.ts';
import type { JobRecord } from '../../../shared/domain/job.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { randomId } from '../../hosts/program.ts';
import { createConnector } from '../../ssh/index.ts';
import { openStore } from '../../store/index.ts';
import type { Core } from '../core.ts';
import { createCore } from '../createCore.ts';
import type { Connector, CorePorts, Store } from '../ports.ts';
import { systemClock } from '../program/systemClock.ts';

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
  readonly overrides?: Partial<CorePorts>;
  /** Puts something between the core and its adapters. */
  readonly wrap?: (adapters: { store: Store; connector: Connector }) => { store: Store; connector: Connector };
}

export async function startCore(options: CoreOptions): Promise<CoreUnderTest> {
  await mkdir(options.dataFolder, { recursive: true });
  const adapters = {
    store: openStore({ file: path.join(options.dataFolder, 'slipway.db') }),
    connector: createConnector({ knownHostsFiles: [path.join(options.dataFolder, 'known_hosts')] }),
  };
  const { store, connector } = options.wrap?.(adapters) ?? adapters;
  const core = createCore({
    store,
    connector,
    vault: { persistent: false, get: () => Promise.resolve(null), set: () => Promise.resolve(), delete: () => Promise.resolve() },
    clock: systemClock,
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    notifier: { notify: () => undefined },
    startDemo: () => Promise.reject(new AppError('DEMO_UNAVAILABLE', { details: { reason: 'not in this test' } })),
    randomId: randomId,
    folders: { data: options.dataFolder, officialTemplates: path.resolve(import.meta.dirname, '../../../templates/official') },
    // only this host opens no connection by itself
    host: 'cli',
    version: '0.0.0-test',
    ...options.overrides,
  });
  const call: CoreUnderTest['call'] = async (name, input, requestId) => {
    const parsed = operations[name].input.parse(input);
    const handler = core.handlers[name] as (input: unknown, context: { requestId: RequestId; signal: AbortSignal }) => unknown;
    return (await handler(parsed, { requestId: RequestId.parse(requestId ?? `test-${randomId(12)}`), signal: new AbortController().signal })) as OutputOf<typeof name>;
  };
  core.events.on(({ name, payload }) => {
    if (name !== 'clusters.prompt') return;
    const known = payload.kind === 'hostKey' && payload.fingerprint === options.hostKeyFingerprint;
    void call('clusters.answer', { promptId: payload.promptId, answer: known ? { kind: 'accept' } : { kind: 'cancel' } });
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

const TEMPLATE = `template:
  id: submit-test
  name: submit_test
  display_name: Submit test
  description: Ends at once.
  category: custom
  version: "1.0.0"
  author: test
slurm: { time: "00:05:00", mem: 100M }
files:
  input_schema:
    optional: [{ name: data, pattern: "*.dat", description: Any bytes, type: data, max_size: 10MB }]
script:
  main_exec: |
    echo "ran in $PWD"
`;

/** Puts a template that ends at once into the data folder, before the core starts. */
export async function writeTestTemplate(dataFolder: string): Promise<void> {
  const folder = path.join(dataFolder, 'templates', 'private');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'submit-test.yaml'), TEMPLATE);
}

/** A draft of that template, with one input file when `file` names one. */
export async function testDraft(core: CoreUnderTest, profile: ClusterProfile, file: string | null): Promise<Draft> {
  const granted = file === null ? null : await core.core.grantFile(file);
  return Draft.parse({
    clusterId: profile.id,
    templateId: 'submit-test',
    templateSource: 'private',
    jobName: 'submit-test',
    parameters: {},
    resources: {},
    imagePath: null,
    files: granted === null ? [] : [{ handle: granted.handle, name: granted.name, size: granted.size, slot: 'data' }],
  });
}
