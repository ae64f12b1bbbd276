import type { ClusterFacts, ClusterProfile, ConnectionTestStep } from '../../../shared/domain/cluster.ts';
import { AppError, toWire, type WireError } from '../../../shared/errors/appError.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import { factsScript, parseFacts } from '../../slurm/facts.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import type { AttemptReport } from './session.ts';
import { bootstrapScript, parseBootstrap } from './bootstrap.ts';

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
    if (!(await tryStep('shell', async () => `${String(Math.round((await connection.shell.run('true', { signal })).elapsedMs))} ms`))) return steps;
    if (!(await tryStep('sftp', () => connection.files.resolve('~')))) return steps;
    const slurmSince = clock.now();
    let facts: ClusterFacts | null = null;
    const found = await tryStep('slurm', async () => {
      const { slurmBin, slurmConf } = parseBootstrap((await connection.shell.run(bootstrapScript(profile.slurmBin), { signal })).stdout, profile.host);
      const prelude = slurmPrelude({ slurmBin: slurmBin ?? profile.slurmBin, slurmConf, unset: [] });
      facts = parseFacts((await connection.shell.run(`${prelude}\n${factsScript()}`, { signal, timeoutMs: 60_000 })).stdout, slurmSince);
      if (facts.partitions.length === 0) throw new AppError('SLURM_UNAVAILABLE');
      return `Slurm ${facts.slurmVersion}`;
    });
    const associations = (facts as ClusterFacts | null)?.associations ?? null;
    if (found && associations !== null) passed('accounting', slurmSince, [...new Set(associations.map(({ account }) => account))].join(', '));
    else if (found) failed('accounting', slurmSince, { message: 'This cluster keeps no accounting, or does not answer about it.', hint: 'Jobs still work; accounts, QOS and the end of old jobs may not be known.' });
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
