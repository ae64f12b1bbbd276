import { ClusterId } from '../../../shared/domain/ids.ts';
import type { ImageDetail, ImageList, ImageSummary } from '../../../shared/domain/image/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { message } from '../../../shared/messages/message.ts';
import type { CliClient } from './client.ts';
import type { ExitCode } from './commands.ts';
import { connectOnTerminal } from './connect.ts';
import { note, print, printJson, table } from './terminal.ts';

/** Connects only when the cluster has to be asked: what is known is known without. */
async function connectedWhereNeeded<T>(client: CliClient, clusterId: ClusterId, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!AppError.is(error, 'NOT_CONNECTED')) throw error;
    await connectOnTerminal(client, clusterId);
    return ask();
  }
}

const asOf = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(0, 16));

function printList(list: ImageList, json: boolean): ExitCode {
  const { images, unreadable, scannedAt } = list;
  if (json) {
    printJson(list, 2);
    return 0;
  }
  print(
    table(
      ['NAME', 'VERSION', 'TYPE', 'ARCH', 'GPU', 'SIZE', 'USED', 'PATH', ''],
      images.map((image) => [
        plainLine(image.name),
        plainLine(image.version ?? '-'),
        image.type,
        image.architecture === 'unknown' ? '?' : image.architecture,
        image.gpu.need === 'unknown' ? '?' : image.gpu.need,
        image.kind === 'sandbox' ? 'folder' : formatBytes(image.size),
        String(image.usedIn),
        `${image.node === null ? '' : `${plainLine(image.node)}:`}${plainLine(image.path)}`,
        image.active ? '' : 'gone',
      ]),
    ),
  );
  for (const { folder, reason } of unreadable) note(`${plainLine(folder)}: ${plainLine(inWords(reason))}`);
  note(`looked through: ${asOf(scannedAt)}`);
  return 0;
}

/** What is known of the images of a cluster; looks through its folders only when that was never done. */
export async function listImages(client: CliClient, cluster: string, json: boolean): Promise<ExitCode> {
  const clusterId = ClusterId.parse(cluster);
  const list = await connectedWhereNeeded(client, clusterId, () => client.call('images.list', { clusterId }));
  return printList(list, json);
}

export async function scanImages(
  client: CliClient,
  cluster: string,
  json: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const clusterId = ClusterId.parse(cluster);
  await connectOnTerminal(client, clusterId);
  const list = await client.call('images.scan', { clusterId }, signal);
  return printList(list, json);
}

/** What would be run on compute nodes; runs it only with `yes`. */
export async function scanNodes(
  client: CliClient,
  cluster: string,
  options: { yes: boolean; json: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const clusterId = ClusterId.parse(cluster);
  await connectOnTerminal(client, clusterId);
  const plans = await client.call('images.nodeScanPlan', { clusterId }, signal);
  if (!options.yes) {
    if (options.json) printJson(plans, 2);
    else if (plans.length === 0) print('The profile names no partition for images on nodes (imageNodes).');
    for (const { partition, node, via, command } of options.json ? [] : plans)
      print(
        `# ${plainLine(partition)}: ${via === 'job' ? 'one short job' : `ssh to ${plainLine(node ?? '')}`}\n${command}\n`,
      );
    if (plans.length > 0) note('Nothing of this was run. With --yes it is.');
    return 0;
  }
  if (plans.length === 0) return listImages(client, cluster, options.json);
  const partitions = plans.map(({ partition }) => partition);
  return printList(await client.call('images.scanNodes', { clusterId, partitions }, signal), options.json);
}

/** The image that was named, by its path or by its file name. INPUT_INVALID where several are called so, IMAGE_NOT_FOUND. */
async function named(client: CliClient, clusterId: ClusterId, image: string): Promise<ImageSummary> {
  const { images } = await connectedWhereNeeded(client, clusterId, () => client.call('images.list', { clusterId }));
  const [found, ...others] = images.filter(
    ({ path, name, otherPaths }) =>
      path === image || otherPaths.includes(image) || name === image || name === `${image}.sif`,
  );
  if (found === undefined) throw new AppError('IMAGE_NOT_FOUND', { details: { image } });
  if (others.length > 0)
    throw new AppError('INPUT_INVALID', {
      details: {
        reason: message('commandLine.severalImages', {
          name: image,
          paths: [found, ...others.slice(0, 4)].map(({ path }) => path).join(', '),
        }),
      },
      hint: message('commandLine.imageWholePath'),
    });
  return found;
}

function detailLines({ image, metadata, inspected, usedBy }: ImageDetail): string[] {
  const rows: [string, string | null][] = [
    ['path', image.path],
    ['also at', image.otherPaths.length === 0 ? null : image.otherPaths.join(', ')],
    ['node', image.node],
    ['there', image.active ? null : 'no longer'],
    ['kind', [image.kind, image.fileSystem ?? ''].join(' ').trim()],
    ['size', image.kind === 'sandbox' ? null : `${String(image.size)} bytes (${formatBytes(image.size)})`],
    ['title', image.title],
    ['version', image.version],
    ['description', image.description],
    ['architecture', image.architecture],
    ['GPU', [image.gpu.need, ...image.gpu.evidence.map(({ name, text }) => `${name}: ${text}`)].join('; ')],
    ['MPI', image.mpi],
    ['apps', image.apps.length === 0 ? null : image.apps.join(', ')],
    ['signed', image.signed === null ? 'not known' : image.signed ? 'yes (not checked)' : 'no'],
    ['encrypted', image.encrypted ? 'yes' : null],
    ['UUID', image.uuid],
    ['SHA-256', image.digest ?? 'not computed'],
    ['created', image.createdAt === null ? null : new Date(image.createdAt * 1000).toISOString()],
    ['last seen', asOf(image.lastScannedAt)],
    ['used in', `${String(image.usedIn)} runs`],
    ['latest runs', usedBy.length === 0 ? null : usedBy.map(({ name, runId }) => `${name} (${runId})`).join(', ')],
    ['problem', image.problem === null ? null : inWords(image.problem)],
    ['inspected', inspected === null ? null : `${inspected.program} ${inspected.version ?? ''}, ${asOf(inspected.at)}`],
    ...Object.entries(metadata?.labels ?? {}).map(([name, value]): [string, string] => [`label ${name}`, value]),
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${plainLine(name)}: ${plainLine(value)}`]));
}

export interface ShowImageOptions {
  readonly cluster: string;
  readonly json: boolean;
  readonly digest: boolean;
  readonly inspect: boolean;
}

/** All that is known of an image; with `digest` and `inspect` the cluster is asked first. */
export async function showImage(
  client: CliClient,
  image: string,
  { cluster, json, digest, inspect }: ShowImageOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const clusterId = ClusterId.parse(cluster);
  const { path, node } = await named(client, clusterId, image);
  const key = { clusterId, path, node };
  const asked = <T>(ask: () => Promise<T>): Promise<T> => connectedWhereNeeded(client, clusterId, ask);
  if (digest) await asked(() => client.call('images.digest', key, signal));
  if (inspect) await asked(() => client.call('images.inspect', key, signal));
  const detail = await client.call('images.get', key);
  if (json) printJson(detail, 2);
  else for (const line of detailLines(detail)) print(line);
  return 0;
}

/** What is different between two images; exits with 1 where anything is, as diff does. */
export async function compareTwo(
  client: CliClient,
  left: string,
  right: string,
  options: { cluster: string; otherCluster?: string; json: boolean },
): Promise<ExitCode> {
  const keyOf = async (
    cluster: string,
    image: string,
  ): Promise<{ clusterId: ClusterId; path: string; node: string | null }> => {
    const clusterId = ClusterId.parse(cluster);
    const { path, node } = await named(client, clusterId, image);
    return { clusterId, path, node };
  };
  const compared = await client.call('images.compare', {
    left: await keyOf(options.cluster, left),
    right: await keyOf(options.otherCluster ?? options.cluster, right),
  });
  const { differences, unknown } = compared;
  if (options.json) printJson(compared, 2);
  else {
    const shown = (value: string | null): string =>
      value === null ? '-' : plainLine(value.replaceAll(/\s+/g, ' ')).slice(0, 60);
    print(
      differences.length === 0
        ? 'no differences'
        : table(
            ['FIELD', 'LEFT', 'RIGHT'],
            differences.map((each) => [plainLine(each.field), shown(each.left), shown(each.right)]),
          ),
    );
    if (unknown.length > 0) note(`not known of one of them: ${plainLine(unknown.join(', '))}`);
  }
  return differences.length === 0 ? 0 : 1;
}
