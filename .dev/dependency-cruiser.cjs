/** Who may import whom: docs/architecture.md, "Import rules". */
const TEST = '\\.test\\.tsx?$|/testing/';
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: TEST },
  to: { pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('shared-is-pure', '^shared/', '^shared/|^node_modules/zod/', 'shared imports only its schema library'),
    only('preload-is-thin', '^preload/', '^preload/|^shared/|electron', 'preload imports types of shared and electron'),
    only(
      'core-behind-ports',
      '^main/core/',
      '^main/core/|^main/slurm/|^main/sif/|^main/disk/|^shared/|^node_modules/(zod|yaml|js-yaml|ajv|ajv-formats)/|^node:|^(fs|path|os|crypto|stream|url|util|events|timers|buffer|worker_threads|vm)(/|$)',
      'core reaches the outside through ports.ts',
    ),
    {
      name: 'core-features-through-services',
      severity: 'error',
      comment:
        'a feature of the core reaches another through services.ts, where createCore.ts wires them; cache, text, program/events and log/failure are no features but pieces that all share',
      from: { path: '^main/core/([^/]+)/', pathNot: TEST },
      to: {
        path: '^main/core/[^/]+/',
        pathNot: [
          '^main/core/$1/',
          '^main/core/(cache|text)/',
          '^main/core/program/events\\.ts',
          '^main/core/log/failure\\.ts',
        ],
      },
    },
    {
      name: 'shared-pieces-know-no-feature',
      severity: 'error',
      comment: 'what all features of the core share knows none of them',
      from: { path: '^main/core/(cache|text)/', pathNot: TEST },
      to: { path: '^main/core/[^/]+/', pathNot: '^main/core/(cache|text)/' },
    },
    only(
      'slurm-is-text-and-values',
      '^main/slurm/',
      '^main/slurm/|^shared/|^node:|^(buffer|crypto)$',
      'build arguments, parse output: nothing else',
    ),
    only(
      'sif-is-bytes-and-values',
      '^main/sif/',
      '^main/sif/|^shared/|^(node:)?(buffer|util|zlib)$|^node_modules/xz-decompress/',
      'whoever asks reads the file: the format and its decompressors, nothing else',
    ),
    only(
      'disk-is-reading-files',
      '^main/disk/',
      '^main/disk/|^shared/|^node:|^fs(/|$)',
      'who reads files of this computer shares it: it knows none of them',
    ),
    ...['ssh', 'store', 'demo', 'log', 'clock'].map((room) =>
      only(
        `${room}-adapter`,
        `^main/${room}/`,
        `^main/${room}/|^main/core/(ports|remoteFiles)\\.ts|^main/disk/|${room === 'demo' ? '^main/sif/write/|' : ''}^shared/|^node_modules/|^node:|^(fs|path|os|net|crypto|stream|url|util|events|timers|buffer|worker_threads|child_process|module|readline|zlib)(/|$)`,
        'adapters know the ports and shared, never each other or the core features',
      ),
    ),
    {
      name: 'electron-only-in-its-host',
      severity: 'error',
      from: { pathNot: '^main/hosts/electron/|^preload/' },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    {
      name: 'renderer-never-imports-main',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|preload)/' },
    },
    {
      name: 'ui-is-presentational',
      severity: 'error',
      from: { path: '^renderer/ui/' },
      to: { path: '^renderer/(client|stores|features|app)/' },
    },
    {
      name: 'stores-are-nobodys-feature',
      severity: 'error',
      comment: 'what the core last said, for every screen; renderer/lib knows nothing of the window at all',
      from: { path: '^renderer/(stores|lib)/' },
      to: { path: '^renderer/(ui|features|app|editor)/' },
    },
    {
      name: 'features-through-their-index',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/([^/]+)/', pathNot: ['^renderer/features/$1/', '/index\\.tsx?$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '__fixtures__' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
