import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import type { SshHost } from '../../../shared/domain/cluster/profile.ts';
import type { SshConfigReader } from '../../core/ports.ts';
import { resolveServer, type Resolved } from './chain.ts';
import { Notes, type ConfigSources } from './evaluate.ts';
import { ConfigFiles } from './files.ts';
import { parseDestination } from './jumps.ts';
import { surveyConfig } from './survey.ts';

export interface SshConfigOptions {
  /** The user's home folder; the configuration is `.ssh/config` in it. */
  readonly home: string;
  /** The system's configuration, read after the user's; null: none. */
  readonly systemFile: string | null;
  /** The user of this computer: who logs in where the configuration names nobody. */
  readonly userName: string;
  /** For `${NAME}` and IdentityAgent. Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Hosts that are listed, and lines that are looked at for that; the rest can be asked for by name. */
const MAX_HOSTS = 2000;
const MAX_LINES = 5_000_000;

/** How long the list may keep the thread to itself, in milliseconds. */
const SLICE_MS = 20;

function numericUserId(): string {
  const { uid } = userInfo();
  return uid < 0 ? '0' : String(uid);
}

const hopName = ({ user, host, port }: Resolved['jump'][number]): string => `${user}@${host}:${String(port)}`;

/**
 * Reads ~/.ssh/config and the system's file with OpenSSH's own rules, anew at each call. Nothing that they name is run, and no private
 * key is opened. Errors: SSH_CONFIG_UNREADABLE.
 */
export function createSshConfigReader(options: SshConfigOptions): SshConfigReader {
  const { home, systemFile, userName } = options;
  const open = (): ConfigSources => ({
    files: new ConfigFiles(),
    roots: [
      { file: path.join(home, '.ssh', 'config'), includeFolder: path.join(home, '.ssh'), isUser: true },
      ...(systemFile === null ? [] : [{ file: systemFile, includeFolder: path.dirname(systemFile), isUser: false }]),
    ],
    local: {
      home,
      userName,
      uid: numericUserId(),
      hostName: hostname(),
      environment: options.environment ?? process.env,
    },
    budget: { lines: MAX_LINES },
  });

  return {
    async read() {
      const sources = open();
      const survey = await surveyConfig(sources);
      const hosts: SshHost[] = [];
      const notes = new Notes();
      notes.addAll(survey.notes);
      let since = performance.now();
      for (const { alias, file, line } of survey.aliases.slice(0, MAX_HOSTS)) {
        if (sources.budget.lines < 0) break;
        if (performance.now() - since > SLICE_MS) {
          await new Promise((resolve) => setImmediate(resolve));
          since = performance.now();
        }
        const { host, port, user, jump, notes: own } = await resolveServer(sources, { alias, user: null, port: null });
        hosts.push({ alias, host, port, user, jump: jump.map(hopName), file, line });
        notes.addAll(own);
      }
      return { files: await sources.files.read(), hosts, notes: notes.all };
    },

    async resolve(alias) {
      const sources = open();
      const destination = parseDestination(alias);
      // as ssh takes it: `user@host` and `ssh://…` say more than a name
      const asked =
        destination !== null && (destination.user !== null || alias.startsWith('ssh://'))
          ? { alias: destination.host, user: destination.user, port: destination.port }
          : { alias, user: null, port: null };
      const { host, port, user, jump, way, notes } = await resolveServer(sources, asked);
      const sameWay = JSON.stringify(way.auth);
      return {
        settings: {
          host,
          port,
          user,
          auth: [...way.auth],
          // a hop without ways of its own is logged in to by the profile's
          jump: jump.map((hop) => (JSON.stringify(hop.auth) === sameWay ? { ...hop, auth: null } : hop)),
          hostKeys: way.hostKeys,
        },
        notes: [...notes],
      };
    },
  };
}
