/** Why the demo cluster does not start. */
export default {
  otherRunsIt: 'another Slipway (process {{holder}}) runs it from the same data folder',
  useThatWindow: 'Use that window, or start this one with another data folder.',
  cannotLock: 'its folder cannot be locked',
  noGitBash: 'the bash of Git for Windows was not found',
  noBash: 'bash was not found',
  installGit: 'Install Git for Windows from https://gitforwindows.org and try again.',
  installBash: 'Install bash and try again.',
} as const;
