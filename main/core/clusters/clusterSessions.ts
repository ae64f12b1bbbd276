import {
  ClusterFacts,
  ClusterUsage,
  type ClusterProfile,
  type ConnectionState,
} from '../../../shared/domain/cluster/profile.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import { message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import { failureDetails } from '../log/failure.ts';
import type { ConnectTarget, CorePorts, DemoCluster, RemoteConnection, RunResult } from '../ports.ts';
import type { LocalPlaces } from '../services.ts';
import type { Emit } from '../program/events.ts';
import type { ClusterSessions, SlurmRunOptions } from '../services.ts';
import { bootstrapScript, parseBootstrap, SessionEnvironment } from './bootstrap.ts';
import { CommandCounter, type CommandReport } from './commandCounter.ts';
import { clustersWithSecrets, Credentials } from './credentials.ts';
import { login } from './login.ts';
import { isCut, notConnected, waitForConnection } from './waitForConnection.ts';
import { keptPerCluster } from '../cache/keptPerCluster.ts';
import type { ClusterProfiles } from './profiles.ts';
import type { Prompts } from './prompts.ts';
import { ClusterSession, type AttemptReport, type OpenSession } from './clusterSession.ts';

/** After waking, clusters are knocked at within this many milliseconds, not all at once. */
const WAKE_JITTER_MS = 1500;

export interface SessionsService extends ClusterSessions, Disposable {
  /** Opens the connection or skips the wait before the next attempt; resolves when it holds, failed or waits again. CANCELLED. */
  connect(clusterId: ClusterId, signal: AbortSignal): Promise<ConnectionState>;
  /** Begins to connect and keeps trying; for the start of the program. */
  begin(clusterId: ClusterId): void;
  disconnect(clusterId: ClusterId): Promise<ConnectionState>;
  /** A connection of its own, logged in but not kept: for the connection test, which also tries what is not saved yet. */
  openOnce(profile: ClusterProfile, report: AttemptReport, signal: AbortSignal): Promise<RemoteConnection>;
  /** Keeps what the cluster told, for `knownFacts` and `knownUsage`. */
  learnFacts(clusterId: ClusterId, told: ClusterFacts): void;
  learnUsage(clusterId: ClusterId, told: ClusterUsage): void;
  /** What was run on the cluster within the last hour. */
  commands(clusterId: ClusterId): CommandReport;
  /** Removes the cluster's passwords and passphrases from memory and from the vault. */
  forgetSecrets(clusterId: ClusterId): Promise<void>;
  /** Ends the session of a removed or changed profile, and forgets what was learnt over it: it may have been another cluster. */
  drop(clusterId: ClusterId): Promise<void>;
  /** For those who keep what a cluster told: it was dropped. */
  onDropped(listener: (clusterId: ClusterId) => void): Disposable;
}

type Ports = Pick<CorePorts, 'connector' | 'store' | 'vault' | 'clock' | 'log' | 'startDemo' | 'wake'>;

interface Entry {
  readonly session: ClusterSession;
  readonly credentials: Credentials;
}

export function createSessions(
  ports: Ports,
  profiles: ClusterProfiles,
  places: Pick<LocalPlaces, 'requireProfile'>,
  prompts: Prompts,
  emit: Emit,
): SessionsService {
  const { store, clock, log } = ports;
  const sessions = new Map<ClusterId, Entry>();
  const ready = new Emitter<ClusterId>(onFault);
  const dropped = new Emitter<ClusterId>(onFault);
  const counter = new CommandCounter(clock);
  const facts = keptPerCluster(store.documents, 'clusterFacts', ClusterFacts);
  const usage = keptPerCluster(store.documents, 'clusterLoad', ClusterUsage);
  let demo: Promise<DemoCluster> | null = null;

  function onFault(error: unknown): void {
    log.write('error', 'bug', null, failureDetails(error));
  }

  const credentialsOf = (clusterId: ClusterId): Credentials =>
    new Credentials({ vault: ports.vault, documents: store.documents }, clusterId);

  /** The demo cluster runs in this process and has another port and key at each start. */
  async function target(profile: ClusterProfile): Promise<ConnectTarget> {
    places.requireProfile(profile);
    if (profile.kind !== 'demo') return { profile, pinnedHostKey: null };
    demo ??= ports.startDemo();
    let running: DemoCluster;
    try {
      running = await demo;
    } catch (error) {
      demo = null;
      throw error;
    }
    const filled: ClusterProfile = {
      ...profile,
      host: '127.0.0.1',
      port: running.port,
      user: running.user,
      auth: [{ kind: 'key', path: running.privateKeyPath, certificate: null }],
      imageFolders: [...running.imageFolders],
    };
    profiles.save(filled);
    emit('clusters.changed', {});
    return { profile: filled, pinnedHostKey: running.hostKeyFingerprint };
  }

  async function open(
    clusterId: ClusterId,
    credentials: Credentials,
    report: AttemptReport,
    signal: AbortSignal,
  ): Promise<OpenSession> {
    const to = await target(profiles.get(clusterId));
    const { host, slurmBin } = to.profile;
    const traced: AttemptReport = {
      ...report,
      trace: (event) => log.write('info', 'connection_trace', null, { clusterId, ...event }),
    };
    const connection = await login({ ports, prompts }, to, credentials, traced, signal);
    try {
      report.step(message('connection.step.slurm'));
      const { stdout } = await counter
        .counted(clusterId, connection, 'login')
        .shell.run(bootstrapScript(slurmBin), { signal, purpose: 'login', answer: ANSWER_BOUNDS.login });
      const found = parseBootstrap(stdout, host);
      const environment = { ...found, slurmBin: found.slurmBin ?? slurmBin };
      store.documents.set('sessionEnvironments', clusterId, environment);
      return { connection, environment };
    } catch (error) {
      await connection.dispose();
      throw error;
    }
  }

  function entry(clusterId: ClusterId): Entry {
    const existing = sessions.get(clusterId);
    if (existing !== undefined) return existing;
    profiles.get(clusterId);
    const credentials = credentialsOf(clusterId);
    const session = new ClusterSession(
      (report, signal) => open(clusterId, credentials, report, signal),
      clock,
      onFault,
    );
    let before: ConnectionState['phase'] = session.state.phase;
    session.changed.on((connection) => {
      emit('clusters.connection', { clusterId, connection });
      // a connection that answers again after a silence is the same one
      if (connection.phase === 'ready' && before !== 'degraded') ready.emit(clusterId);
      before = connection.phase;
      if (connection.phase === 'failed' || connection.phase === 'waiting' || connection.phase === 'degraded') {
        log.write('warn', `connection_${connection.phase}`, null, {
          clusterId,
          reason: connection.phase === 'failed' ? connection.error.message : inWords(connection.reason),
          error_code: connection.phase === 'failed' ? connection.error.code : ERRORS.CONNECTION_LOST.code,
        });
      }
    });
    sessions.set(clusterId, { session, credentials });
    return { session, credentials };
  }

  const why = (clusterId: ClusterId): ReturnType<typeof notConnected> =>
    notConnected(profiles.get(clusterId).name, entry(clusterId).session.state, clock.now());
  const reached = (clusterId: ClusterId, signal: AbortSignal): Promise<OpenSession> =>
    waitForConnection(entry(clusterId).session, profiles.get(clusterId).name, clock, signal);

  async function patiently<T>(
    clusterId: ClusterId,
    signal: AbortSignal,
    repeatable: boolean,
    work: (session: OpenSession) => Promise<T>,
  ): Promise<T> {
    const first = await reached(clusterId, signal);
    try {
      return await work(first);
    } catch (error) {
      if (!repeatable || signal.aborted || !isCut(error)) throw error;
    }
    return work(await reached(clusterId, signal));
  }

  /** What was kept for a profile that was tried and never saved, or whose removal was cut short. */
  async function forgetOrphans(): Promise<void> {
    const known = new Set<string>(profiles.list().map(({ id }) => id));
    for (const id of clustersWithSecrets(store.documents)) {
      const clusterId = ClusterId.safeParse(id);
      if (!known.has(id) && clusterId.success) await credentialsOf(clusterId.data).forgetAll();
    }
  }
  void forgetOrphans().catch(onFault);

  const woken = ports.wake.onWake((reason) => {
    log.write('info', 'woken', null, { reason });
    prompts.expireOverdue();
    for (const { session } of sessions.values())
      session.wake(sessions.size > 1 ? Math.random() * WAKE_JITTER_MS : 0).catch(onFault);
  });
  const asleep = ports.wake.onSleep(() => log.write('info', 'going_to_sleep', null, {}));

  return {
    profile: (clusterId) => profiles.get(clusterId),
    profiles: () => profiles.list(),
    state: (clusterId) => entry(clusterId).session.state,
    whenReady: async (clusterId, signal, purpose = 'files') => {
      const live = await entry(clusterId).session.whenReady(signal);
      if (live === null) throw why(clusterId);
      return counter.counted(clusterId, live.connection, purpose);
    },
    use: (clusterId, { signal, purpose }, work) =>
      patiently(clusterId, signal, true, ({ connection }) => work(counter.counted(clusterId, connection, purpose))),
    runSlurm: (clusterId, script, options: SlurmRunOptions): Promise<RunResult> => {
      const { repeatable = false, ...run } = options;
      return patiently(
        clusterId,
        run.signal ?? new AbortController().signal,
        repeatable,
        ({ connection, environment }) => {
          const { slurmBin, slurmConf, sbatchVariables } = environment;
          return counter
            .counted(clusterId, connection, 'other')
            .shell.run(`${slurmPrelude({ slurmBin, slurmConf, unset: sbatchVariables })}\n${script}`, run);
        },
      );
    },
    knownFacts: (clusterId) => facts.get(clusterId),
    knownUsage: (clusterId) => usage.get(clusterId),
    learnFacts: (clusterId, told) => facts.set(clusterId, told),
    learnUsage: (clusterId, told) => usage.set(clusterId, told),
    onReady: (listener) => ready.on(listener),
    onDropped: (listener) => dropped.on(listener),
    connect: async (clusterId, signal) => {
      const { session } = entry(clusterId);
      if (session.live !== null) return session.state;
      session.connect(false);
      return session.settled(signal);
    },
    begin: (clusterId) => entry(clusterId).session.connect(true),
    disconnect: async (clusterId) => {
      const { session, credentials } = entry(clusterId);
      credentials.forget();
      await session.disconnect();
      return session.state;
    },
    openOnce: async (profile, report, signal) => {
      const connection = await login(
        { ports, prompts },
        await target(profile),
        sessions.get(profile.id)?.credentials ?? credentialsOf(profile.id),
        report,
        signal,
      );
      return counter.counted(profile.id, connection, 'test');
    },
    environment: (clusterId) => {
      const live = sessions.get(clusterId)?.session.live;
      if (live) return live.environment;
      const stored = SessionEnvironment.safeParse(store.documents.get('sessionEnvironments', clusterId));
      return stored.success ? stored.data : null;
    },
    commands: (clusterId) => counter.report(clusterId),
    forgetSecrets: (clusterId) => (sessions.get(clusterId)?.credentials ?? credentialsOf(clusterId)).forgetAll(),
    drop: async (clusterId) => {
      const existing = sessions.get(clusterId);
      sessions.delete(clusterId);
      existing?.credentials.forget();
      await existing?.session.dispose();
      counter.forget(clusterId);
      facts.forget(clusterId);
      usage.forget(clusterId);
      store.documents.delete('sessionEnvironments', clusterId);
      dropped.emit(clusterId);
    },
    dispose: async () => {
      void woken.dispose();
      void asleep.dispose();
      ready.dispose();
      dropped.dispose();
      await Promise.all([...sessions.values()].map(({ session }) => session.dispose()));
      sessions.clear();
      const running = await demo?.catch(() => null);
      await running?.dispose();
    },
  };
}
