import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { _electron, test as base, type Browser, type ElectronApplication, type Page } from '@playwright/test';
import { CLUSTER_FILE } from './clusterSetup.ts';
import { cleanEnvironment, ROOT, serve, type ServedSlipway } from './hosts.ts';

export interface JourneyOptions {
  /** Which face of the program the journey walks through. */
  host: 'browser' | 'electron';
  /** Where its jobs run. */
  cluster: 'demo' | 'slurm';
}

/** What `e2e/cluster/cluster.mjs up` says of the real Slurm. */
export interface RealCluster {
  readonly host: string;
  readonly port: number;
  readonly hostKeyFingerprint: string;
  /** By login name. */
  readonly users: Record<string, { privateKeyPath?: string; password?: string }>;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Slipway with a data folder and a home of its own, as a new user has it; it can be closed, killed and opened again. */
export class Slipway {
  readonly dataFolder: string;
  readonly home: string;
  readonly options: JourneyOptions;
  readonly #browser: Browser;
  #server: ServedSlipway | null = null;
  #electron: ElectronApplication | null = null;
  #page: Page | null = null;

  private constructor(folder: string, options: JourneyOptions, browser: Browser) {
    this.dataFolder = path.join(folder, 'data');
    this.home = path.join(folder, 'home');
    this.options = options;
    this.#browser = browser;
  }

  static async create(folder: string, options: JourneyOptions, browser: Browser): Promise<Slipway> {
    const slipway = new Slipway(folder, options, browser);
    await mkdir(slipway.home, { recursive: true });
    return slipway;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('open() comes first');
    return this.#page;
  }

  /** The link for another tab, as the server's terminal shows it. */
  nextLink(): string {
    if (this.#server === null) throw new Error('only a server prints links');
    return this.#server.nextLink();
  }

  /** The id of the cluster that the journey submits to. */
  get clusterId(): string {
    return this.options.cluster === 'demo' ? 'demo' : 'real';
  }

  /** `more`: further arguments of the program. */
  async open(...more: string[]): Promise<Page> {
    if (this.options.host === 'electron') {
      this.#electron = await _electron.launch({
        executablePath: electronBinary(),
        args: this.#electronArguments(more),
        env: this.#electronEnvironment(),
      });
      this.#page = await this.#electron.firstWindow();
      await standInForDialogs(this.#electron);
    } else {
      this.#server = await serve(this.dataFolder, this.home);
      const context = await this.#browser.newContext({
        viewport: { width: 1440, height: 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      this.#page = await context.newPage();
      await this.#page.goto(this.#server.url);
    }
    return this.#page;
  }

  async close(): Promise<void> {
    if (this.#server !== null && this.#page !== null) await this.#page.context().close();
    await this.#electron?.close();
    await this.#server?.stop();
    this.#electron = null;
    this.#server = null;
    this.#page = null;
  }

  /** Ends the program as a crash or a power cut does. */
  async kill(): Promise<void> {
    const child = this.#electron?.process() ?? this.#server?.process;
    if (child === undefined) throw new Error('nothing runs');
    const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve();
    child.kill('SIGKILL');
    await ended;
    if (this.#server !== null && this.#page !== null) await this.#page.context().close();
    this.#electron = null;
    this.#server = null;
    this.#page = null;
  }

  async reopen(): Promise<Page> {
    await this.close();
    return this.open();
  }

  #electronArguments(more: readonly string[]): string[] {
    return ['--no-sandbox', ...EARLY, ROOT, '--data', this.dataFolder, ...more];
  }

  #electronEnvironment(): Record<string, string> {
    return {
      ...cleanEnvironment(this.home),
      ...(process.env['BETTER_SQLITE3_ELECTRON_BINDING'] === undefined
        ? {}
        : { SLIPWAY_SQLITE_BINDING: process.env['BETTER_SQLITE3_ELECTRON_BINDING'] }),
    };
  }

  /** Starts the program once more, as the system does for a link; resolves when that second one has ended. */
  async startAgain(...more: string[]): Promise<void> {
    await promisify(execFile)(electronBinary(), this.#electronArguments(more), { env: this.#electronEnvironment() });
  }

  /** What the system's dialogs have said so far. */
  dialogs(): Promise<string[]> {
    return this.inElectron(() => (globalThis as unknown as DialogWorld).slipwayDialogs.said);
  }

  /** How the system's dialogs are answered from here on: which button, or which file. */
  async answerDialogs(answer: { button?: number; file?: string }): Promise<void> {
    await this.inElectron((_, given) => {
      Object.assign((globalThis as unknown as DialogWorld).slipwayDialogs, JSON.parse(given));
    }, JSON.stringify(answer));
  }

  /** Runs a function in Electron's main process, with Electron's modules and a value of the test's. */
  async inElectron<R>(
    run: (electron: typeof import('electron'), argument: string) => R | Promise<R>,
    argument = '',
  ): Promise<R> {
    if (this.#electron === null) throw new Error('no Electron is open');
    return evaluated(this.#electron, (electron) => electron.evaluate(run, argument));
  }

  /** What was copied last. */
  async clipboard(): Promise<string> {
    if (this.#electron !== null)
      return evaluated(this.#electron, (electron) => electron.evaluate(({ clipboard }) => clipboard.readText()));
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Runs the command line on the same data folder: through the running program when there is one. */
  async cli(...args: string[]): Promise<CliResult> {
    const command = promisify(execFile)(
      process.execPath,
      [path.join(ROOT, 'out/main/cli.js'), '--data', this.dataFolder, ...args],
      { env: cleanEnvironment(this.home), maxBuffer: 64 * 1024 ** 2 },
    );
    try {
      const { stdout, stderr } = await command;
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }
}

interface DialogWorld {
  slipwayDialogs: { said: string[]; button: number; file: string | null };
}

/**
 * What a function answers in Electron's main process. V8 may collect the promise that the protocol waits for (“Resulting promise was
 * garbage collected”), or lose it without a word while the program is still being read: it is asked again then. What is asked may
 * therefore be done twice.
 */
async function evaluated<R>(
  electron: ElectronApplication,
  ask: (electron: ElectronApplication) => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    const late = new AbortController();
    const asking = ask(electron);
    asking.catch(() => undefined);
    try {
      return await Promise.race([
        asking,
        setTimeout(10_000, undefined, { signal: late.signal }).then(() => Promise.reject(new Error('no answer'))),
      ]);
    } catch (error) {
      if (attempt === 5 || !/garbage collected|no answer/.test(String(error))) throw error;
    } finally {
      late.abort();
    }
  }
}

/** No test can press a button of the system's dialogs. They are answered with the first button and no file, until a test says otherwise. */
async function standInForDialogs(electron: ElectronApplication): Promise<void> {
  await evaluated(electron, (asked) =>
    asked.evaluate(({ dialog }) => {
      const world: DialogWorld['slipwayDialogs'] = { said: [], button: 0, file: null };
      (globalThis as unknown as DialogWorld).slipwayDialogs = world;
      dialog.showMessageBox = (...given: [...unknown[], { message: string }]) => {
        world.said.push((given.at(-1) as { message: string }).message);
        return Promise.resolve({ response: world.button, checkboxChecked: false });
      };
      dialog.showOpenDialog = ((...given: [...unknown[], { title: string }]) => {
        world.said.push((given.at(-1) as { title: string }).title);
        return Promise.resolve({ canceled: world.file === null, filePaths: world.file === null ? [] : [world.file] });
      }) as unknown as typeof dialog.showOpenDialog;
    }),
  );
}

/** The runtime for tests begins with import(), by which Electron is ready before our first line: so that is loaded ahead. */
export const EARLY =
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] === undefined ? [] : ['-r', path.join(ROOT, 'out/main/electron.cjs')];

export function electronBinary(): string {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const binary =
    override === undefined
      ? (createRequire(import.meta.url)('electron') as unknown as string)
      : path.join(override, 'electron');
  if (!existsSync(binary)) throw new Error(`no Electron at ${binary}`);
  return binary;
}

/** The real Slurm that clusterSetup.ts brought up. */
export function realCluster(): RealCluster {
  return JSON.parse(readFileSync(CLUSTER_FILE, 'utf8')) as RealCluster;
}

export const test = base.extend<JourneyOptions & { slipway: Slipway }>({
  host: ['browser', { option: true }],
  cluster: ['demo', { option: true }],
  slipway: async ({ host, cluster, browser }, use, testInfo) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-e2e-'));
    const slipway = await Slipway.create(folder, { host, cluster }, browser);
    await use(slipway);
    await slipway.close();
    if (testInfo.status !== testInfo.expectedStatus)
      await cp(path.join(slipway.dataFolder, 'logs'), testInfo.outputPath('logs'), { recursive: true }).catch(
        () => undefined,
      );
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
});

export { expect } from '@playwright/test';
