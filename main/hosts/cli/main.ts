import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Purpose } from '../../core/places/grants.ts';
import { defaultDataFolder } from '../appFolders.ts';
import { programVersion } from '../version.ts';
import * as clusters from './clusterCommands.ts';
import * as commands from './commands.ts';
import * as jobs from './jobCommands.ts';
import { guardProcess } from '../processGuard.ts';
import { doctor, recover } from './doctor.ts';
import type { DraftOptions } from './draftOptions.ts';
import { openCliClient, type CliClient } from './client.ts';
import * as imageCommands from './imageCommands.ts';
import * as studio from './templateCommands.ts';
import { note, print, printError } from './terminal.ts';

/** What nobody handled ends a command, with a line that says so. */
const guard = guardProcess((error) => {
  printError(error);
  process.exit(1);
});
// whoever reads the answer has gone: `slipway status | head`. The code is a shell's for SIGPIPE
process.stdout.on('error', () => process.exit(141));

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 1 to 65535');
  return port;
}

function taskIndex(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('a task of an array is named by its index');
  return Number(text);
}

/** What a person calls the places that can be allowed. */
const PLACES = {
  templates: 'templates',
  key: 'key',
  'known-hosts': 'knownHosts',
  agent: 'agent',
  folder: 'folder',
} as const satisfies Record<string, Purpose>;

/** The whole command line. Each command opens a client of the data folder, does its work and closes it. */
function build(interrupted: AbortSignal): Command {
  const program = new Command('slipway')
    .description('Launch Slurm jobs on a cluster from templates.')
    .version(programVersion())
    .option('--data <dir>', 'data folder', defaultDataFolder())
    .showHelpAfterError('Run with --help for all commands and options.')
    // an argument that is said again may be pasted from anywhere
    .configureOutput({ writeErr: (text) => note(text.trimEnd()) })
    .exitOverride();

  const dataFolder = (): string => program.opts<{ data: string }>().data;
  const withClient = async (work: (client: CliClient) => Promise<commands.ExitCode>): Promise<void> => {
    const client = await openCliClient(dataFolder(), guard);
    try {
      process.exitCode = await work(client);
    } finally {
      await client.dispose();
    }
  };

  program
    .command('call [operation] [json]')
    .description('call any operation of the contract with a JSON input')
    .option('--list', 'list all operations')
    .action(async (operation: string | undefined, json: string | undefined, options: { list?: boolean }) => {
      if (options.list === true || operation === undefined) print(commands.listOperations());
      else await withClient((client) => commands.callOperation(client, operation, json ?? '{}'));
    });

  const cluster = program.command('clusters').alias('cluster').description('cluster profiles');
  cluster
    .command('list', { isDefault: true })
    .description('all profiles with the state of their connections')
    .option('--json')
    .action((options: { json?: boolean }) =>
      withClient((client) => clusters.listClusters(client, options.json ?? false)),
    );
  cluster
    .command('add <id>')
    .description('add a profile by hand')
    .requiredOption('--host <host>')
    .requiredOption('--user <user>')
    .option('--port <port>', 'SSH port', portNumber, 22)
    .option('--name <name>')
    .option('--key <path>', 'private key file')
    .option('--agent', 'use the SSH agent too')
    .option('--password', 'ask for a password')
    .option('--run-root <folder>', 'folder of run folders on the cluster')
    .option('--images <folders>', 'image folders, separated by commas')
    .action((id: string, options: Omit<clusters.AddClusterOptions, 'id'>) =>
      withClient((client) => clusters.addCluster(client, { id, ...options })),
    );
  cluster
    .command('import [alias]')
    .description('add a profile from ~/.ssh/config, or list what it names')
    .option('--id <id>', 'id of the new profile; made from the alias otherwise')
    .option('--json')
    .action((alias: string | undefined, options: { id?: string; json?: boolean }) =>
      withClient((client) => clusters.importCluster(client, alias, { ...options, json: options.json ?? false })),
    );
  cluster
    .command('test <id>')
    .description('try every step of a connection and say how each went')
    .option('--json')
    .action((id: string, options: { json?: boolean }) =>
      withClient((client) => clusters.testCluster(client, id, options.json ?? false, interrupted)),
    );
  cluster
    .command('facts <id>')
    .description('partitions, accounts and quotas of a cluster')
    .option('--refresh', 'ask the cluster, not the cache')
    .option('--json')
    .action((id: string, options: { refresh?: boolean; json?: boolean }) =>
      withClient((client) =>
        clusters.printFacts(
          client,
          id,
          { refresh: options.refresh ?? false, json: options.json ?? false },
          interrupted,
        ),
      ),
    );

  program
    .command('allow')
    .description(
      'let settings and clusters name a file or folder of this computer outside of ~/.ssh and the data folder',
    )
    .addArgument(new Argument('<what>', 'what it is').choices(Object.keys(PLACES)))
    .argument('<path>')
    .action((what: keyof typeof PLACES, place: string) =>
      withClient(async (client) => {
        print(`Allowed: ${await client.allow(PLACES[what], place)}`);
        return 0;
      }),
    );

  const images = program.command('images').description('Apptainer images of a cluster');
  const ofCluster = (command: Command): Command =>
    command.requiredOption('-c, --cluster <id>', 'the cluster', 'demo').option('--json');
  ofCluster(images.command('list', { isDefault: true }))
    .description('images that are known, also without a connection')
    .action((options: { cluster: string; json?: boolean }) =>
      withClient((client) => imageCommands.listImages(client, options.cluster, options.json ?? false)),
    );
  ofCluster(images.command('scan'))
    .description('look through the folders of the cluster now')
    .option('--nodes', 'those of compute nodes that the profile names: prints what would be run')
    .option('--yes', 'with --nodes: runs it')
    .action((options: { cluster: string; json?: boolean; nodes?: boolean; yes?: boolean }) =>
      withClient((client) =>
        options.nodes === true
          ? imageCommands.scanNodes(
              client,
              options.cluster,
              { yes: options.yes ?? false, json: options.json ?? false },
              interrupted,
            )
          : imageCommands.scanImages(client, options.cluster, options.json ?? false, interrupted),
      ),
    );
  ofCluster(images.command('show <image>'))
    .description('all that is known of an image, by its path or name')
    .option('--digest', 'compute its SHA-256 on the cluster')
    .option('--inspect', 'ask the apptainer or singularity of the cluster')
    .action((image: string, options: { cluster: string; json?: boolean; digest?: boolean; inspect?: boolean }) =>
      withClient((client) =>
        imageCommands.showImage(
          client,
          image,
          {
            cluster: options.cluster,
            json: options.json ?? false,
            digest: options.digest ?? false,
            inspect: options.inspect ?? false,
          },
          interrupted,
        ),
      ),
    );
  ofCluster(images.command('compare <left> <right>'))
    .description('what is different between two images; exits with 1 where anything is')
    .option('--other-cluster <id>', 'where the right one is')
    .action((left: string, right: string, options: { cluster: string; otherCluster?: string; json?: boolean }) =>
      withClient((client) =>
        imageCommands.compareTwo(client, left, right, { ...options, json: options.json ?? false }),
      ),
    );

  const templates = program.command('templates').description('job templates');
  templates
    .command('list')
    .option('--json')
    .action((options: { json?: boolean }) =>
      withClient((client) => commands.listTemplates(client, options.json ?? false)),
    );
  templates
    .command('validate <files...>')
    .option('--json')
    .action((files: string[], options: { json?: boolean }) =>
      withClient((client) => commands.validateTemplates(client, files, options.json ?? false)),
    );
  templates
    .command('import <files...>')
    .description(
      'make a template of a batch script, an Open Composer form, an Open OnDemand job template or records of a database (JSON, YAML); its folder may be named too',
    )
    .option('-o, --output <file>', 'write the template there; without it, it is printed')
    .option('--fields', 'make a field of the form of every literal value that is offered')
    .option('--save', 'add it to the private templates')
    .option('--json', 'print the whole report as JSON')
    .action((files: string[], options: Partial<studio.ImportOptions>) =>
      withClient((client) =>
        studio.importTemplates(client, files, {
          ...options,
          fields: options.fields ?? false,
          save: options.save ?? false,
          json: options.json ?? false,
        }),
      ),
    );
  templates
    .command('fit <id>')
    .description('whether a template would run on each cluster, by what is known of it')
    .option('--json')
    .action((id: string, options: { json?: boolean }) =>
      withClient((client) => studio.fitTemplate(client, id, options.json ?? false)),
    );

  const drafted = (command: Command): Command =>
    command
      .requiredOption('--template <id>')
      .option('--cluster <id>', 'cluster', 'demo')
      .option('--name <name>', 'job name')
      .option('--image <name-or-path>', 'image on the cluster, with or without its ending')
      .option('--app <name>', 'app of the image, or program in it')
      .option('--set <name=value>', 'parameter or Slurm option; may be repeated', collect, [])
      .option('--file <slot=path>', 'input file; a path alone finds its slot by pattern; may be repeated', collect, [])
      .option(
        '--convert-line-ends',
        'send scripts with Windows or Mac line ends, a byte order mark or UTF-16 as Linux reads them; the files stay as they are',
      );

  drafted(program.command('script').description('print the script of a job without submitting it')).action(
    (options: DraftOptions) => withClient((client) => commands.printScript(client, options)),
  );
  drafted(program.command('submit').description('submit a job'))
    .option('--wait', 'wait for its end; the exit code says whether it completed')
    .option('--json', 'print the job as JSON')
    .action((options: DraftOptions & { wait?: boolean; json?: boolean }) =>
      withClient((client) =>
        commands.submit(client, { ...options, wait: options.wait ?? false, json: options.json ?? false }, interrupted),
      ),
    );

  program
    .command('status [job]')
    .description('list jobs, or show one with its tasks, by its run id or Slurm id')
    .option('--json')
    .action((job: string | undefined, options: { json?: boolean }) =>
      withClient((client) => jobs.status(client, job, options.json ?? false)),
    );
  program
    .command('logs <job>')
    .description('print a job’s output, or that of every task of an array under a heading')
    .option('--task <index>', 'of an array, this task alone', taskIndex)
    .option('-f, --follow', 'go on until the job ends')
    .option('--stderr', 'the error stream')
    .option('--raw', 'to a terminal too as the job wrote it, with all control characters')
    .action((job: string, options: { task?: number; follow?: boolean; stderr?: boolean; raw?: boolean }) =>
      withClient((client) =>
        jobs.logs(
          client,
          job,
          {
            task: options.task,
            follow: options.follow ?? false,
            stderr: options.stderr ?? false,
            raw: options.raw ?? false,
          },
          interrupted,
        ),
      ),
    );
  program
    .command('cancel <job>')
    .description('cancel a job')
    .option('--task <range>', 'of an array, these tasks alone: 3 or 1,3,5-9')
    .action((job: string, options: { task?: string }) =>
      withClient((client) => jobs.cancel(client, job, options.task)),
    );
  program
    .command('doctor')
    .description('look at everything Slipway stands on')
    .option('--json')
    .option('--restore', 'go on from a damaged database with the newest good copy; the damaged file is kept')
    .option('--start-fresh', 'go on from a damaged database with an empty one; the damaged file is kept')
    .action(async (options: { json?: boolean; restore?: boolean; startFresh?: boolean }) => {
      if (options.restore === true) process.exitCode = await recover(dataFolder(), 'restore');
      else if (options.startFresh === true) process.exitCode = await recover(dataFolder(), 'start-fresh');
      else process.exitCode = await doctor(dataFolder(), options.json ?? false, guard);
    });
  return program;
}

const interruption = new AbortController();
process.once('SIGINT', () => {
  interruption.abort();
  process.exitCode = 130;
});

let settled = false;
process.on('exit', (code) => {
  // Node's code for a command that waits for something that will never come
  if (settled || code !== 13) return;
  printError(new Error('the command stopped in the middle: nothing was left to wait for'));
  process.exitCode = 1;
});

try {
  await build(interruption.signal).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    if (!interruption.signal.aborted) printError(error);
    process.exitCode ||= 1;
  }
}
settled = true;
