import type { ClusterProfile, ConnectionTestStep, Quota } from '../../../shared/domain/cluster/profile.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { message, quoted, verbatim, type Message } from '../../../shared/messages/message.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import { ACCOUNTING_FACTS_PROGRAMS, CONTROLLER_FACTS_PROGRAMS, factsScript, parseFacts } from '../../slurm/facts.ts';
import { parsePresence, PRESENCE_PROGRAMS, presenceScript } from '../../slurm/presence.ts';
import { parseQuotas, quotaScript } from '../../slurm/quotas.ts';
import { refuseRunFolder, runFolderMode } from '../../slurm/runFolder.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { AnswerBound, Clock, RemoteConnection, RunOptions } from '../ports.ts';
import { bootstrapScript, parseBootstrap } from './bootstrap.ts';
import { ConnectSteps, plannedConnectSteps } from './connectSteps.ts';
import type { AttemptReport } from './clusterSession.ts';

type StepName = ConnectionTestStep['step'];
/** What a step found out; with a `hint`, it works, but there is something to know. */
interface Finding {
  readonly detail: Message;
  readonly hint?: Message;
  readonly notes?: Message[];
}

export interface ConnectionTestOptions {
  /** Saved or not. */
  readonly profile: ClusterProfile;
  readonly openOnce: (profile: ClusterProfile, report: AttemptReport, signal: AbortSignal) => Promise<RemoteConnection>;
  readonly clock: Clock;
  /** Called after each step with all that ended so far. */
  readonly onProgress: (steps: ConnectionTestStep[]) => void;
}

const AFTER_LOGIN = ['shell', 'sftp', 'slurm', 'accounting', 'runRoot', 'quota'] as const satisfies readonly StepName[];

/**
 * Opens a connection of its own and tries everything Slipway will need, one step after the other; the live session is left alone.
 * A step that fails is the last that is tried, the ones after it are `skipped`; what a cluster may do without is a `warn`.
 * CANCELLED when the signal fires.
 */
export async function testConnection(
  options: ConnectionTestOptions,
  signal: AbortSignal,
): Promise<ConnectionTestStep[]> {
  const { profile, clock, onProgress } = options;
  const steps: ConnectionTestStep[] = [];
  const add = (step: ConnectionTestStep): void => {
    steps.push(step);
    onProgress([...steps]);
  };
  const skipRest = (): ConnectionTestStep[] => {
    const planned = [...plannedConnectSteps(profile), ...AFTER_LOGIN.map((step) => ({ step, hop: null }))];
    const skipped = planned
      .slice(steps.length)
      .map((step) => ({ ...step, outcome: 'skipped' as const, elapsed: 0, detail: null, hint: null, notes: [] }));
    if (skipped.length > 0) {
      steps.push(...skipped);
      onProgress([...steps]);
    }
    return steps;
  };

  const connecting = new ConnectSteps(profile, clock, add);
  let connection: RemoteConnection;
  try {
    connection = await options.openOnce(
      profile,
      { step: () => connecting.going(), asking: () => connecting.asking(), trace: (event) => connecting.heard(event) },
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    connecting.failed(error);
    return skipRest();
  }
  connecting.connected();

  const look = new ClusterLook(profile, connection, clock, signal);
  try {
    for (const step of AFTER_LOGIN) {
      const since = clock.now();
      const end = (
        outcome: 'ok' | 'warn' | 'failed',
        detail: Message,
        hint: Message | null,
        notes: Message[] = [],
      ): void => add({ step, hop: null, outcome, elapsed: clock.now() - since, detail, hint, notes });
      try {
        const { detail, hint = null, notes } = await look[step]();
        end(hint === null ? 'ok' : 'warn', detail, hint, notes);
      } catch (error) {
        if (signal.aborted) throw error;
        const told = errorMessages(toWire(error));
        end('failed', told.message, told.hint);
        return skipRest();
      }
    }
    return steps;
  } finally {
    await connection.dispose();
  }
}

/** Of a limit, this much used is worth a warning: a job's output may need the rest. */
const NEARLY_FULL = 0.95;

function isNearlyFull({ used, soft, hard }: Quota): boolean {
  const limit = soft ?? hard;
  return used !== null && limit !== null && used >= NEARLY_FULL * limit;
}

function quotaMessage({ name, path, used, soft, hard, kind }: Quota): Message {
  const limit = soft ?? hard;
  const said = {
    place: path === '' || path === name ? name : `${name} (${path})`,
    used: used === null ? message('diagnosis.unknownAmount') : formatBytes(used),
    limit: limit === null ? message('diagnosis.noLimit') : formatBytes(limit),
  };
  return kind === 'quota' ? message('diagnosis.quotaUsed', said) : message('diagnosis.fileSystemUsed', said);
}

/** The steps after the login, each a look at one thing. */
class ClusterLook implements Record<(typeof AFTER_LOGIN)[number], () => Promise<Finding>> {
  readonly #profile: ClusterProfile;
  readonly #connection: RemoteConnection;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #prelude = '';
  #scratch: string | null = null;

  constructor(profile: ClusterProfile, connection: RemoteConnection, clock: Clock, signal: AbortSignal) {
    this.#profile = profile;
    this.#connection = connection;
    this.#clock = clock;
    this.#signal = signal;
  }

  async shell(): Promise<Finding> {
    const { stdout } = await this.#run(`printf '%s\\n' "$SHELL"`);
    const { elapsedMs } = await this.#run('true');
    const name = stdout.trim();
    const ms = Math.round(elapsedMs);
    return {
      detail: name === '' ? message('diagnosis.shellUntold', { ms }) : message('diagnosis.shell', { shell: name, ms }),
    };
  }

  async sftp(): Promise<Finding> {
    const { files } = this.#connection;
    const home = await files.resolve('~');
    await files.stat(home);
    if (this.#connection.fileTransport === 'sftp') return { detail: verbatim(home) };
    return {
      detail: message('diagnosis.overShell', { home }),
      hint: message('diagnosis.overShell.next'),
    };
  }

  async slurm(): Promise<Finding> {
    const { slurmBin, slurmConf } = parseBootstrap(
      (await this.#run(bootstrapScript(this.#profile.slurmBin), undefined, ANSWER_BOUNDS.login)).stdout,
      this.#profile.host,
    );
    this.#prelude = slurmPrelude({ slurmBin: slurmBin ?? this.#profile.slurmBin, slurmConf, unset: [] });
    const { stdout, stderr } = await this.#run(
      `${this.#prelude}\n${presenceScript()}`,
      60_000,
      ANSWER_BOUNDS.facts,
      PRESENCE_PROGRAMS,
    );
    const { version, partitions } = parsePresence(stdout);
    if (partitions.length === 0)
      throw new AppError('SLURM_UNAVAILABLE', { details: { stderr: stderr.slice(0, 2000) } });
    return { detail: message('diagnosis.slurm', { version, count: partitions.length }) };
  }

  async accounting(): Promise<Finding> {
    const { stdout } = await this.#run(`${this.#prelude}\n${factsScript()}`, 60_000, ANSWER_BOUNDS.facts, [
      ...CONTROLLER_FACTS_PROGRAMS,
      ...ACCOUNTING_FACTS_PROGRAMS,
    ]);
    const { associations, scratch, unknown } = parseFacts(stdout, this.#clock.now());
    this.#scratch = scratch;
    const reason = unknown.find(({ subject }) => subject === 'accounting')?.reason;
    if (associations === null)
      return {
        detail: reason ?? message('diagnosis.noAccounting'),
        hint: message('diagnosis.noAccounting.next'),
      };
    const accounts = [...new Set(associations.map(({ account }) => account))];
    return accounts.length === 0
      ? { detail: reason ?? message('diagnosis.noAccount'), hint: message('diagnosis.noAccount.next') }
      : { detail: verbatim(accounts.join(', ')) };
  }

  async runRoot(): Promise<Finding> {
    const folder = await this.#connection.files.resolve(this.#profile.runRoot);
    refuseRunFolder(folder);
    const mode = runFolderMode(this.#profile);
    const probe = quote(`${folder}/.slipway-write-test`);
    const { exitCode, stderr } = await this.#run(
      `(umask ${(0o777 & ~mode).toString(8)} && mkdir -p -m ${mode.toString(8)} -- ${quote(folder)}) && : > ${probe} && rm -f -- ${probe}`,
    );
    if (exitCode !== 0)
      throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: quoted(stderr.trim()) } });
    // POSIX df: 1024-byte blocks, one line, the fourth column is what is free
    const { stdout } = await this.#run(`LC_ALL=C df -Pk -- ${quote(folder)} | tail -n 1`);
    const free = /^\S.*?\s\d+\s+\d+\s+(\d+)\s+\d+%/.exec(stdout)?.[1];
    return {
      detail:
        free === undefined
          ? verbatim(folder)
          : message('diagnosis.runRoot', { folder, free: formatBytes(Number(free) * 1024) }),
    };
  }

  async quota(): Promise<Finding> {
    const { quotaCommand } = this.#profile;
    const { stdout } = await this.#run(
      quotaScript({ quotaCommand, scratch: this.#scratch }),
      90_000,
      ANSWER_BOUNDS.quotas,
    );
    const { quotas, unknown } = parseQuotas(stdout, this.#scratch);
    const [misread] = unknown;
    if (misread !== undefined) return { detail: misread.reason, hint: message('diagnosis.quotaMisread.next') };
    const [first, ...notes] = quotas.map(quotaMessage);
    if (first === undefined)
      return {
        detail: message('diagnosis.quotaUntold'),
        hint: message('diagnosis.quotaUntold.next'),
      };
    const full = quotas.filter(isNearlyFull);
    if (full.length === 0) return { detail: first, notes };
    return {
      detail: message('diagnosis.nearlyFull', { names: full.map(({ name }) => name).join(', ') }),
      hint: message('diagnosis.nearlyFull.next'),
      notes: [first, ...notes],
    };
  }

  #run(
    script: string,
    timeoutMs = 30_000,
    answer: AnswerBound = ANSWER_BOUNDS.test,
    programs: readonly string[] = [],
  ): ReturnType<RemoteConnection['shell']['run']> {
    const options: RunOptions = { signal: this.#signal, timeoutMs, purpose: 'test', programs, answer };
    return this.#connection.shell.run(script, options);
  }
}
