import { NO_LIMITS, type Association, type ClusterFacts } from '../../shared/domain/cluster.ts';
import { numberOf, textOf } from './fields.ts';
import { nodeGroupsOf, partitionsOf, SINFO_FORMAT } from './partitions.ts';
import { quote } from '../../shared/lib/quote.ts';
import { MARK } from './record.ts';

const SECTIONS = ['login', 'environment', 'config', 'partitions', 'nodes', 'associations'] as const;
type Section = (typeof SECTIONS)[number];

const COMMANDS: Record<Section, string> = {
  login: `id -un; printf '%s\\n' "$HOME"; uname -n; date +%s; sinfo --version`,
  environment: `env | sed -n 's/^\\(SBATCH_[A-Za-z0-9_]*\\)=.*/\\1/p'`,
  config: 'scontrol show config',
  partitions: 'scontrol show partition -o',
  nodes: `sinfo -h -a -o ${quote(SINFO_FORMAT)}`,
  // slurmdbd may be absent: then this fails, which is a mode and not an error
  associations: `sacctmgr -nP show assoc where user="$(id -un)" format=Account,Partition,QOS,DefaultQOS`,
};

/** One sh script for all that is cached about a cluster. Each section may fail by itself. */
export function factsScript(): string {
  return SECTIONS.map((name) => `echo '${MARK} ${name}'; ( ${COMMANDS[name]} ) 2>/dev/null; printf '\\n${MARK} end ${name} %s\\n' "$?"`).join('\n');
}

/** Text of the sections that came whole; null for one that failed or was cut. */
function sectionsOf(stdout: string): Record<Section, string | null> {
  const read = (name: Section): string | null => {
    const begin = `${MARK} ${name}\n`;
    const from = stdout.startsWith(begin) ? 0 : stdout.indexOf(`\n${begin}`) + 1;
    if (from === 0 && !stdout.startsWith(begin)) return null;
    const to = stdout.indexOf(`\n${MARK} end ${name} 0\n`, from);
    return to < 0 ? null : stdout.slice(from + begin.length, to);
  };
  return { login: read('login'), environment: read('environment'), config: read('config'), partitions: read('partitions'), nodes: read('nodes'), associations: read('associations') };
}

/**
 * Reads the answer of `factsScript`. What is missing is empty, null or zero; never throws.
 * `takenAtMs` is our clock when the answer came, from which the clock offset is taken.
 */
export function parseFacts(stdout: string, takenAtMs: number): ClusterFacts {
  const sections = sectionsOf(stdout);
  const [user = '', home = '', loginHost = '', now = '', version = ''] = sections.login?.split('\n') ?? [];
  const config = configOf(sections.config ?? '');
  const clock = numberOf(now);
  return {
    clusterName: config.get('ClusterName') ?? '',
    slurmVersion: /(\d+\.\d+\S*)/.exec(version)?.[1] ?? config.get('SLURM_VERSION') ?? '',
    user,
    home,
    loginHost,
    partitions: partitionsOf(sections.partitions ?? '', nodeGroupsOf(sections.nodes ?? '')),
    associations: sections.associations === null ? null : associationsOf(sections.associations),
    qos: null,
    fairShare: null,
    reservations: [],
    quotas: [],
    scratch: null,
    maxArraySize: numberOf(config.get('MaxArraySize')),
    maxJobCount: null,
    minJobAge: null,
    enforcePartLimits: null,
    accountingEnforce: [],
    priorityType: null,
    billingIsLargest: false,
    clockOffset: clock === null ? 0 : Math.round(clock - takenAtMs / 1000),
    overridingVariables: (sections.environment ?? '').split('\n').filter((name) => name !== ''),
    unknown: [],
    takenAt: takenAtMs,
  };
}

/** `Key = value` lines of `scontrol show config`. */
function configOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(\w+)\s*=\s(.*)$/.exec(line);
    if (match?.[1] !== undefined) pairs.set(match[1], (match[2] ?? '').trim());
  }
  return pairs;
}

function associationsOf(text: string): Association[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split('|');
    const account = textOf(cells[0]);
    if (cells.length < 4 || account === null) return [];
    return [{ account, partition: textOf(cells[1]), qos: (cells[2] ?? '').split(',').filter((name) => name !== ''), defaultQos: textOf(cells[3]), isDefault: false, limits: NO_LIMITS }];
  });
}

