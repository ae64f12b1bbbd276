/** Every reader of `main/slurm`, each with what may stand around foreign text in what it reads. */
import { directiveWords } from '../../../shared/domain/request/directiveWords.ts';
import { subjectOf } from '../../../shared/domain/limits/use.ts';
import { longOption } from '../../../shared/domain/request/sbatchOptions.ts';
import { parseFileSize, parseSlurmMemory } from '../../../shared/lib/bytes.ts';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { plain, plainLine } from '../../../shared/lib/plain.ts';
import type { Around } from '../../../shared/lib/testing/hostileText.ts';
import { parseAccountingAnswer } from '../accounting.ts';
import { associationsOf } from '../associations.ts';
import { certaintyOf } from '../certainty.ts';
import { optionOfVariable } from '../environment.ts';
import { keepingKnown, parseFacts } from '../facts.ts';
import { durationOf, epochOf, framedRows, numberOf, pairsOf, rowsOf, stateOf, textOf } from '../fields.ts';
import { foreignDirectives } from '../foreignDirectives.ts';
import { foreignMeaning } from '../foreignMeaning.ts';
import { parseUsage, tasksIn } from '../clusterUsage.ts';
import { gpusOfNode } from '../../../shared/domain/request/gres.ts';
import { parseNodeAnswer, parseNodeJobLook, parseNodeProbe } from '../imageNodes.ts';
import { parseModules } from '../modules.ts';
import { architecturesOf } from '../nodeArchitectures.ts';
import { nodeGroupsOf } from '../nodeGroups.ts';
import { partitionUsages, partitionsOf } from '../partitions.ts';
import { policyLimit, policyLimitIn } from '../policyLimits.ts';
import { parsePresence } from '../presence.ts';
import { programsOf } from '../programsOf.ts';
import { qosOf } from '../qos.ts';
import { readQueue } from '../queue.ts';
import { quotaTable } from '../quotaTable.ts';
import { parseQuotas } from '../quotas.ts';
import { readRecord } from '../record.ts';
import { refusalOf, rejectionOf } from '../rejection.ts';
import { reservationsOf } from '../reservations.ts';
import { refuseRunFolder, runFolderName, runIdOf, sameRunFolder } from '../runFolder.ts';
import { readDirectives, readSbatchLines } from '../sbatchLines.ts';
import { readSection } from '../sections.ts';
import { sharesOf } from '../shares.ts';
import { shellWords } from '../shellWords.ts';
import { saidLines, saidWithoutColours, sentenceOf } from '../siteWords.ts';
import { parseSubmitOutcome } from '../submit.ts';
import { tableRows } from '../tables.ts';
import { parseTestOnly } from '../dryRun.ts';
import { billingWeightsOf, tresOf } from '../tres.ts';
import { firstComplaint } from '../unknowns.ts';
import { parseUsers } from '../users.ts';
import { parseReports } from '../taskReports.ts';
import { parseWatch } from '../watch.ts';

/** A foreign text in one cell of a row of `count`. */
export const row = (count: number, at: number): Around => ['1\x1f'.repeat(at), '\x1f1'.repeat(count - at - 1)];
/** The same with the first cell once more behind it. */
export const framed = (count: number, at: number): Around => [row(count + 1, at)[0], `${row(count + 1, at)[1]}\n`];
/** Rows within the answer of accounting. */
const ofSacct = ([before, after]: Around): Around => [`@slipway accounting\n${before}`, `${after}\n@slipway end 0\n`];
const section = (name: string, before = '', after = ''): Around => [
  `\n@slipway ${name}\n${before}`,
  `${after}\n@slipway end ${name} 0\n\n@slipway done ${name}\n`,
];
/** A section that failed, with a foreign text for its reason. */
const failed = (name: string): Around => [
  `\n@slipway ${name}\n\n@slipway end ${name} 1\n`,
  `\n@slipway done ${name}\n`,
];
const whole = (name: string): string => section(name).join('');

const FACTS = [
  'login',
  'environment',
  'config',
  'partitions',
  'nodes',
  'reservations',
  'associations',
  'defaultAccount',
  'qos',
  'shares',
  'clock',
];
const QUOTAS = ['site', 'lustre', 'gpfs', 'beegfs', 'nfs', 'space'];
const HEAD = 'Account|Name|User|Partition|QOS|MaxTRES|ParentName\n';

type Reader = readonly [read: (text: string) => unknown, ...around: readonly Around[]];

/** Around what sbatch and a site say. */
const REFUSED: readonly Around[] = [
  ['sbatch: error: \u001b[1', ''],
  ['sbatch: error: | ', ' |'],
  ['sbatch: error: Invalid partition name specified (', ''],
  ['sbatch: error: QOS', ''],
  ['sbatch: error: licence', ''],
  ['sbatch: error: Job script', ''],
  ['sbatch: error: slurmdbd', ''],
];

export const READERS: Readonly<Record<string, Reader>> = {
  parseAccountingAnswer: [
    (text) => parseAccountingAnswer(text, text),
    ['@slipway accounting\n', '\n@slipway end 1\n'],
    ['@slipway accounting\n1\x1f', '\x1f1\n\n@slipway end 0\n'],
    ...[1, 3, 8, 14].map((at) => ofSacct(framed(15, at))),
  ],
  associationsOf: [(text) => associationsOf(text, text), [HEAD, ''], [`${HEAD}a|b|ada|c|d|`, '|e\n']],
  optionOfVariable: [optionOfVariable, ['SBATCH_', '']],
  parseFacts: [(text) => parseFacts(text, 0), ...FACTS.flatMap((name) => [section(name), failed(name)])],
  keepingKnown: [(text) => keepingKnown(parseFacts('', 0), parseFacts('', 0), text), section('config')],
  durationOf: [durationOf, ['1-', ''], ['1:', 'x']],
  epochOf: [epochOf],
  numberOf: [numberOf],
  textOf: [textOf],
  stateOf: [stateOf, ['CANCELLED by', '']],
  rowsOf: [(text) => rowsOf(text, 13)],
  pairsOf: [pairsOf, ['a=', ''], ['a=b', 'c'], ['a=', ' b=c']],
  foreignDirectives: [foreignDirectives, ['#PBS -l ', ''], ['#PBS\n', ''], ['#BSUB -o "', '']],
  foreignMeaning: [
    (text) => [
      foreignMeaning({ line: 1, text, scheduler: 'PBS', meant: [] }),
      foreignMeaning({ line: 1, text, scheduler: 'LSF', meant: [] }),
    ],
    ['#PBS -l ', ''],
    ['#PBS -W depend=', ''],
    ['#BSUB -R "', '"'],
    ['#BSUB -J a[', ']'],
  ],
  parseUsage: [
    parseUsage,
    section('nodes'),
    [`${whole('nodes')}${section('jobs')[0]}`, section('jobs')[1]],
    [`${whole('nodes')}${whole('jobs')}${section('waiting')[0]}`, section('waiting')[1]],
  ],
  parseReports: [
    (text) => parseReports(text, 2),
    ['@slipway progress 1_', ' 5 x\n'],
    ['@slipway progress 0 50 ', ''],
    ['@slipway exit 0_7 1 ', ''],
  ],
  tasksIn: [tasksIn, ['1', ''], ['1,', ''], ['1-', '']],
  parseModules: [
    parseModules,
    ...['lmod 8.7', 'tcl 5'].flatMap((kind): Around[] => [
      [`\n@slipway modules\n@slipway system ${kind}`, '\n@slipway avail\n\n@slipway end modules 0\n'],
      [`\n@slipway modules\n@slipway system ${kind}\n@slipway avail\n`, '\n@slipway end modules 0\n'],
      [`\n@slipway modules\n@slipway system ${kind}\n@slipway avail\ngcc`, '/1\n\n@slipway end modules 0\n'],
    ]),
  ],
  architecturesOf: [architecturesOf, ['x86_64 ', ''], ['x86_64 a,', '']],
  nodeGroupsOf: [nodeGroupsOf, row(10, 0), row(10, 4), row(10, 5), row(10, 6), row(10, 7), row(10, 9)],
  partitionUsages: [(text) => partitionUsages(nodeGroupsOf(text)), row(10, 0)],
  partitionsOf: [
    (text) => partitionsOf(text, nodeGroupsOf(text)),
    ['PartitionName=a ', ''],
    ['PartitionName=a TRESBillingWeights=', ''],
    ['PartitionName=a AllowGroups=', ' State=UP'],
  ],
  parsePresence: [parsePresence, ['@slipway version ', ''], ['@slipway partition ', '']],
  programsOf: [programsOf, ['sbatch <<', '']],
  qosOf: [qosOf, [HEAD, ''], [`${HEAD}a|b|c|d|e|`, '|f\n']],
  readQueue: [
    readQueue,
    framed(14, 1),
    framed(14, 3),
    framed(14, 5),
    framed(14, 13),
    ['1\x1f', '\x1f1\n'],
    ['1\x1f', '1\n'],
  ],
  framedRows: [(text) => framedRows(text, 3), ['1\x1f', '\x1f1\n'], ['1_', '\x1f1\n']],
  parseUsers: [parseUsers, ['@slipway user 1 ', '\n'], ['@slipway own ', '\n']],
  runIdOf: [runIdOf, ['/a-r123456789012', ''], ['-r', '/']],
  parseQuotas: [
    (text) => parseQuotas(text, '/scratch'),
    ...QUOTAS.flatMap((name) => [
      section(name),
      section(name, '@path /a\n'),
      section(name, 'a:b:HEADER\n'),
      failed(name),
    ]),
  ],
  quotaTable: [quotaTable, ['Filesystem used quota limit\n', ''], ['/home: ', ''], ['/home: 1 GB of', ' 2 GB']],
  readRecord: [readRecord, ['@slipway a\n', '\n@slipway end\n']],
  certaintyOf: [
    certaintyOf,
    ['Batch job submission failed: ', ''],
    ['sbatch: error: Batch job submission failed: Unspecified error\n', ''],
  ],
  policyLimit: [policyLimit, ['QOSMax', ''], ['AssocGrp', 'RunMinutes']],
  policyLimitIn: [policyLimitIn, ['QOSMax', ''], ['AssocGrpCPU', 'Limit']],
  refusalOf: [(text) => refusalOf(text, 1), ...REFUSED],
  rejectionOf: [(text) => rejectionOf(text, 1), ...REFUSED],
  saidWithoutColours: [saidWithoutColours, ['\u001b]', ''], ['\u001b[', '']],
  saidLines: [saidLines, ...REFUSED],
  sentenceOf: [(text) => sentenceOf(saidLines(text)), ...REFUSED],
  reservationsOf: [
    (text) => reservationsOf(text, { user: 'ada', groups: ['x'], accounts: ['y'] }, 0),
    ['ReservationName=a ', ''],
    ['ReservationName=a Users=', ''],
    ['ReservationName=a Accounts=-', ''],
  ],
  sameRunFolder: [(text) => sameRunFolder(text, '/a/b')],
  refuseRunFolder: [
    (text) => {
      try {
        refuseRunFolder(text);
      } catch {
        /* that is what it is for */
      }
    },
  ],
  runFolderName: [(text) => runFolderName(text, 'r1')],
  readDirectives: [readDirectives, ['#SBATCH ', ''], ['#SBATCH --a="', '']],
  readSbatchLines: [
    (text) => readSbatchLines(text.split('\n')),
    ['#SBATCH -', ''],
    ['#SBATCH --', ''],
    ['#SBATCH -H', ''],
  ],
  readSection: [(text) => readSection(text, 'nodes'), section('nodes'), ['\n@slipway nodes\n', '']],
  sharesOf: [(text) => sharesOf(text, 'a'), [HEAD, '']],
  shellWords: [shellWords, ['"', '"'], ['a <<b\n', '\nb\n'], ['$((', '))']],
  parseSubmitOutcome: [
    parseSubmitOutcome,
    ...['submitted', 'submitted 1;', 'refused', 'mismatch', 'ambiguous'].flatMap((word): Around[] => [
      [`@slipway ${word} `, '\n@slipway end\n'],
      [`@slipway ${word} 1\n`, '\n@slipway end\n'],
    ]),
  ],
  tableRows: [(text) => tableRows(text, 'account'), [HEAD, '']],
  parseTestOnly: [
    (text) => parseTestOnly(text, 'm', 3),
    ['m begin 0\n', '\nm end 0 1\n'],
    ['m begin 0\nJob 1 to start at ', ' in partition\nm end 0 0\n'],
    ['m begin 0\nJob 1 to start at 7 using', '\nm end 0 0\n'],
  ],
  tresOf: [tresOf, ['mem=', ''], ['gres/', '=1'], ['cpu=1e', '']],
  billingWeightsOf: [billingWeightsOf, ['CPU=', '']],
  firstComplaint: [firstComplaint, ['slurm_load_partitions', '']],
  parseNodeAnswer: [
    parseNodeAnswer,
    ['@slipway node ', '\n@slipway end\n'],
    ['@slipway node n\n@slipway folder 0 ', '\n@slipway end\n'],
    ['@slipway node n\n@slipway image 0 1 1 ', '\nAA==\n@slipway end\n'],
    ['@slipway node n\n@slipway image 0 1 1 L2E=\n', '\n@slipway end\n'],
  ],
  parseNodeProbe: [(text) => parseNodeProbe(text, 'n'), ['\n@n yes ', '\n'], ['\n@n ', ' a\n']],
  parseNodeJobLook: [(text) => parseNodeJobLook(text, 'n'), ['@n ', ''], ['', '\n@n PENDING None\n']],
  parseWatch: [
    (text) => parseWatch(text, { runs: 3, clusters: 2 }),
    ['@slipway progress 0 5 ', '\n@slipway queue 0\n\n@slipway end 0\n'],
    ['@slipway queue 0\n', '\n@slipway end 0\n'],
  ],
};

/** Readers elsewhere that are given a cell of an answer, or its text for a person to see. */
export const SHARED_READERS: Readonly<Record<string, Reader>> = {
  directiveWords: [directiveWords, ['"', ''], ['-', '']],
  gpusOfNode: [gpusOfNode, ['gpu:', ':4'], ['gpu:a(', ')']],
  subjectOf: [subjectOf, ['gres/gpu:', ''], ['gres/gpu', '']],
  longOption: [longOption, ['job-', '']],
  parseSlurmMemory: [parseSlurmMemory, ['1.', 'G'], ['1', '']],
  parseFileSize: [parseFileSize, ['1.', 'G'], ['1', '']],
  parseSlurmDuration: [parseSlurmDuration, ['1-', ''], ['1:', '']],
  plain: [plain],
  plainLine: [plainLine],
};

/** Builders of commands, and functions of values that a reader has made. */
export const NO_READERS: ReadonlySet<string> = new Set([
  'accountingCommand',
  'finallyLines',
  'signalLines',
  'nodeProgram',
  'nodeProbeScript',
  'onNodeBySsh',
  'onNodeByJob',
  'nodeJobLookScript',
  'nodeJobCleanupScript',
  'accountingScript',
  'cancelCommand',
  'clusterOption',
  'usersScript',
  'slurmPrelude',
  'factsScript',
  'reportCommand',
  'controllerFactsScript',
  'accountingFactsScript',
  'freeGpus',
  'jobLimitsOf',
  'underGroup',
  'usageScript',
  'usagePrograms',
  'watchPrograms',
  'testOnlyPrograms',
  'modulesScript',
  'presenceScript',
  'queueCommand',
  'wasRefused',
  'quotaScript',
  'runFolderMode',
  'runProtocolLines',
  'sectionsScript',
  'submitScript',
  'probeScript',
  'abandonScript',
  'testOnlyScript',
  'unknownsOf',
  'watchScript',
]);
