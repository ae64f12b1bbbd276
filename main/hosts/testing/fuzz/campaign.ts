import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { operations, type OperationName } from '../../../../shared/contract/index.ts';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import { Dice } from './dice.ts';
import { Harness, type Finding, type Tally } from './harness.ts';
import { OWN_TEMPLATES } from './ownTemplates.ts';
import { bytesOf, filesBelow, growth, takeResidue, type Residue } from './residue.ts';
import { longTextCalls } from './longTexts.ts';
import { makeSandbox, writeOwnTemplates, type Sandbox } from './sandbox.ts';
import { SEQUENCES, type Stage } from './sequences.ts';
import { shrunk } from './shrink.ts';
import { WAITS } from './slowOperations.ts';
import { startWorld, type World } from './world.ts';

export interface Campaign {
  readonly seed: number;
  readonly calls: number;
  /** Calls with texts of the greatest length, besides. */
  readonly long: number;
  /** Hears of each finding as it is made. */
  readonly onFinding: (finding: Finding) => void;
  /** Hears now and then how far it is. */
  readonly onProgress?: (at: string) => void;
}

export interface Outcome {
  readonly tally: Tally;
  readonly before: Residue;
  readonly after: Residue;
  /** What grew, or was left over; nothing is as it should be. */
  readonly left: readonly string[];
  readonly storeBytes: number;
  readonly logBytes: number;
}

/** The system’s own, before it is set to a folder of the campaign. */
const TEMPORARY = tmpdir();
/** Share of the calls after which code is compiled and caches are full. */
const WARM = 0.2;
/** How much seldomer than others an operation is called by itself that makes the cluster work. */
const COSTLY = 0.15;
const NAMES = Object.keys(operations) as OperationName[];

async function acquaint(harness: Harness, world: World, sandbox: Sandbox): Promise<void> {
  const { known } = harness;
  for (const file of sandbox.files) {
    const { handle, name, size } = await world.core.core.grantFile(file);
    known.keep('handle', handle);
    known.keep('draftFile', { handle, name, size, slot: null });
    known.keep('draftFile', { handle, name, size, slot: 'data' });
  }
  for (const [id, text] of Object.entries(OWN_TEMPLATES)) {
    known.keep('ref', { id, source: 'private' });
    known.keep('templateId', id);
    known.keep('text', text);
    known.keep('draft', {
      clusterId: 'demo',
      templateId: id,
      templateSource: 'private',
      jobName: 'a-job',
      parameters: {},
      resources: {},
      imagePath: null,
      files: [],
    });
  }
  known.keep('clusterId', 'demo');
  for (const id of ['made-0', 'made-1', 'made-2']) known.keep('clusterId', id);
  for (let at = 0; at < 20; at += 1) known.keep('key', `key-${String(at)}`);
  for (const name of ['epochs', 'title', 'hours', 'kind', '__proto__', 'constructor']) known.keep('parameter', name);
  for (const name of [
    'resources.time',
    'resources.mem',
    'parameters.hours',
    'files.data',
    'image',
    'jobName',
    'parameters.__proto__',
    'resources.a.b',
  ])
    known.keep('field', name);
  for (const word of ['job', '"', 'a*', 'NEAR(', 'a AND', '*', '-', 'title:x', 'ü']) known.keep('word', word);
  for (const alias of ['one', 'two', 'three-x', 'four', '*', '!one', '-oX=1']) known.keep('alias', alias);
  for (const name of ['template.yaml', 'form.yml', 'manifest.yml', 'x.sbatch', 'a/b.sh']) known.keep('fileName', name);
  for (const port of world.pools.ports) known.keep('port', port);
  known.keep('host', '127.0.0.1');
  known.keep('user', world.demo.user);
  for (const value of ['compute', 'debug', 'gpu']) known.keep('partition', value);
  for (const value of ['01:00:00', '10', '1-0']) known.keep('duration', value);
  for (const value of ['1G', '100M', '0']) known.keep('memory', value);
  for (const value of ['0-3', '1,3', '0-9%2']) known.keep('arraySpec', value);
  for (const value of ['gpu:1', 'gpu:a100:2']) known.keep('gres', value);
  for (const value of ['RUNNING', 'PENDING', 'COMPLETED']) known.keep('state', value);
  for (const folder of sandbox.folders) known.keep('folder', folder);
  for (const currency of ['USD', 'EUR', '\u202e\u0000x']) known.keep('currency', currency);
}

/** Puts back what would keep later calls from getting far: settings, templates that were archived, the connection. */
async function restore({ harness, profile }: Stage, sandbox: Sandbox): Promise<void> {
  await harness.call('settings.update', {
    changes: { submissionsPerMinute: 600, privateTemplates: null, communityTemplates: sandbox.folders[1] ?? null },
  });
  writeOwnTemplates(sandbox.dataFolder);
  await harness.call('clusters.connect', { clusterId: 'demo' });
  await harness.call('clusters.save', { profile });
}

/** Looks at what there is now. */
async function look(harness: Harness): Promise<void> {
  for (const name of ['templates.list', 'jobs.list', 'clusters.list', 'clusters.prompts'] as const)
    await harness.call(name, {});
  const listed = await harness.call('templates.list', { archived: true });
  if (listed.ok) for (const { id } of listed.value as { id: string }[]) harness.known.add('templateId', id);
}

/** Ends what calls have opened: what is left then was forgotten. */
async function comeToRest(harness: Harness): Promise<void> {
  for (const operationId of harness.known.of('operationId')) await harness.call('operations.cancel', { operationId });
  const listed = await harness.call('clusters.list', {});
  if (listed.ok)
    for (const { profile } of listed.value as { profile: ClusterProfile }[])
      await harness.call('clusters.disconnect', { clusterId: profile.id });
  await delay(1500);
}

/** Looks again at what failed by itself, and makes it small enough to read. */
async function shrinkFindings(harness: Harness): Promise<void> {
  const { findings } = harness.tally;
  const seen = new Set<string>();
  harness.muted = true;
  for (const [at, finding] of findings.entries()) {
    const kind = `${finding.operation} ${finding.what.replaceAll(/\d+/g, '#')}`;
    if (!finding.what.startsWith('9999') || seen.has(kind)) continue;
    seen.add(kind);
    const input = await shrunk(finding.input, async (smaller) => {
      const envelope = await harness.call(finding.operation as OperationName, smaller);
      return !envelope.ok && envelope.error.code === 9999;
    });
    findings[at] = { ...finding, input };
  }
}

/**
 * Calls every operation many times with hostile and nearly good inputs, alone and in sequences, and says what went wrong. The same
 * seed makes the same dice; what the cluster and the clock add is different each time. Everything happens below a temporary folder.
 */
export async function runCampaign({ seed, calls, long, onFinding, onProgress }: Campaign): Promise<Outcome> {
  const root = realpathSync(mkdtempSync(path.join(TEMPORARY, 'slipway-fuzz-')));
  // the demo cluster may run as somebody else
  chmodSync(root, 0o711);
  const sandbox = makeSandbox(root);
  process.env['HOME'] = sandbox.home;
  process.env['TMPDIR'] = sandbox.temporary;
  process.chdir(path.join(root, 'cwd/a/b/c/d/e/f'));
  const dice = new Dice(seed);
  const world = await startWorld(sandbox, dice);
  const harness = new Harness(world, dice, seed, onFinding);
  const onUnhandled = (error: unknown): void =>
    harness.report({
      seed,
      index: harness.tally.calls,
      operation: 'process',
      what: `unhandled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      input: null,
    });
  process.on('unhandledRejection', onUnhandled).on('uncaughtException', onUnhandled);
  const profile = ClusterProfile.parse({
    id: 'made-0',
    name: 'made',
    kind: 'ssh',
    host: '127.0.0.1',
    port: world.demo.port,
    user: world.demo.user,
    auth: [{ kind: 'key', path: world.demo.privateKeyPath }],
    communityFolder: '~/community',
    pollSeconds: 30,
  });
  harness.known.keep('profile', profile);
  const stage: Stage = { harness, dice, profile, fingerprint: world.demo.hostKeyFingerprint };
  const { tally } = harness;
  try {
    await acquaint(harness, world, sandbox);
    let before: Residue | null = null;
    let nextRestore = 0;
    let nextLook = 0;
    while (tally.calls < calls) {
      if (tally.calls >= nextRestore) {
        nextRestore = tally.calls + 40;
        await restore(stage, sandbox);
      }
      if (tally.calls >= nextLook) {
        nextLook = tally.calls + 400;
        await look(harness);
        onProgress?.(`${String(tally.calls)} calls`);
      }
      if (before === null && tally.calls >= calls * WARM) {
        await comeToRest(harness);
        before = takeResidue(harness.session.signal);
        nextRestore = 0;
      }
      if (dice.chance(0.04)) await dice.pick(SEQUENCES)(stage);
      else {
        const name = dice.pick(NAMES) ?? 'app.info';
        if (WAITS[name] === undefined || dice.chance(COSTLY)) await harness.random(name);
      }
    }
    await restore(stage, sandbox);
    for (const [name, input] of longTextCalls(long)) {
      onProgress?.(`${String(tally.calls)} ${name}`);
      await harness.call(name, input);
    }
    await comeToRest(harness);
    const after = takeResidue(harness.session.signal);
    before ??= after;
    const left = growth(before, after);
    const done = tally.calls;
    await shrinkFindings(harness);
    tally.calls = done;
    const storeBytes = bytesOf(path.join(sandbox.dataFolder, 'slipway.db'));
    const logs = await filesBelow(path.join(sandbox.dataFolder, 'logs'));
    await world.dispose();
    harness.dispose();
    const temporary = await filesBelow(sandbox.temporary);
    if (temporary.count > 0) left.push(`${String(temporary.count)} temporary files`);
    return { tally, before, after, left, storeBytes, logBytes: logs.bytes };
  } finally {
    harness.dispose();
    await world.dispose();
    process.off('unhandledRejection', onUnhandled).off('uncaughtException', onUnhandled);
    process.chdir(TEMPORARY);
    await rm(root, { recursive: true, force: true });
  }
}
