/**
 * A small program that tries to own a data folder each time it is told to by a line on its standard input, and says what came of it:
 * `owner` (and it stays the owner until it is killed), `reached` (another one is, and answers), or what went wrong.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors/appError.ts';
import { claimDataFolder } from '../control.ts';
import { findRunningProgram } from '../controlClient.ts';

const folder = process.argv[2] ?? '';

async function contend(): Promise<string> {
  try {
    const control = await claimDataFolder(folder);
    control.serve({
      dispatch: async () => ({ ok: true, value: process.pid, requestId: 'q' }),
      allow: (_: string, place: string) => place,
      grant: () => Promise.reject(new Error('none')),
    });
    return 'owner';
  } catch (error) {
    if (!AppError.is(error, 'DATA_FOLDER_TAKEN')) return String(error);
  }
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const owner = await findRunningProgram(folder);
    if (owner !== null) {
      const answer = await owner.call('who', {});
      await owner.dispose();
      return answer.ok ? 'reached' : answer.error.message;
    }
    await delay(20);
  }
  return 'told, and found nobody';
}

async function say(): Promise<void> {
  const said = await contend();
  process.stdout.write(`${said}\n`);
}

createInterface({ input: process.stdin }).on('line', () => void say());
process.stdout.write('ready\n');
