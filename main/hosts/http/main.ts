import { parseArgs } from 'node:util';
import { toWire } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { defaultDataFolder } from '../appFolders.ts';
import { startProgram } from '../program.ts';
import { onTermination } from '../termination.ts';
import { programVersion } from '../version.ts';
import { startHttpHost } from './server.ts';

/** `npm run serve -- --port N --data DIR`: prints one JSON line with the browser's link and the programs' token. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, data: { type: 'string' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port takes a number from 0 to 65535, not “${values.port}”`);
  const program = await startProgram({
    host: 'http',
    version: programVersion(),
    dataFolder: values.data ?? defaultDataFolder(),
    nativeBinding: process.env['SLIPWAY_SQLITE_BINDING'],
  });
  try {
    const host = await startHttpHost(program, { port, onLinkUsed: (next) => process.stderr.write(`Link for another browser: ${next}\n`) });
    process.stdout.write(`${JSON.stringify({ url: host.link(), token: host.bearer })}\n`);
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
