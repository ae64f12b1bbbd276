/** Finds the bash that the demo's commands and jobs are written for. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';

function candidates(environment: NodeJS.ProcessEnv): string[] {
  const onPath = (name: string): string[] =>
    (environment['PATH'] ?? environment['Path'] ?? '')
      .split(path.delimiter)
      .filter(Boolean)
      .map((folder) => path.join(folder, name));
  if (process.platform !== 'win32') return ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', ...onPath('bash')];
  const programs = ['ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)', 'LocalAppData'].flatMap(
    (name) => environment[name] ?? [],
  );
  const besideGit = onPath('git.exe')
    .filter(existsSync)
    .map((git) => path.join(path.dirname(git), '..', 'bin', 'bash.exe'));
  // the bash.exe of System32 is WSL's and lives in another file system
  const others = onPath('bash.exe').filter((file) => !/[\\/]system32[\\/]/i.test(file));
  return [
    ...programs.flatMap((folder) => [
      path.join(folder, 'Git', 'bin', 'bash.exe'),
      path.join(folder, 'Programs', 'Git', 'bin', 'bash.exe'),
    ]),
    ...besideGit,
    ...others,
  ];
}

/** Absolute path of bash. DEMO_UNAVAILABLE, with what to install, when there is none. */
export function findBash(environment: NodeJS.ProcessEnv = process.env): string {
  const bash = candidates(environment).find(existsSync);
  if (bash !== undefined) return bash;
  throw new AppError('DEMO_UNAVAILABLE', {
    details: {
      reason: message(process.platform === 'win32' ? 'demo.noGitBash' : 'demo.noBash'),
    },
    hint: message(process.platform === 'win32' ? 'demo.installGit' : 'demo.installBash'),
  });
}
