import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import type { RecoveryChoice } from '../../store/recover.ts';
import { defaultKnownHosts } from '../appFolders.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import type { ProcessGuard } from '../processGuard.ts';
import { dateOf, recoverStore } from '../recovery.ts';
import { openCliClient } from './client.ts';
import { print, printJson } from './terminal.ts';

const execute = promisify(execFile);

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function bashVersion(): Promise<string> {
  const { stdout } = await execute('bash', ['--version']);
  return stdout.split('\n')[0] ?? '';
}

async function finding(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    return { name, ok: false, detail: reasonOf(error) };
  }
}

/** Looks at everything Slipway stands on here, and says what is wrong in words. Exit code 1 when something is. */
export async function doctor(dataFolder: string, json: boolean, guard: ProcessGuard): Promise<number> {
  const findings: Finding[] = [
    {
      name: 'node',
      ok: Number(process.versions['napi'] ?? 0) >= 10 || givenNativeBinding() !== undefined,
      detail: `${process.version}, Node-API ${process.versions['napi'] ?? '?'} (10 is needed)`,
    },
    await finding('bash', bashVersion),
    await finding('known_hosts', async () => {
      const [own = ''] = defaultKnownHosts();
      await access(own, constants.R_OK).catch(() => undefined);
      return own;
    }),
    {
      name: 'agent',
      ok: true,
      detail: process.env['SSH_AUTH_SOCK'] ?? 'no SSH agent is running (keys and passwords still work)',
    },
  ];
  const opened = await openCliClient(dataFolder, guard).catch((error: unknown) => error);
  if (opened instanceof Error || typeof opened !== 'object' || opened === null) {
    findings.push({
      name: 'store',
      ok: false,
      detail: AppError.is(opened) ? `${opened.message} ${opened.hint}` : reasonOf(opened),
    });
  } else {
    const client = opened as Awaited<ReturnType<typeof openCliClient>>;
    try {
      findings.push(
        await finding('store', async () => {
          const info = await client.call('app.info', {});
          return `${info.dataFolder}${client.attached ? ' (a running Slipway has it)' : ''}`;
        }),
        await finding('templates', async () => {
          const templates = await client.call('templates.list', {});
          const broken = templates.filter(({ usable }) => !usable).map(({ id }) => id);
          if (broken.length > 0) throw new Error(`broken: ${broken.join(', ')}`);
          return `${String(templates.length)} usable`;
        }),
        await finding('ssh config', async () => {
          const { files, hosts, notes } = await client.call('clusters.sshConfig', {});
          if (files.length === 0) return 'there is none';
          return `${files.join(', ')}: ${String(hosts.length)} hosts, ${String(notes.length)} lines that are not taken over`;
        }),
        await finding('clusters', async () =>
          (await client.call('clusters.list', {})).map(({ profile }) => profile.id).join(', '),
        ),
      );
    } finally {
      await client.dispose();
    }
  }
  if (json) printJson(findings, 2);
  else for (const { name, ok, detail } of findings) print(`${ok ? '✓' : '✕'} ${name.padEnd(12)} ${plainLine(detail)}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

/** Goes on from a damaged database: `doctor --restore` and `doctor --start-fresh`. Errors: those of `recoverStore`. */
export async function recover(dataFolder: string, choice: RecoveryChoice): Promise<number> {
  const recovery = await recoverStore(dataFolder, choice, { nativeBinding: givenNativeBinding() });
  if (recovery === null) {
    print('The local database is whole: nothing was changed.');
    return 0;
  }
  const { kept, copy } = recovery;
  print(
    copy === null
      ? 'Slipway starts with an empty database. Jobs on clusters are not touched; those submitted before are no longer listed.'
      : `The copy of ${dateOf(copy.at)} stands in its place. What was noted after that is not in it; jobs on clusters are not touched.`,
  );
  if (kept !== null) print(`The damaged file is kept: ${plainLine(kept)}`);
  return 0;
}
