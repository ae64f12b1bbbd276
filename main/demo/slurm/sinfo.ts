import { freemem } from 'node:os';
import { complain, given, lastOf, say, type SlurmCommand } from './command.ts';
import { expandHostList, fit, hostList, parseColumns, ranges, shortDuration } from './formats.ts';
import { cpuLoad, nodeLoads, type NodeLoad } from './nodeLoad.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { parseLongFields, printLongField } from './longFormat.ts';
import { gresOf, NODES, PARTITIONS, SLURM_VERSION, type DemoPartition } from './site.ts';
import { longDate } from './squeue.ts';

const TABLE = optionTable(`
  all,a:none cluster,M clusters dead,d:none exact,e:none federation:none format,o Format,O help:none hide:none iterate,i list-reasons,R:none
  local:none long,l:none node,N:none Node:none nodes,n noconvert:none noheader,h:none partition,p reservation,T:none responding,r:none sort,S
  states,t summarize,s:none usage:none verbose,v:none version,V:none
`);

const FORMAT = '%#P %.5a %.10l %.6D %.6t %N';
const SUMMARY_FORMAT = '%#P %.5a %.10l %.16F %N';
const LONG_FORMAT = '%#P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N';
const NODE_FORMAT = '%#N %.6D %.#P %6t';
const LONG_NODE_FORMAT = '%#N %.6D %.#P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E';

const SHORT: Readonly<Record<NodeLoad['state'], string>> = {
  idle: 'idle',
  mixed: 'mix',
  allocated: 'alloc',
  drained: 'drain',
  draining: 'drng',
};

/** Nodes that share a line, of one partition, or of none when the format names no partition. */
interface Line {
  readonly partition: DemoPartition;
  readonly loads: readonly NodeLoad[];
  readonly first: NodeLoad;
}

const sum = (loads: readonly NodeLoad[], of: (load: NodeLoad) => number): number =>
  loads.reduce((total, load) => total + of(load), 0);

const isOut = (load: NodeLoad): boolean => load.node.drained !== null;

/** allocated/idle/other/total. */
function counts(
  loads: readonly NodeLoad[],
  used: (load: NodeLoad) => number,
  total: (load: NodeLoad) => number,
): string {
  const other = sum(loads.filter(isOut), (load) => total(load) - used(load));
  return `${sum(loads, used)}/${sum(loads, total) - sum(loads, used) - other}/${other}/${sum(loads, total)}`;
}

const cpuCounts = (loads: readonly NodeLoad[]): string =>
  counts(
    loads,
    (load) => load.cpus,
    (load) => load.node.cpus,
  );
const nodeCounts = (loads: readonly NodeLoad[]): string =>
  counts(
    loads,
    (load) => (load.cpus > 0 ? 1 : 0),
    () => 1,
  );

/** `gpu:a100:2(IDX:0-1)`; nodes without any say `gpu:0`. */
function gresUsed({ node, gpuIndexes }: NodeLoad): string {
  if (node.gpuType === null) return 'gpu:0';
  return `gpu:${node.gpuType}:${gpuIndexes.length}(IDX:${gpuIndexes.length === 0 ? 'N/A' : ranges(gpuIndexes)})`;
}

/** sinfo's columns by letter, with the headings of 22.05.8. */
const COLUMNS: Readonly<Record<string, { title: string; value(line: Line): string }>> = {
  a: { title: 'AVAIL', value: () => 'up' },
  A: {
    title: 'NODES(A/I)',
    value: ({ loads }) =>
      `${loads.filter((load) => load.cpus > 0).length}/${loads.filter((load) => load.cpus === 0 && !isOut(load)).length}`,
  },
  b: { title: 'ACTIVE_FEATURES', value: ({ first }) => first.node.features.join(',') || '(null)' },
  B: { title: 'MAX_CPUS_PER_NODE', value: () => 'UNLIMITED' },
  c: { title: 'CPUS', value: ({ first }) => String(first.node.cpus) },
  C: { title: 'CPUS(A/I/O/T)', value: ({ loads }) => cpuCounts(loads) },
  d: { title: 'TMP_DISK', value: () => '0' },
  D: { title: 'NODES', value: ({ loads }) => String(loads.length) },
  e: { title: 'FREE_MEM', value: () => String(Math.floor(freemem() / 1024 ** 2)) },
  E: { title: 'REASON', value: ({ first }) => first.node.drained ?? 'none' },
  f: { title: 'AVAIL_FEATURES', value: ({ first }) => first.node.features.join(',') || '(null)' },
  F: { title: 'NODES(A/I/O/T)', value: ({ loads }) => nodeCounts(loads) },
  g: { title: 'GROUPS', value: () => 'all' },
  G: { title: 'GRES', value: ({ first }) => gresOf(first.node) },
  h: { title: 'OVERSUBS', value: () => 'NO' },
  H: { title: 'TIMESTAMP', value: () => 'Unknown' },
  I: { title: 'PRIO_JOB_FACTOR', value: () => '1' },
  l: { title: 'TIMELIMIT', value: ({ partition }) => shortDuration(partition.maxTime) },
  L: { title: 'DEFAULTTIME', value: ({ partition }) => shortDuration(partition.defaultTime) },
  m: { title: 'MEMORY', value: ({ first }) => String(first.node.memory) },
  M: { title: 'PREEMPT_MODE', value: () => 'OFF' },
  n: { title: 'HOSTNAMES', value: ({ first }) => first.node.name },
  N: { title: 'NODELIST', value: ({ loads }) => hostList(loads.map((load) => load.node.name)) },
  o: { title: 'NODE_ADDR', value: () => '127.0.0.1' },
  O: { title: 'CPU_LOAD', value: () => cpuLoad() },
  p: { title: 'PRIO_TIER', value: () => '1' },
  P: { title: 'PARTITION', value: ({ partition }) => `${partition.name}${partition.isDefault ? '*' : ''}` },
  r: { title: 'ROOT', value: () => 'no' },
  R: { title: 'PARTITION', value: ({ partition }) => partition.name },
  s: { title: 'JOB_SIZE', value: () => '1-infinite' },
  S: { title: 'ALLOCNODES', value: () => 'all' },
  t: { title: 'STATE', value: ({ first }) => SHORT[first.state] },
  T: { title: 'STATE', value: ({ first }) => first.state },
  u: { title: 'USER', value: () => 'Unknown' },
  v: { title: 'VERSION', value: () => SLURM_VERSION },
  V: { title: 'RESERVATION', value: () => '' },
  w: { title: 'WEIGHT', value: () => '1' },
  X: { title: 'SOCKETS', value: ({ first }) => String(first.node.cpus) },
  Y: { title: 'CORES', value: () => '1' },
  z: { title: 'S:C:T', value: ({ first }) => `${first.node.cpus}:1:1` },
  Z: { title: 'THREADS', value: () => '1' },
};

/** Names of --Format, and the letters of --format that print the same; those without a letter are left. Source: sinfo(1), --Format. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  available: 'a',
  nodeaiot: 'F',
  nodeai: 'A',
  cpus: 'c',
  cpusstate: 'C',
  cpusload: 'O',
  nodes: 'D',
  freemem: 'e',
  features: 'f',
  features_act: 'b',
  gres: 'G',
  groups: 'g',
  defaulttime: 'L',
  time: 'l',
  memory: 'm',
  nodehost: 'n',
  nodelist: 'N',
  nodeaddr: 'o',
  partition: 'P',
  partitionname: 'R',
  reason: 'E',
  root: 'r',
  sockets: 'X',
  cores: 'Y',
  threads: 'Z',
  socketcorethread: 'z',
  statecompact: 't',
  statelong: 'T',
  version: 'v',
  weight: 'w',
  gresused: 'gresused',
};
const COLUMNS_BY_NAME: Readonly<Record<string, (typeof COLUMNS)[string]>> = {
  ...COLUMNS,
  gresused: { title: 'GRES_USED', value: ({ first }) => gresUsed(first) },
};

/** `%#P` means as wide as the widest value: what sinfo's own formats do for names. */
function widen(format: string, lines: readonly Line[]): string {
  return format.replaceAll(/%(\.?)#([PN])/g, (_, dot: string, letter: string) => {
    const column = COLUMNS[letter];
    const width = Math.max(9, column?.title.length ?? 0, ...lines.map((line) => column?.value(line).length ?? 0));
    return `%${dot}${width}${letter}`;
  });
}

/** sinfo: the partitions and what is free on their nodes. */
export const sinfo: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('sinfo', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(options, 'help') || given(options, 'usage')) return say('Usage: sinfo [OPTIONS]\n');
  if (given(options, 'list-reasons')) {
    const reasons = NODES.filter(({ drained }) => drained !== null).map(
      ({ name, drained }) => `${(drained ?? '').slice(0, 20).padEnd(20)} root      Unknown             ${name}\n`,
    );
    return say(
      (given(options, 'noheader') ? '' : 'REASON               USER      TIMESTAMP           NODELIST\n') +
        reasons.join(''),
    );
  }
  const long = given(options, 'long');
  const byNode = given(options, 'node') || given(options, 'Node');
  const usual = byNode
    ? long
      ? LONG_NODE_FORMAT
      : NODE_FORMAT
    : given(options, 'summarize')
      ? SUMMARY_FORMAT
      : long
        ? LONG_FORMAT
        : FORMAT;
  const longFields = parseLongFields(lastOf(options, 'Format'));
  const unknown = longFields?.find(({ name }) => LONG_NAMES[name] === undefined);
  if (unknown !== undefined) return complain(`sinfo: error: Invalid node format specification: ${unknown.name}\n`);
  const asked =
    longFields?.map(({ name }) => `%${LONG_NAMES[name]?.charAt(0) ?? ''}`).join('') ??
    lastOf(options, 'format') ??
    call.environment['SINFO_FORMAT'] ??
    usual;

  const wantedNodes = lastOf(options, 'nodes');
  const wantedStates = lastOf(options, 'states')?.toLowerCase().split(',');
  const wantedPartitions = lastOf(options, 'partition')?.split(',');
  const loads = nodeLoads(site)
    .filter((load) => wantedNodes === undefined || expandHostList(wantedNodes).includes(load.node.name))
    .filter(
      (load) =>
        wantedStates?.some((state) => state === 'all' || state === load.state || state === SHORT[load.state]) ?? true,
    );
  const partitions = PARTITIONS.filter((partition) => wantedPartitions?.includes(partition.name) ?? true);
  const letters = new Set(parseColumns(asked.replaceAll('#', '')).map(({ letter }) => letter));
  const shows = (...wanted: string[]): boolean => wanted.some((letter) => letters.has(letter));
  // nodes share a line while the format shows no difference between them
  const keyOf = (load: NodeLoad): string => {
    if (byNode || shows('n')) return load.node.name;
    const size = `${load.node.cpus} ${load.node.memory} ${gresOf(load.node)}`;
    const inUse = longFields?.some(({ name }) => name === 'gresused') === true ? gresUsed(load) : '';
    return [
      shows('t', 'T') ? load.state : '',
      shows('c', 'm', 'G', 'X', 'z') ? size : '',
      shows('b', 'f') ? load.node.features.join(',') : '',
      shows('E') ? load.node.drained : '',
      inUse,
    ].join(' ');
  };
  const lines: Line[] = [];
  const namesPartition = shows('P', 'R', 'l', 'L');
  for (const partition of namesPartition ? partitions : partitions.slice(0, 1)) {
    const groups = new Map<string, NodeLoad[]>();
    for (const load of loads) {
      const inside = namesPartition
        ? partition.nodes.includes(load.node.name)
        : partitions.some((each) => each.nodes.includes(load.node.name));
      if (inside) groups.set(keyOf(load), [...(groups.get(keyOf(load)) ?? []), load]);
    }
    for (const group of groups.values()) {
      const [first] = group;
      if (first !== undefined) lines.push({ partition, loads: group, first });
    }
  }
  const orderOf = (line: Line): number => loads.indexOf(line.first);
  if (byNode) lines.sort((a, b) => orderOf(a) - orderOf(b));

  const specs = parseColumns(widen(asked, lines));
  let complaints = '';
  for (const { letter } of specs)
    if (letter !== null && COLUMNS[letter] === undefined)
      complaints += `Invalid node format specification: ${letter}\n`;
  const print = (value: (column: { title: string; value(line: Line): string }) => string): string =>
    specs
      .map(({ before, letter, width, right }) => {
        const column = letter === null ? undefined : COLUMNS[letter];
        if (letter === null) return before;
        return before + (column === undefined ? `%${letter}` : fit(value(column), width, right));
      })
      .join('');
  if (longFields !== null) {
    const rows = lines.map((line) =>
      longFields
        .map((field) => printLongField(field, COLUMNS_BY_NAME[LONG_NAMES[field.name] ?? '']?.value(line) ?? ''))
        .join(''),
    );
    const head = longFields
      .map((field) => printLongField(field, COLUMNS_BY_NAME[LONG_NAMES[field.name] ?? '']?.title ?? ''))
      .join('');
    return say([...(given(options, 'noheader') ? [] : [head]), ...rows].map((line) => `${line}\n`).join(''));
  }
  const text = lines.map((line) => print((column) => column.value(line)));
  if (!given(options, 'noheader')) {
    text.unshift(print((column) => column.title));
    if (long) text.unshift(longDate(new Date()));
  }
  return { stdout: text.map((line) => `${line}\n`).join(''), stderr: complaints, exitCode: 0 };
};
