import type { ClusterProfile, ConnectionTestStep } from '../../../shared/domain/cluster.ts';
import { AppError, toWire, type WireError } from '../../../shared/errors/appError.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import { factsScript, parseFacts } from '../../slurm/facts.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import type { AttemptReport } from './session.ts';
import { bootstrapScript, parseBootstrap, type SessionEnvironment } from './bootstrap.ts';

type StepName = ConnectionTestStep['step'];
type OpenOnce = (profile: ClusterProfile, report: AttemptReport, signal: AbortSignal) => Promise<RemoteConnection>;

/** The step of a connection attempt in which it failed. */
function stepOfFailure(error: unknown): 'tcp' | 'hostKey' | 'login' {
  if (AppError.is(error, 'HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED')) return 'hostKey';
  if (AppError.is(error, 'AUTH_FAILED', 'KEY_UNREADABLE', 'CANCELLED')) return 'login';
  return 'tcp';
}

const LOGIN_STEPS = ['tcp', 'hostKey', 'login'] as const;

/**
 * Opens a connection of its own and tries everything Slipway will need, one step after the other. A step that fails ends the
 * test, except accounting, which a cluster may do without.
 */
export async function testConnection(profile: ClusterProfile, openOnce: OpenOnce, clock: Clock, signal: AbortSignal): Promise<ConnectionTestStep[]> {
  const steps: ConnectionTestStep[] = [];
  const passed = (step: StepName, since: number, detail: string): void => void steps.push({ step, ok: true, elapsed: clock.now() - since, detail, hint: '' });
  const failed = (step: StepName, since: number, { message, hint }: Pick<WireError, 'message' | 'hint'>): void =>
    void steps.push({ step, ok: false, elapsed: clock.now() - since, detail: message, hint });

  const begun = clock.now();
  let connection: RemoteConnection;
  try {
    connection = await openOnce(profile, { step: () => undefined, asking: () => undefined }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const at = stepOfFailure(error);
    for (const step of LOGIN_STEPS.slice(0, LOGIN_STEPS.indexOf(at))) passed(step, begun, '');
    failed(at, begun, toWire(error));
    return steps;
  }
  passed('tcp', begun, `${profile.host}:${String(profile.port)}`);
  passed('hostKey', begun, '');
  passed('login', begun, profile.user);

  const tryStep = async (step: StepName, attempt: () => Promise<string>): Promise<boolean> => {
    const since = clock.now();
    try {
      passed(step, since, await attempt());
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      failed(step, since, toWire(error));
      return false;
    }
  };
  try {
    let environment: SessionEnvironment | undefined;
    const shellAndFiles =
      (await tryStep('shell', async () => `${String(Math.round((await connection.shell.run('true', { signal })).elapsedMs))} ms`)) &&
      (await tryStep('sftp', () => connection.files.resolve('~')));
    if (!shellAndFiles) return steps;
    const found = await tryStep('slurm', async () => {
      environment = parseBootstrap((await connection.shell.run(bootstrapScript(profile.slurmBin), { signal })).stdout, profile.host);
      return `Slurm ${environment.slurmVersion}`;
    });
    if (found && environment !== undefined) {
      const { slurmBin, slurmConf } = environment;
      const prelude = slurmPrelude({ slurmBin: slurmBin ?? profile.slurmBin, slurmConf, unset: [] });
      const since = clock.now();
      const { stdout } = await connection.shell.run(`${prelude}\n${factsScript()}`, { signal, timeoutMs: 60_000 });
      const { associations } = parseFacts(stdout, since);
      if (associations === null) failed('accounting', since, { message: 'This cluster keeps no accounting, or does not answer about it.', hint: 'Jobs still work; accounts, QOS and the end of old jobs may not be known.' });
      else passed('accounting', since, [...new Set(associations.map(({ account }) => account))].join(', '));
    }
    await tryStep('runRoot', async () => {
      const folder = await connection.files.resolve(profile.runRoot);
      const probe = quote(`${folder}/.slipway-write-test`);
      const { exitCode, stderr } = await connection.shell.run(`mkdir -p -- ${quote(folder)} && : > ${probe} && rm -f -- ${probe}`, { signal });
      if (exitCode !== 0) throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: stderr.trim() } });
      return folder;
    });
    return steps;
  } finally {
    await connection.dispose();
  }
}
