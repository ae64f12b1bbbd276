import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '../../../../shared/contract/index.ts';
import type { Draft } from '../../../../shared/domain/job/draft.ts';
import type { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import type { Dice } from './dice.ts';
import type { Harness } from './harness.ts';
import { hostileText } from './hostileValues.ts';
import { OWN_TEMPLATES } from './ownTemplates.ts';

export interface Stage {
  readonly harness: Harness;
  readonly dice: Dice;
  /** A profile that leads to the demo cluster. */
  readonly profile: ClusterProfile;
  /** `SHA256:…` of its host key. */
  readonly fingerprint: string;
}

const field = (envelope: Envelope<unknown>, name: string): unknown =>
  envelope.ok && typeof envelope.value === 'object' && envelope.value !== null
    ? (envelope.value as Record<string, unknown>)[name]
    : undefined;
const given = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

/** Names in circulation are few, so that what is saved is found again and does not pile up. */
const COPIES = 20;

/** A template is made, changed, tried, shared, archived and brought back. */
async function templateLife({ harness, dice }: Stage): Promise<void> {
  const id = `own-made-${String(dice.below(COPIES))}`;
  const base = dice.chance(0.6) ? 'own-form' : (dice.pick(Object.keys(OWN_TEMPLATES)) ?? 'own-form');
  const text = (OWN_TEMPLATES[base] ?? '').replaceAll(base, id);
  const ref = { id, source: 'private' };
  await harness.nearlyGood('templates.keepUnsaved', { key: `draft-${String(dice.below(COPIES))}`, text });
  await harness.nearlyGood('templates.save', { source: 'private', text, broken: dice.chance(0.3) });
  const now = await harness.nearlyGood('templates.text', ref);
  const edits = [
    { kind: 'set', path: ['template', 'description'], value: hostileText(dice, 5000) },
    {
      kind: 'set',
      path: ['slurm', dice.pick(['mem', 'time', 'cluster', 'job_nam', '__proto__', 'a.b'])],
      value: hostileText(dice, 200),
    },
    { kind: 'remove', path: ['files', 'input_schema', 'optional', 0] },
    {
      kind: 'insert',
      path: ['parameters'],
      at: dice.below(4),
      value: { name: 'p', type: 'text', label: hostileText(dice, 200), default: null },
    },
    { kind: 'move', path: ['parameters'], from: dice.below(3), to: dice.below(12) },
  ].filter(() => dice.chance(0.5));
  const edited = await harness.nearlyGood('templates.edit', {
    text: field(now, 'text') ?? text,
    edits: edits.length > 0 ? edits : [{ kind: 'remove', path: ['author'] }],
  });
  await harness.nearlyGood(
    'templates.save',
    given({
      source: 'private',
      id,
      baseHash: field(now, 'hash'),
      text: field(edited, 'text') ?? text,
      broken: dice.chance(0.5),
    }),
  );
  await harness.nearlyGood('templates.tryScript', {
    text: field(edited, 'text') ?? text,
    parameters: { title: hostileText(dice, 60_000), hours: dice.below(12) },
  });
  const fit = await harness.nearlyGood('templates.fit', ref);
  const fixes =
    JSON.stringify(fit)
      .match(/"fix":\{[^}]*\}/g)
      ?.map((each) => JSON.parse(each.slice('"fix":'.length)) as unknown) ?? [];
  await harness.nearlyGood('templates.applyFix', {
    text,
    fix: dice.pick(fixes) ?? {
      label: 'x',
      field: dice.pick(['resources.mem', 'resources.time', 'parameters.hours']),
      value: hostileText(dice, 1000),
    },
  });
  await harness.nearlyGood('templates.advise', { text, line: 1 + dice.below(40), column: 1 + dice.below(40) });
  const versions = await harness.nearlyGood('templates.versions', ref);
  const hash: unknown = versions.ok ? (versions.value as { hash: string }[]).at(-1)?.hash : undefined;
  await harness.nearlyGood('templates.version', { ...ref, hash: hash ?? 'none' });
  await harness.nearlyGood('templates.publish', {
    id,
    to: dice.chance(0.5) ? { kind: 'local' } : { kind: 'cluster', clusterId: 'demo' },
    replace: dice.chance(0.5),
  });
  await harness.nearlyGood('templates.archive', ref);
  await harness.nearlyGood(dice.chance(0.5) ? 'templates.restore' : 'templates.erase', { id });
}

function draftOf({ harness, dice }: Stage): Draft {
  const files = harness.known.of('draftFile').filter(() => dice.chance(0.1));
  return {
    clusterId: 'demo',
    templateId: dice.pick(['own-quick', 'own-form', 'own-failing', 'own-array']),
    templateSource: 'private',
    jobName: dice.chance(0.9) ? 'a-job' : hostileText(dice, 255),
    parameters: dice.chance(0.7)
      ? {}
      : {
          title: hostileText(dice, 2000),
          hours: dice.below(12),
          kind: 'b',
          several: ['a'],
          folder: hostileText(dice, 200),
        },
    resources: dice.chance(0.7)
      ? {}
      : {
          time: dice.pick(['1', '00:10:00', hostileText(dice, 100)]),
          mem: dice.pick(['10M', hostileText(dice, 100)]),
          comment: hostileText(dice, 500),
        },
    imagePath: null,
    files,
  } as unknown as Draft;
}

/** A draft is kept, looked at and submitted; its job is watched, read, ended and forgotten. */
async function jobLife(stage: Stage): Promise<void> {
  const { harness, dice } = stage;
  const draft = draftOf(stage);
  harness.known.add('draft', draft);
  await harness.nearlyGood('drafts.save', { draft });
  const preview = await harness.nearlyGood('scripts.preview', { draft });
  const script = field(preview, 'text');
  if (typeof script === 'string') harness.known.add('scriptText', script);
  const lines = typeof script === 'string' ? script.split('\n') : [];
  const mine = lines.toSpliced(1 + dice.below(lines.length), 0, hostileText(dice, 300)).join('\n');
  const whole =
    typeof script === 'string' && dice.chance(0.3) ? { ...draft, edits: [{ file: null, base: script, mine }] } : draft;
  if (dice.chance(0.2)) await harness.nearlyGood('scripts.testOnly', { draft: whole });
  const submitted = await harness.nearlyGood('jobs.submit', { draft: whole, wait: dice.chance(0.5) });
  const runId = field(submitted, 'runId') ?? dice.pick(harness.known.of('runId')) ?? 'r0123456789ab';
  await harness.nearlyGood('jobs.get', { runId });
  await harness.nearlyGood('jobs.watch', { runIds: [runId], watcher: 'a window' });
  if (dice.chance(0.3)) await harness.nearlyGood('jobs.refresh', { clusterId: 'demo' });
  await harness.nearlyGood('jobs.readLog', { runId, stream: 'stdout', offset: dice.pick([0, -100, 10]), limit: 1000 });
  const followed = await harness.nearlyGood('jobs.followLog', {
    runId,
    stream: dice.pick(['stdout', 'stderr']),
    offset: 0,
  });
  await harness.nearlyGood('operations.cancel', { operationId: field(followed, 'operationId') ?? 'o000000000000' });
  if (dice.chance(0.1)) await harness.nearlyGood('jobs.resume', { runId });
  if (dice.chance(0.1)) await harness.nearlyGood('jobs.decide', { runId, decision: { kind: 'never-ran' } });
  if (dice.chance(0.5)) await harness.nearlyGood('jobs.cancel', { runId });
  await harness.nearlyGood('jobs.remove', { runIds: [runId] });
  await harness.nearlyGood('drafts.get', { templateId: draft.templateId, templateSource: draft.templateSource });
}

/** A cluster is added, tried, connected, asked and forgotten. */
async function clusterLife({ harness, dice, profile, fingerprint }: Stage): Promise<void> {
  const clusterId = `made-${String(1 + dice.below(2))}`;
  const mine = {
    ...profile,
    id: clusterId,
    name: dice.pick(['A cluster', hostileText(dice, 80)]),
    runRoot: dice.pick(['~/slipway/runs', '~/ü bung']),
    communityFolder: dice.pick([null, '~/community']),
  };
  await harness.nearlyGood('clusters.save', { profile: dice.chance(0.3) ? harness.make.mutated(mine) : mine });
  if (dice.chance(0.2)) await harness.nearlyGood('clusters.test', { clusterId });
  const connecting = harness.nearlyGood('clusters.connect', { clusterId });
  if (dice.chance(0.3)) {
    await Promise.race([connecting, delay(100)]);
    const asked = await harness.call('clusters.prompts', {});
    const promptId = asked.ok ? (asked.value as { promptId: string }[]).at(-1)?.promptId : undefined;
    const answers = [{ kind: 'accept' }, { kind: 'cancel' }, { kind: 'answers', values: [hostileText(dice, 100)] }];
    await harness.nearlyGood('clusters.answer', { promptId: promptId ?? 'p0123456789ab', answer: dice.pick(answers) });
  }
  await connecting;
  await harness.nearlyGood('clusters.usage', { clusterId });
  if (dice.chance(0.2)) await harness.nearlyGood('clusters.facts', { clusterId, refresh: dice.chance(0.3) });
  if (dice.chance(0.1)) await harness.nearlyGood('clusters.modules', { clusterId });
  if (dice.chance(0.2)) await harness.nearlyGood('images.list', { clusterId, refresh: dice.chance(0.5) });
  await harness.nearlyGood('clusters.commands', { clusterId });
  if (dice.chance(0.3))
    await harness.nearlyGood('clusters.forgetHostKey', {
      clusterId,
      host: profile.host,
      port: profile.port,
      fingerprint,
    });
  await harness.nearlyGood('clusters.disconnect', { clusterId });
  await harness.nearlyGood('clusters.remove', { clusterId });
}

/** Files are looked at, matched, tried and imported. */
async function filesOfAPerson({ harness, dice }: Stage): Promise<void> {
  const handles = harness.known.of('handle').filter(() => dice.chance(0.15));
  const ref = { templateId: dice.pick(Object.keys(OWN_TEMPLATES)), templateSource: 'private' };
  await harness.nearlyGood('files.describe', { handles });
  await harness.nearlyGood('files.match', {
    ...ref,
    files: harness.known.of('draftFile').filter(() => dice.chance(0.1)),
    added: handles,
  });
  await harness.nearlyGood('files.preview', {
    handle: dice.pick(handles) ?? 'f0000000000000000',
    maxBytes: dice.pick([1, 100, 1_048_576]),
  });
  await harness.nearlyGood('templates.tryFiles', { text: OWN_TEMPLATES['own-form'], files: handles });
  const literals =
    '#!/bin/bash\n#SBATCH --time=01:00:00\nEPOCHS=10\nRATE=0.5\npython train.py --epochs 10 --rate "$RATE"\n';
  const imported = dice.chance(0.5)
    ? await harness.nearlyGood('templates.import', { files: [{ name: 'train.sbatch', text: literals }] })
    : await harness.nearlyGood('templates.importFiles', { files: handles });
  const offers = field(imported, 'offers');
  const offer: unknown = Array.isArray(offers) ? dice.pick(offers) : undefined;
  await harness.nearlyGood('templates.acceptOffer', {
    text: field(imported, 'text') ?? OWN_TEMPLATES['own-quick'],
    offer: offer ?? { name: 'x', label: 'x', value: '1', line: 3, where: 'script' },
  });
}

export const SEQUENCES = [templateLife, jobLife, clusterLife, filesOfAPerson] as const;
