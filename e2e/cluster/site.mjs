/**
 * What the test clusters have and allow. Limits of what a test charges when it names nothing are generous; those to run into have
 * names of their own.
 */
export const GPU_COUNT = 4;

const LIVE = { cpus: 16, memory: 64_000 };
const gpus = (type, count, extra = {}) => ({
  ...LIVE,
  gres: `gpu:${type}:${String(count)}`,
  feature: `gpu_${type}`,
  ...extra,
});

/** `state` and no slurmd: a node that is there only to be seen. */
const ACCOUNTING_NODES = [
  { name: 'cn1', ...LIVE, feature: 'skylake,ib' },
  { name: 'cn2', ...LIVE, feature: 'icelake,ib,ssd' },
  { name: 'gpu1', ...gpus('a100', GPU_COUNT) },
];
const PLAIN_NODES = [
  { name: 'cn1', ...LIVE, feature: 'skylake' },
  { name: 'cn2', ...LIVE, feature: 'skylake' },
  { name: 'cn3', ...LIVE, feature: 'icelake', state: 'DOWN', reason: 'power_supply' },
  { name: 'cn4', ...LIVE, feature: 'icelake', state: 'DRAIN', reason: 'memory_errors' },
  { name: 'gpu1', ...gpus('a100', GPU_COUNT) },
  { name: 'gpu2', ...gpus('v100', 2, { state: 'DOWN', reason: 'fell_off_the_bus' }) },
];

const ACCOUNTING_PARTITIONS = [
  {
    name: 'normal',
    nodes: 'cn1,cn2',
    maxTime: '1-00:00:00',
    isDefault: true,
    extra: 'TRESBillingWeights="CPU=1.0,Mem=0.25G"',
  },
  {
    name: 'long',
    nodes: 'cn1,cn2',
    maxTime: '7-00:00:00',
    extra: 'MaxMemPerNode=60000 MaxCPUsPerNode=12 DenyAccounts=slipthesis',
  },
  {
    name: 'gpu',
    nodes: 'gpu1',
    maxTime: '1-00:00:00',
    extra: 'AllowQos=normal,high,short TRESBillingWeights="CPU=1.0,Mem=0.25G,GRES/gpu=16.0"',
  },
  { name: 'debug', nodes: 'cn1', maxTime: '00:30:00', extra: 'QOS=part_debug MaxNodes=1' },
  { name: 'private', nodes: 'cn[1-2]', maxTime: '1-00:00:00', extra: 'AllowAccounts=other' },
];
const PLAIN_PARTITIONS = [
  { name: 'normal', nodes: 'cn[1-4]', maxTime: '1-00:00:00', isDefault: true },
  { name: 'gpu', nodes: 'gpu[1-2]', maxTime: '1-00:00:00' },
  { name: 'debug', nodes: 'cn1', maxTime: '00:30:00' },
  { name: 'old', nodes: 'cn3', maxTime: '1-00:00:00', state: 'DOWN' },
];

export const SITES = {
  accounting: {
    clusterName: 'slipway',
    accounting: true,
    nodes: ACCOUNTING_NODES,
    partitions: ACCOUNTING_PARTITIONS,
    /** Of a user; the first one is charged when a job names none. `other` belongs to nobody here. */
    accounts: [
      { name: 'slipway', set: ['fairshare=3', 'GrpTRES=cpu=200,gres/gpu=8'] },
      { name: 'slipthesis', set: ['fairshare=1', 'GrpTRES=cpu=4,gres/gpu=1', 'GrpJobs=10'] },
      { name: 'other', set: [] },
    ],
    /** What one user has in each account. */
    users: {
      slipway: ['MaxJobs=500', 'MaxSubmitJobs=5000', 'MaxWall=7-00:00:00'],
      slipthesis: ['MaxJobs=1', 'MaxSubmitJobs=3', 'MaxWall=02:00:00', 'MaxTRESPerJob=cpu=4'],
    },
    qos: [
      { name: 'normal', set: [], mine: true },
      { name: 'high', set: ['priority=100', 'UsageFactor=2'], mine: true },
      {
        name: 'short',
        set: [
          'priority=200',
          'UsageFactor=0.5',
          'MaxWall=01:00:00',
          'MaxTRESPerUser=cpu=8,gres/gpu=2',
          'MaxJobsPerUser=2',
          'MaxSubmitJobsPerUser=4',
        ],
        mine: true,
      },
      {
        name: 'express',
        set: ['priority=300', 'MaxWall=00:30:00', 'MaxTRESPerJob=cpu=2', 'Flags=DenyOnLimit'],
        mine: true,
      },
      { name: 'part_debug', set: ['MaxTRESPerUser=cpu=16', 'MaxJobsPerUser=50', 'GrpTRES=cpu=64'], mine: false },
    ],
    /** Far enough ahead that a job of a day is not in their way. */
    reservations: [
      [
        'ReservationName=maintenance',
        'StartTime=now+5days',
        'Duration=08:00:00',
        'Nodes=ALL',
        'Users=root',
        'Flags=MAINT,IGNORE_JOBS',
      ],
      [
        'ReservationName=course',
        'StartTime=now+3days',
        'Duration=02:00:00',
        'PartitionName=normal',
        'NodeCnt=1',
        'CoreCnt=4',
        'Users=slipuser',
      ],
    ],
  },
  plain: {
    clusterName: 'slipplain',
    accounting: false,
    nodes: PLAIN_NODES,
    partitions: PLAIN_PARTITIONS,
    accounts: [],
    users: {},
    qos: [],
    reservations: [],
  },
};

/** Nodes that run jobs. */
export const liveNodes = (site) => site.nodes.filter(({ state }) => state === undefined);
