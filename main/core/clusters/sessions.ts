import { ClusterFacts, ClusterLoad, type ClusterProfile, type ConnectionState } from '../../../shared/domain/cluster.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import type { AuthQuestion, CorePorts, DemoCluster, RemoteConnection, RunOptions, RunResult } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { ClusterSessions } from '../services.ts';
import { bootstrapScript, parseBootstrap, SessionEnvironment } from './bootstrap.ts';
import { Credentials } from './credentials.ts';
import type { ClusterProfiles } from './profiles.ts';
import type { Prompts } from './prompts.ts';
import { ClusterSession, type AttemptReport, type OpenSession } from './session.ts';

/** Options that the run protocol fixes in the script: a variable that overrides one of them would lose the run's output or folder. */
const ALWAYS_UNSET = ['SBATCH_OUTPUT', 'SBATCH_ERROR', 'SBATCH_INPUT', 'SBATCH_OPEN_MODE', 'SBATCH_ARRAY_INX', 'SBATCH_WAIT', 'SBATCH_WAIT4SWITCH', 'SBATCH_IGNORE_PBS'];

/** How long a question waits for a person, in milliseconds: a push to a phone takes its time. */
const ANSWER_MS = 180_000;

export interface SessionsService extends ClusterSessions, Disposable {
  /** Opens the connection or skips the wait before the next attempt; resolves when it holds, failed or waits again. CANCELLED. */
  connect(clusterId: ClusterId, signal: AbortSignal): Promise<ConnectionState>;
  /** Begins to connect and keeps trying; for the start of the program. */
  begin(clusterId: ClusterId): void;
  disconnect(clusterId: ClusterId): Promise<ConnectionState>;
  /** A connection of its own, logged in but not kept: for the connection test. */
  openOnce(profile: ClusterProfile, report: AttemptReport, signal: AbortSignal): Promise<RemoteConnection>;
  /** What the login node said of itself, now or when it was last connected; null when it never was. */
  environment(clusterId: ClusterId): SessionEnvironment | null;
  /** Ends the session of a removed or changed profile, and forgets what was learnt over it: it may have been another cluster. */
  drop(clusterId: ClusterId): Promise<void>;
}

type Ports = Pick<CorePorts, 'connector' | 'store' | 'vault' | 'clock' | 'log' | 'startDemo'>;

export function createSessions(ports: Ports, profiles: ClusterProfiles, prompts: Prompts, emit: Emit): SessionsService {
  const sessions = new Map<ClusterId, { session: ClusterSession; credentials: Credentials }>();
  const ready = new Emitter<ClusterId>(onFault);
  let demo: Promise<DemoCluster> | null = null;

  function onFault(error: unknown): void {
    ports.log.write('error', 'bug', null, { message: String(error), stack: error instanceof Error ? error.stack : undefined });
  }

  /** The demo cluster runs in this process and has another port and key at each start. */
  async function target(profile: ClusterProfile): Promise<{ profile: ClusterProfile; pinnedHostKey: string | null }> {
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

  async function login(given: ClusterProfile, credentials: Credentials, report: AttemptReport, signal: AbortSignal): Promise<{ profile: ClusterProfile; connection: RemoteConnection }> {
    const { profile, pinnedHostKey } = await target(given);
    credentials.begin();
    const step = (text: string): void => report.step(text);
    const answer = async (question: AuthQuestion): Promise<readonly string[] | null> => {
      const known = await credentials.recall(question);
      if (known !== null) return known;
      const { method, title, instructions, fields, asker } = question;
      const remember = credentials.keeps(question);
      const until = ports.clock.now() + ANSWER_MS;
      const said = await prompts.ask(profile.id, { kind: 'auth', method, title, instructions, fields: [...fields], asker, remember, until }, signal, (id) => report.asking(id));
      step('logging in');
      if (said.kind !== 'answers') return null;
      credentials.given(question, said.values, said.remember);
      return said.values;
    };
    try {
      const connection = await ports.connector.connect(
        { profile, pinnedHostKey },
        {
          confirmHostKey: async (question) => {
            const said = await prompts.ask(profile.id, { kind: 'hostKey', ...question }, signal, (id) => report.asking(id));
            step('logging in');
            return said.kind === 'accept';
          },
          answer,
          step,
          trace: (event) => report.trace?.(event),
        },
        signal,
      );
      await credentials.accepted();
      return { profile, connection };
    } catch (error) {
      if (AppError.is(error, 'AUTH_FAILED')) await credentials.refused();
      throw error;
    }
  }

  async function open(clusterId: ClusterId, credentials: Credentials, report: AttemptReport, signal: AbortSignal): Promise<OpenSession> {
    const { profile, connection } = await login(profiles.get(clusterId), credentials, report, signal);
    try {
      report.step('looking for Slurm');
      const { stdout } = await connection.shell.run(bootstrapScript(profile.slurmBin), { signal });
      const found = parseBootstrap(stdout, profile.host);
      const environment = { ...found, slurmBin: found.slurmBin ?? profile.slurmBin };
      ports.store.documents.set('sessionEnvironments', clusterId, environment);
      return { connection, environment };
    } catch (error) {
      await connection.dispose();
      throw error;
    }
  }

  function entry(clusterId: ClusterId): { session: ClusterSession; credentials: Credentials } {
    const existing = sessions.get(clusterId);
    if (existing !== undefined) return existing;
    profiles.get(clusterId);
    const credentials = new Credentials(ports.vault, clusterId);
    const session = new ClusterSession((report, signal) => open(clusterId, credentials, report, signal), ports.clock, onFault);
    session.changed.on((connection) => {
      emit('clusters.connection', { clusterId, connection });
      if (connection.phase === 'ready') ready.emit(clusterId);
      if (connection.phase === 'failed' || connection.phase === 'waiting') {
        ports.log.write('warn', `connection_${connection.phase}`, null, { clusterId, reason: connection.phase === 'failed' ? connection.error.message : connection.reason });
      }
    });
    sessions.set(clusterId, { session, credentials });
    return { session, credentials };
  }

  const notConnected = (clusterId: ClusterId): AppError => new AppError('NOT_CONNECTED', { details: { cluster: profiles.get(clusterId).name } });

  function liveSession(clusterId: ClusterId): OpenSession {
    const live = entry(clusterId).session.live;
    if (live === null) throw notConnected(clusterId);
    return live;
  }

  return {
    profile: (clusterId) => profiles.get(clusterId),
    profiles: () => profiles.list(),
    state: (clusterId) => entry(clusterId).session.state,
    connection: (clusterId) => liveSession(clusterId).connection,
    whenReady: async (clusterId, signal) => {
      const live = await entry(clusterId).session.whenReady(signal);
      if (live === null) throw notConnected(clusterId);
      return live.connection;
    },
    runSlurm: async (clusterId, script, options?: RunOptions): Promise<RunResult> => {
      const { connection, environment } = liveSession(clusterId);
      const { slurmBin, slurmConf, sbatchVariables } = environment;
      const unset = sbatchVariables.filter((name) => ALWAYS_UNSET.includes(name));
      return connection.shell.run(`${slurmPrelude({ slurmBin, slurmConf, unset })}\n${script}`, options);
    },
    knownFacts: (clusterId) => {
      const parsed = ClusterFacts.safeParse(ports.store.documents.get('clusterFacts', clusterId));
      return parsed.success ? parsed.data : null;
    },
    knownLoad: (clusterId) => {
      const parsed = ClusterLoad.safeParse(ports.store.documents.get('clusterLoad', clusterId));
      return parsed.success ? parsed.data : null;
    },
    onReady: (listener) => ready.on(listener),
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
    openOnce: async (profile, report, signal) => (await login(profile, sessions.get(profile.id)?.credentials ?? new Credentials(ports.vault, profile.id), report, signal)).connection,
    environment: (clusterId) => {
      const live = sessions.get(clusterId)?.session.live;
      if (live) return live.environment;
      const stored = SessionEnvironment.safeParse(ports.store.documents.get('sessionEnvironments', clusterId));
      return stored.success ? stored.data : null;
    },
    drop: async (clusterId) => {
      const existing = sessions.get(clusterId);
      sessions.delete(clusterId);
      existing?.credentials.forget();
      await existing?.session.dispose();
      for (const collection of ['sessionEnvironments', 'clusterFacts', 'clusterLoad', 'clusterModules', 'images']) ports.store.documents.delete(collection, clusterId);
    },
    dispose: async () => {
      ready.dispose();
      await Promise.all([...sessions.values()].map(({ session }) => session.dispose()));
      sessions.clear();
      const running = await demo?.catch(() => null);
      await running?.dispose();
    },
  };
}
