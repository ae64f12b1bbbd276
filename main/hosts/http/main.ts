import path from 'node:path';
import { parseArgs } from 'node:util';
import { toWire } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { parseFileSize } from '../../../shared/lib/bytes.ts';
import { defaultDataFolder } from '../appFolders.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import { guardProcess } from '../processGuard.ts';
import { startProgram } from '../program.ts';
import { onTermination } from '../termination.ts';
import { updatingNotes } from '../updatingNotes.ts';
import { programVersion } from '../version.ts';
import { startHttpHost } from './server.ts';

const guard = guardProcess();

function spaceOf(text: string): number {
  const bytes = parseFileSize(text);
  if (bytes === null || bytes <= 0) throw new Error(`--upload-space takes a size such as 50G, not “${text}”`);
  return bytes;
}

/**
 * `npm run serve -- --port N --data DIR --upload-space SIZE --allow-folder DIR`: prints one JSON line with the browser's link and the programs' token.
 * `--upload-space`: what the files that browsers hand over may take on this computer's disk. `--allow-folder`: what settings and clusters may
 * name in it, besides ~/.ssh and the data folder; may be repeated.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      data: { type: 'string' },
      'upload-space': { type: 'string' },
      'allow-folder': { type: 'string', multiple: true, default: [] },
    },
  });
  const space = values['upload-space'];
  const spool = space === undefined ? {} : { bytes: spaceOf(space) };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not “${values.port}”`);
  const program = await startProgram({
    host: 'http',
    version: programVersion(),
    dataFolder: values.data ?? defaultDataFolder(),
    nativeBinding: givenNativeBinding(),
    guard,
    onUpdating: updatingNotes((line) => process.stderr.write(`${line}\n`)),
    // said at each start, below, where no page can hide it
    confirmDemo: () => Promise.resolve(true),
  });
  try {
    for (const folder of values['allow-folder']) program.core.allowPlace('folder', path.resolve(folder), 'command');
    const host = await startHttpHost(program, {
      port,
      spool,
      onLinkUsed: (next) => process.stderr.write(`Link for another tab or browser: ${next}\n`),
    });
    process.stdout.write(`${JSON.stringify({ url: host.link(), token: host.bearer })}\n`);
    process.stderr.write('The demo cluster is this computer: jobs that are submitted to it run here, as you.\n');
    onTermination(async () => {
      await host.dispose();
      await program.dispose();
    });
  } catch (error) {
    await program.dispose();
    throw error;
  }
}

main().catch((error: unknown) => {
  const { code, message, hint } = toWire(error);
  const said = code === 9999 && error instanceof Error ? error.message : `${message} ${hint} (${String(code)})`;
  process.stderr.write(`slipway: ${plain(said)}\n`);
  process.exitCode = 1;
});
