/**
 * One controller per folder. A holder writes `lock.<n>` with its process id and port, and listens on the port for as long as it
 * lives; the highest number holds the lock. It is taken over by creating the next number, which only one can, and only when the
 * holder cannot be reached: a file that is left behind says nothing by itself. Nobody removes its own number, only lower ones, so
 * that numbers never run backwards while someone looks at them.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** Whether someone listens on the port. A process that is stopped still does; one that was killed does not. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function heldBy(file: string): Promise<number | null> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const match = /^(\d+) (\d+)\n$/.exec(text);
  if (!match) return null;
  const processId = Number(match[1]);
  return exists(processId) && (await listens(Number(match[2]))) ? processId : null;
}

/** Takes the folder for this process, which listens on `port` already. DEMO_UNAVAILABLE when another one has it. */
export async function lockFolder(folder: string, port: number): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const highest = numbers(folder)[0] ?? 0;
    const holder = highest === 0 ? null : await heldBy(path.join(folder, `lock.${highest}`));
    if (holder !== null) {
      throw new AppError('DEMO_UNAVAILABLE', {
        details: { reason: message('demo.otherRunsIt', { holder }) },
        hint: message('demo.useThatWindow'),
      });
    }
    const mine = path.join(folder, `lock.${highest + 1}`);
    const draft = path.join(folder, `draft.${process.pid}.${port}`);
    writeFileSync(draft, `${process.pid} ${port}\n`, { mode: 0o600 });
    try {
      // appears with its content or not at all
      linkSync(draft, mine);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      continue;
    } finally {
      rmSync(draft, { force: true });
    }
    const now = numbers(folder);
    if (now[0] !== highest + 1) {
      // a later holder has cleared the number that was looked at
      rmSync(mine, { force: true });
      continue;
    }
    for (const older of now.slice(1)) rmSync(path.join(folder, `lock.${older}`), { force: true });
    return;
  }
  throw new AppError('DEMO_UNAVAILABLE', { details: { reason: message('demo.cannotLock') } });
}
