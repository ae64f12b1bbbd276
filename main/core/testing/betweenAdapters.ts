import type { Connector, RemoteConnection, Store } from '../ports.ts';
import { aroundFiles, FILE_OPERATIONS } from '../remoteFiles.ts';

/** Called around everything that leaves a mark outside the process: writes to the store and calls to the cluster. */
export type AtPoint = (name: string) => void;

/**
 * Adapters that report each point at which a process may be killed and leave something half done. Before a write is the same as
 * after the step before it, so that only the first one has such a point.
 */
export function withPoints(
  { store, connector }: { store: Store; connector: Connector },
  at: AtPoint,
): { store: Store; connector: Connector } {
  const both = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const working = work();
    at(`during ${name}`);
    const done = await working;
    at(`after ${name}`);
    return done;
  };
  const { jobs } = store;
  return {
    store: {
      documents: store.documents,
      fileHandles: store.fileHandles,
      templates: store.templates,
      images: store.images,
      dispose: () => store.dispose(),
      jobs: {
        get: (runId) => jobs.get(runId),
        summary: (runId) => jobs.summary(runId),
        unsentFiles: () => jobs.unsentFiles(),
        findByRequest: (requestId) => jobs.findByRequest(requestId),
        lastImage: (clusterId, templateId, imagePath) => jobs.lastImage(clusterId, templateId, imagePath),
        list: (filter, offset, limit) => jobs.list(filter, offset, limit),
        watched: (clusterId) => jobs.watched(clusterId),
        events: (runId) => jobs.events(runId),
        counts: () => jobs.counts(),
        submittedSince: (since) => jobs.submittedSince(since),
        tasks: (runId, page) => jobs.tasks(runId, page),
        task: (runId, index) => jobs.task(runId, index),
        recordLook: (changes) => {
          const after = jobs.recordLook(changes);
          at(`after look ${changes[0]?.run?.phase ?? 'tasks'}`);
          return after;
        },
        remove: (runIds) => jobs.remove(runIds),
        insert: (job) => {
          at('before insert');
          jobs.insert(job);
          at('after insert');
        },
        update: (runId, changes, event) => {
          const job = jobs.update(runId, changes, event);
          at(`after update ${changes.phase ?? 'record'}`);
          return job;
        },
      },
    },
    connector: betweenConnections(connector, ({ shell, files }) => ({
      shell: { run: (script, options) => both('run', () => shell.run(script, options)) },
      files: aroundFiles(files, (name, work) => (FILE_OPERATIONS[name].changes ? both(name, work) : work())),
    })),
  };
}

/** The same connector with something between the core and each connection's shell and files. */
export function betweenConnections(
  connector: Connector,
  change: (connection: RemoteConnection) => Pick<RemoteConnection, 'shell' | 'files'>,
): Connector {
  return {
    dispose: () => connector.dispose(),
    forgetHostKey: (profile, host, port, fingerprint) => connector.forgetHostKey(profile, host, port, fingerprint),
    connect: async (target, asker, signal) => {
      const connection = await connector.connect(target, asker, signal);
      return {
        ...change(connection),
        get roundTripMs() {
          return connection.roundTripMs;
        },
        get fileTransport() {
          return connection.fileTransport;
        },
        onHealth: (listener) => connection.onHealth(listener),
        probe: (timeoutMs) => connection.probe(timeoutMs),
        onLost: (listener) => connection.onLost(listener),
        dispose: () => connection.dispose(),
      };
    },
  };
}
