import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';

/**
 * Files that may wait for a disk, and why that does not freeze a window. None is added for convenience: what is read while the program
 * runs is read by node:fs/promises or in a worker.
 */
const WAIT_FOR_DISKS = [
  // the data folder, which is on a disk of this computer (main/store/lock.ts refuses others); a line of the log is there when the call returns
  'main/log/fileLog.ts',
  // a few bytes there: where the window stood
  'main/hosts/electron/window.ts',
  // before the window and the program are there
  'main/hosts/nativeBinding.ts',
  'main/hosts/version.ts',
  // the data folder again: copies of community folders
  'main/core/templates/share/communities.ts',
  // one file, of which the system was asked off this thread right before (`answers` in folderFiles.ts), or which a person saves or opens
  'main/core/templates/library/{folderFiles,templateFolder,templateFile,watchTree,siteTree,library,samples,templateWriter,writeTemplate}.ts',
  'main/core/templates/share/publish.ts',
  'main/core/templates/format/folderChecks.ts',
  // whether a socket or pipe of this computer is there
  'main/ssh/keys/agentClient.ts',
];

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', '**/__fixtures__/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // async functions that satisfy an async port need not await anything themselves
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // a home or a shared folder may be on a network: whoever waits for it on the main thread freezes the window
    files: ['main/core/**/*.ts', 'main/hosts/**/*.ts', 'main/ssh/**/*.ts', 'main/log/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**', '**/*Worker.ts', ...WAIT_FOR_DISKS],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(node:)?fs$',
              importNamePattern: 'Sync$',
              message:
                'It waits for a disk on the main thread: use node:fs/promises, or name the file in WAIT_FOR_DISKS with the reason.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
