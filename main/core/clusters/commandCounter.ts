import type { OutputOf } from '../../../shared/contract/index.ts';
import type { CommandCount } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import { aroundFiles } from '../remoteFiles.ts';

export type CommandReport = OutputOf<'clusters.commands'>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The latest commands that are told one by one. */
const LATEST = 200;

type Command = CommandReport['latest'][number];

/** What ran on one cluster: exact counts by minute, so that any number of commands takes the same room. */
interface Tally {
  readonly minutes: Map<number, Map<string, CommandCount>>;
  latest: Command[];
}

/** Counts what Slipway runs on each cluster, and why, for the person and for the site. */
export class CommandCounter {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #tallies = new Map<ClusterId, Tally>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** Something ended that began at `at` (epoch ms); what failed counts too. The time of a script is shared among its programs. */
  add(clusterId: ClusterId, programs: readonly string[], purpose: string, at: number): void {
    const elapsed = Math.max(0, this.#clock.now() - at) / programs.length;
    let tally = this.#tallies.get(clusterId);
    if (tally === undefined) {
      tally = { minutes: new Map(), latest: [] };
      this.#tallies.set(clusterId, tally);
    }
    const minute = Math.floor(at / MINUTE_MS);
    let counts = tally.minutes.get(minute);
    if (counts === undefined) {
      counts = new Map<string, CommandCount>();
      tally.minutes.set(minute, counts);
      for (const old of [...tally.minutes.keys()]) if (old <= minute - HOUR_MS / MINUTE_MS) tally.minutes.delete(old);
    }
    for (const program of programs) {
      const key = `${program} ${purpose}`;
      const before = counts.get(key);
      counts.set(key, {
        program,
        purpose,
        count: (before?.count ?? 0) + 1,
        elapsed: (before?.elapsed ?? 0) + elapsed,
        lastAt: Math.max(before?.lastAt ?? 0, at),
      });
      tally.latest.push({ at, program, purpose, elapsed });
    }
    if (tally.latest.length > 2 * LATEST) tally.latest = tally.latest.slice(-LATEST);
  }

  /** The last hour, to the minute; most frequent first. */
  report(clusterId: ClusterId): CommandReport {
    const now = this.#clock.now();
    const first = Math.floor(now / MINUTE_MS) - HOUR_MS / MINUTE_MS + 1;
    const tally = this.#tallies.get(clusterId);
    const sums = new Map<string, CommandCount>();
    for (const [minute, counts] of tally?.minutes ?? []) {
      if (minute < first) continue;
      for (const [key, one] of counts) {
        const sum = sums.get(key);
        sums.set(
          key,
          sum === undefined
            ? one
            : {
                ...one,
                count: sum.count + one.count,
                elapsed: sum.elapsed + one.elapsed,
                lastAt: Math.max(sum.lastAt, one.lastAt),
              },
        );
      }
    }
    const since = first * MINUTE_MS;
    return {
      since: Math.max(since, this.#startedAt),
      counts: [...sums.values()].sort(
        (a, b) => b.count - a.count || a.program.localeCompare(b.program) || a.purpose.localeCompare(b.purpose),
      ),
      // noted as they ended
      latest: (tally?.latest ?? [])
        .filter(({ at }) => at >= since)
        .reverse()
        .sort((a, b) => b.at - a.at)
        .slice(0, LATEST),
    };
  }

  forget(clusterId: ClusterId): void {
    this.#tallies.delete(clusterId);
  }

  /** The same connection, with all that is done over it counted. `purpose` is for files, and for scripts that do not say their own. */
  counted(clusterId: ClusterId, connection: RemoteConnection, purpose: string): RemoteConnection {
    const count = async <T>(programs: readonly string[], why: string, work: () => Promise<T>): Promise<T> => {
      const at = this.#clock.now();
      try {
        return await work();
      } finally {
        this.add(clusterId, programs, why, at);
      }
    };
    const { files, shell } = connection;
    const countedFiles = aroundFiles(files, (_, work) =>
      count([connection.fileTransport === 'sftp' ? 'sftp' : 'sh'], purpose, work),
    );
    return {
      files: countedFiles,
      shell: {
        run: (script, options) => {
          const programs = options?.programs ?? [];
          return count(programs.length === 0 ? ['sh'] : programs, options?.purpose ?? purpose, () =>
            shell.run(script, options),
          );
        },
      },
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
  }
}
