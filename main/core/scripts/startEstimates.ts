import { createHash } from 'node:crypto';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import { parseTestOnly, testOnlyPrograms, testOnlyScript, type TestOnlyAnswer } from '../../slurm/dryRun.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { Clock } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';

/** Milliseconds between two askings of a cluster, and how many that nobody pressed a button for are made in an hour. */
const LIMITS = { byHand: 2000, automatic: 15_000, automaticInAnHour: 20 } as const;
const HOUR = 3_600_000;
/** For so long the answer to the same script is what it was. */
const REMEMBER_MS = 60_000;
/** sbatch waits for a busy controller, and several tests are made one after the other. */
const TIMEOUT_MS = 60_000;

export interface StartAnswer {
  readonly answer: TestOnlyAnswer | null;
  /** Epoch ms. */
  readonly askedAt: number;
}

/** `sbatch --test-only` with its price in mind: each test takes a job id and the controller's time. */
export interface StartEstimates {
  /**
   * An answer for each script, in one round trip; scripts asked about within a minute are answered from memory. START_TEST_LIMITED
   * (with `seconds`) when the cluster was asked too lately; NOT_CONNECTED.
   */
  ask(
    clusterId: ClusterId,
    scripts: readonly string[],
    options: { automatic: boolean; signal: AbortSignal },
  ): Promise<StartAnswer[]>;
}

interface Asked {
  lastAt: number;
  /** Times of those that nobody pressed a button for, within the last hour. */
  automatic: number[];
  readonly answers: Map<string, StartAnswer>;
}

interface StartEstimateDependencies {
  readonly sessions: Pick<ClusterSessions, 'profile' | 'use' | 'runSlurm'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomId: (length: number) => string;
}

const digest = (script: string): string => createHash('sha256').update(script).digest('hex');

export function createStartEstimates({ sessions, clock, randomId }: StartEstimateDependencies): StartEstimates {
  const clusters = new Map<ClusterId, Asked>();

  function askedOf(clusterId: ClusterId): Asked {
    const now = clock.now();
    const asked = clusters.get(clusterId) ?? {
      lastAt: -Infinity,
      automatic: [],
      answers: new Map<string, StartAnswer>(),
    };
    clusters.set(clusterId, asked);
    asked.automatic = asked.automatic.filter((at) => now - at < HOUR);
    for (const [key, { askedAt }] of asked.answers) if (now - askedAt >= REMEMBER_MS) asked.answers.delete(key);
    return asked;
  }

  /** Takes a turn, or says when there is one. */
  function takeTurn(asked: Asked, automatic: boolean): void {
    const now = clock.now();
    const [oldest = now] = asked.automatic;
    const full = automatic && asked.automatic.length >= LIMITS.automaticInAnHour;
    const next = Math.max(
      asked.lastAt + (automatic ? LIMITS.automatic : LIMITS.byHand),
      full ? oldest + HOUR : -Infinity,
    );
    if (next > now) throw new AppError('START_TEST_LIMITED', { details: { seconds: Math.ceil((next - now) / 1000) } });
    asked.lastAt = now;
    if (automatic) asked.automatic.push(now);
  }

  return {
    ask: async (clusterId, scripts, { automatic, signal }) => {
      const asked = askedOf(clusterId);
      const found = new Map(scripts.map((script) => [script, asked.answers.get(digest(script))]));
      const unknown = [...found].flatMap(([script, known]) => (known === undefined ? [script] : []));
      if (unknown.length > 0) {
        const { runRoot, host } = sessions.profile(clusterId);
        const runFolder = await sessions.use(clusterId, { signal, purpose: 'start' }, ({ files }) =>
          files.resolve(runRoot),
        );
        takeTurn(asked, automatic);
        const askedAt = clock.now();
        const mark = `slipway-${randomId(20)}`;
        const script = testOnlyScript({ runFolder, scripts: unknown, mark });
        const { stdout, stderr } = await sessions.runSlurm(clusterId, script, {
          signal,
          purpose: 'start',
          programs: testOnlyPrograms({ scripts: unknown }),
          answer: ANSWER_BOUNDS.startTest,
          timeoutMs: TIMEOUT_MS,
        });
        const answers = parseTestOnly(stdout, mark, unknown.length);
        if (answers.every((answer) => answer === null))
          throw new AppError('REMOTE_GARBAGE', {
            details: { host, reason: message('clusters.sbatchSilent'), stderr: stderr.slice(0, 2000) },
          });
        unknown.forEach((each, index) => {
          const answer = answers[index] ?? null;
          found.set(each, { answer, askedAt });
          // a controller that was away may be back: only what it said itself is remembered
          if (answer !== null && (answer.kind === 'fits' || answer.error.name === 'SUBMISSION_FAILED'))
            asked.answers.set(digest(each), { answer, askedAt });
        });
      }
      return scripts.map((script) => found.get(script) ?? { answer: null, askedAt: clock.now() });
    },
  };
}
