import { spawn } from 'node:child_process';
import { chownSync, cpSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ResourceScope, type Disposable } from '../../../../shared/lib/disposable.ts';
import { startCore, type CoreUnderTest } from '../../../core/testing/coreUnderTest.ts';
import { createFileLog } from '../../../log/fileLog.ts';
import type { DemoCluster } from '../../../core/ports.ts';
import { systemClock } from '../../../clock/systemClock.ts';
import { createSshConfigReader } from '../../../ssh/index.ts';
import { createDispatch, type Dispatch } from '../../dispatch.ts';
import { randomId } from '../../program.ts';
import type { Dice } from './dice.ts';
import type { Pools } from './keepInside.ts';
import type { Sandbox } from './sandbox.ts';

/** A whole core as a host has it, with its dispatch, on a demo cluster in a process of its own. */
export interface World extends Disposable {
  readonly core: CoreUnderTest;
  readonly dispatch: Dispatch;
  readonly demo: DemoCluster;
  readonly pools: Pools;
}

/** Nobody: what jobs run as when this runs as root, so that they can do nothing to the computer. */
const NOBODY = 65_534;

type DemoDescription = Omit<DemoCluster, 'dispose'>;

async function startDemo(folder: string): Promise<DemoCluster> {
  mkdirSync(folder, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'demoProcess.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: folder,
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const description = await new Promise<DemoDescription>((resolve, reject) => {
    child.on('error', reject);
    lines.once('line', (line) => resolve(JSON.parse(line) as DemoDescription));
    void ended.then(() => reject(new Error('the demo cluster did not start')));
  });
  return {
    ...description,
    dispose: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** A server that takes connections and never says a word. */
async function startSilence(opened: ResourceScope): Promise<number> {
  const server = createServer((socket) =>
    socket.on('error', () => socket.destroy()).setTimeout(10_000, () => socket.destroy()),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  opened.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

export async function startWorld(sandbox: Sandbox, dice: Dice): Promise<World> {
  const opened = new ResourceScope();
  const demo = opened.use(await startDemo(path.join(sandbox.root, 'cluster')));
  cpSync(path.join(sandbox.root, 'shared'), path.join(sandbox.root, 'cluster/demo/home/community'), {
    recursive: true,
  });
  const silence = await startSilence(opened);
  const log = opened.use(createFileLog({ folder: path.join(sandbox.dataFolder, 'logs'), clock: systemClock }));
  const core = opened.use(
    await startCore({
      dataFolder: sandbox.dataFolder,
      hostKeyFingerprint: '',
      // a question about a host key is left open now and then, others always
      answer: (prompt) =>
        prompt.kind === 'hostKey' && dice.chance(0.7) ? { kind: 'accept', fingerprint: prompt.fingerprint } : null,
      overrides: {
        log,
        host: 'http',
        // the demo outlives the core, as a cluster does
        startDemo: () => Promise.resolve({ ...demo, dispose: () => undefined }),
        sshConfig: createSshConfigReader({ home: sandbox.home, systemFile: null, userName: 'person' }),
      },
    }),
  );
  // what the campaign names lies in its sandbox: as if a person had chosen it
  core.core.allowPlace('folder', sandbox.root, 'command');
  const files = path.join(sandbox.root, 'files');
  return {
    core,
    demo,
    dispatch: createDispatch(core.core, log, randomId),
    pools: {
      folders: sandbox.folders,
      ports: [demo.port, demo.port, demo.port, silence, 1],
      keyFiles: [
        demo.privateKeyPath,
        demo.privateKeyPath,
        path.join(files, 'text.txt'),
        path.join(files, 'binary.dat'),
        path.join(files, 'huge.dat'),
        files,
        '/nonexistent',
        '~/.ssh/none',
        "/it's/%h",
      ],
      knownHosts: [
        path.join(sandbox.root, 'home/known_hosts'),
        path.join(files, 'text.txt'),
        files,
        '/nonexistent/known_hosts',
      ],
    },
    dispose: () => opened.dispose(),
  };
}
