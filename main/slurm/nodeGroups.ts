import { parseSlurmMemory } from '../../shared/lib/bytes.ts';
import { quote } from '../../shared/lib/quote.ts';
import { numberOf, rowsOf, SEPARATOR, textOf } from './fields.ts';
import { gpusOfNode } from '../../shared/domain/request/gres.ts';
import { CONTROLLER_SECONDS } from './sections.ts';

/** Nodes of one partition that are alike, as one line of sinfo. */
export interface NodeGroup {
  readonly partition: string;
  /** Of the partition, as sinfo says it: `up`, `down`, `drain`, `inact`. */
  readonly available: string;
  readonly nodes: number;
  readonly cpusPerNode: number;
  /** Bytes. */
  readonly memoryPerNode: number;
  readonly features: string[];
  /** Without its flags. */
  readonly state: string;
  /** They are up and nothing keeps jobs away from them. */
  readonly takesJobs: boolean;
  readonly cpus: { allocated: number; idle: number; other: number; total: number };
  /** On each node: GPUs by type, and those in use; null where the cluster does not tell. */
  readonly gpus: ReadonlyMap<string, number>;
  readonly gpusInUse: ReadonlyMap<string, number> | null;
}

const LONG_FIELDS = [
  'PartitionName',
  'Available',
  'Nodes',
  'CPUs',
  'Memory',
  'StateLong',
  'CPUsState',
  'Gres',
  'GresUsed',
  'Features',
];
/** The same with what a release without `-O NAME:WIDTH SUFFIX` can tell: GPUs in use are not among it. */
const SHORT_FIELDS = ['%R', '%a', '%D', '%c', '%m', '%T', '%C', '%G', '', '%f'];

/**
 * One line of sinfo for nodes that are alike. Width 0 prints a field whole, and what follows the width stands behind it; `-O` cuts at
 * 20 characters otherwise. Source: sinfo(1), and _parse_long_token and _print_str of src/sinfo from 20.02 on.
 */
export const NODE_GROUPS_COMMAND = [
  `slipway_nodes=$(slipway_limit ${CONTROLLER_SECONDS} sinfo -h -a -e -O ${quote(LONG_FIELDS.map((name, i) => `${name}:0${i < LONG_FIELDS.length - 1 ? SEPARATOR : ''}`).join(','))}) || exit $?`,
  `case $slipway_nodes in *${quote(SEPARATOR)}*) printf '%s\\n' "$slipway_nodes" ;; *) slipway_limit ${CONTROLLER_SECONDS} sinfo -h -a -e -o ${quote(SHORT_FIELDS.join(SEPARATOR))} ;; esac`,
].join('\n');

/** States in which a node takes jobs now or when it has been woken. Source: sinfo(1), NODE STATE CODES. */
const WORKING = new Set([
  'idle',
  'mixed',
  'allocated',
  'completing',
  'planned',
  'allocated+',
  'powered_down',
  'powering_up',
  'npc',
  'perfctrs',
]);
/** Not answering, powering off, about to reboot, rebooting, in maintenance. `~`, `#` and `-` do take jobs: asleep, waking, planned for one. */
const UNAVAILABLE = /[*!%@^$]/;

const FLAGS = '*~#!%$@^+-';

/** A state, and the flags behind it. */
function flagged(text: string): { state: string; flags: string } {
  let end = text.length;
  while (end > 0 && FLAGS.includes(text.charAt(end - 1))) end -= 1;
  return { state: text.slice(0, end), flags: text.slice(end) };
}

/** Rows of `NODE_GROUPS_COMMAND`. A `+` behind a number means that nodes of the group have more. Never throws. */
export function nodeGroupsOf(text: string): NodeGroup[] {
  return rowsOf(text, LONG_FIELDS.length).map(
    ([
      partition = '',
      available = '',
      nodes,
      cpus = '',
      memory = '',
      stated = '',
      byState = '',
      gres = '',
      inUse = '',
      features = '',
    ]) => {
      const [allocated = 0, idle = 0, other = 0, total = 0] = byState.split('/').map((cell) => numberOf(cell) ?? 0);
      const { state, flags } = flagged(stated.trim());
      return {
        partition: partition.trim().replace(/\*$/, ''),
        available: available.trim(),
        nodes: numberOf(nodes) ?? 0,
        cpusPerNode: numberOf(cpus.replace('+', '')) ?? 0,
        memoryPerNode: parseSlurmMemory(memory.replace('+', '')) ?? 0,
        state,
        takesJobs: WORKING.has(state) && !UNAVAILABLE.test(flags),
        cpus: { allocated, idle, other, total },
        gpus: gpusOfNode(gres),
        gpusInUse: textOf(inUse) === null ? null : gpusOfNode(inUse),
        features: (textOf(features) ?? '').split(',').filter((name) => name !== ''),
      };
    },
  );
}
