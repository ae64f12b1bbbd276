import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { verbatim } from '../../../shared/messages/message.ts';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterFacts } from '../../../shared/domain/cluster/facts.ts';
import { problem } from '../../../shared/domain/problem/schema.ts';
import { ScriptAnswer } from '../../../shared/domain/job/script.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { openStore } from '../../store/index.ts';
import type { RemoteConnection, Store } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import { createDrafts } from './drafts.ts';
import { scriptHandlers } from './handlers.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { createStartEstimates } from './startEstimates.ts';
import { sampleDraft, sampleProfile, sampleTemplate } from './testing/samples.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-scripts-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
});
afterEach(async () => {
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const context = { requestId: 'request-1' as never, signal: new AbortController().signal };
const missing = problem({
  rule: 'file-missing',
  code: 2005,
  severity: 'error',
  message: verbatim('data is missing'),
  field: 'files.data',
});

/** The time of the core, epoch ms; a test moves it. */
let now = 1_795_200_000_000;
const wait = (seconds: number): void => void (now += seconds * 1000);

/** The handlers on a login node whose `sbatch` is this small sh program. */
function handlers(sbatch = 'exit 1', facts: ClusterFacts | null = null) {
  const program = path.join(folder, 'sbatch');
  writeFileSync(program, `#!/bin/sh\n${sbatch}\n`);
  chmodSync(program, 0o755);
  const files = { resolve: async (remote: string) => remote.replace('~', '/home/mia') } as RemoteConnection['files'];
  const clock = { now: () => now };
  const login: Pick<ClusterSessions, 'profile' | 'use' | 'runSlurm'> = {
    profile: () => sampleProfile,
    use: (_clusterId, _options, work) => work({ files } as RemoteConnection),
    runSlurm: async (_clusterId, script) => {
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], {
        env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, FOLDER: folder },
        encoding: 'utf8',
      });
      return { exitCode: status ?? -1, stdout, stderr, elapsedMs: 0 };
    },
  };
  return scriptHandlers({
    scripts: createScriptMaker(clock.now),
    clock,
    starts: createStartEstimates({ sessions: login, clock, randomId: (length) => 'x'.repeat(length) }),
    drafts: createDrafts(store.documents),
    templates: {
      get: (id) => {
        if (id !== 'sample-v1') throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: id } });
        return {
          ...sampleTemplate(),
          source: 'official',
          hash: '',
          problems: [],
          usable: true,
          writable: false,
          favourite: false,
          uses: 0,
          lastUsedAt: null,
          site: false,
          origin: null,
          template: sampleTemplate(),
          text: '',
          fileHash: '',
          fileName: 'sample.yaml',
        };
      },
    },
    files: { check: async () => [missing] },
    images: { known: () => null },
    runs: store.jobs,
    sessions: { profile: login.profile, knownFacts: () => facts, knownUsage: () => null },
  });
}

describe('a preview', () => {
  it('tells programs its length, what it asks of Slurm with the tasks that sbatch assumes, and the image rule in one form', async () => {
    const answer = await handlers()['scripts.preview'](
      { draft: sampleDraft({ resources: { nodes: 3, mem: '4G', time: '01:00:00' } }) },
      context,
    );
    expect(answer).toMatchObject({
      script_length: answer.text.length,
      resources: { nodes: 3, ntasks: 3, mem: '4G', time: '01:00:00' },
      apptainer: {
        mode: sampleTemplate().image.mode,
        partition: null,
        user_selectable: sampleTemplate().image.userSelectable,
        allowed_images: sampleTemplate().image.allowedImages,
      },
    });
    expect(ScriptAnswer.strict().safeParse(answer).error).toBeUndefined();
  });

  it('has the problems of the script and of the files', async () => {
    const { problems, text } = await handlers()['scripts.preview'](
      { draft: sampleDraft({ jobName: 'my job' }) },
      context,
    );
    expect(problems.map((found) => found.rule)).toEqual(['job-name-invalid', 'limits-unchecked', 'file-missing']);
    expect(text).toContain('#SBATCH --job-name=my-job\n');
  });

  it('of a template that is not there is refused: 1001', async () => {
    await expect(
      handlers()['scripts.preview']({ draft: sampleDraft({ templateId: 'gone' }) }, context),
    ).rejects.toMatchObject({ code: 1001 });
  });
});

describe('asking Slurm whether it would take the job', () => {
  it('sends the whole script and answers with the expected start', async () => {
    const sbatch = `echo "$@" >"$FOLDER/arguments"; cat >"$FOLDER/script"; echo 'sbatch: Job 9 to start at 1795220827 using 1 processors on nodes cn1 in partition normal' >&2`;
    const made = handlers(sbatch);
    const answer = await made['scripts.testOnly']({ draft: sampleDraft(), automatic: false }, context);
    expect(forPrograms(answer)).toMatchObject({
      accepted: true,
      expectedStart: 1_795_220_827_000,
      message: 'Slurm would take the job in normal on cn1.',
    });
    const { text } = await made['scripts.preview']({ draft: sampleDraft() }, context);
    expect(spawnSync('cat', [path.join(folder, 'script')], { encoding: 'utf8' }).stdout).toBe(text);
    expect(spawnSync('cat', [path.join(folder, 'arguments')], { encoding: 'utf8' }).stdout).toBe(
      '--ignore-pbs --test-only --chdir=/home/mia/slipway/runs\n',
    );
  });

  it('answers with Slurm’s refusal as a problem', async () => {
    const answer = await handlers(`cat >/dev/null; echo 'allocation failure: Invalid qos specification' >&2; exit 1`)[
      'scripts.testOnly'
    ]({ draft: sampleDraft(), automatic: false }, context);
    expect(answer).toMatchObject({ accepted: false, expectedStart: null });
    expect(answer.problems.at(-1)).toMatchObject({ rule: 'slurm-refused', code: 4001, severity: 'error' });
  });

  it('does not take a controller that is away for a refusal: 4003', async () => {
    const away = handlers(
      `cat >/dev/null; echo 'allocation failure: Unable to contact slurm controller (connect failure)' >&2; exit 1`,
    );
    await expect(away['scripts.testOnly']({ draft: sampleDraft(), automatic: false }, context)).rejects.toMatchObject({
      name: 'SLURM_UNAVAILABLE',
    });
  });

  it('is not asked about a request that lacks a value which would be refused', async () => {
    const answer = await handlers(`touch "$FOLDER/asked"`)['scripts.testOnly'](
      { draft: sampleDraft({ resources: { time: 'tomorrow' } }), automatic: false },
      context,
    );
    expect(forPrograms(answer)).toMatchObject({
      accepted: false,
      message: expect.stringContaining('Time limit') as string,
    });
    expect(spawnSync('test', ['-e', path.join(folder, 'asked')]).status).toBe(1);
  });
});

const START = `read -r first; echo x >>"$FOLDER/asked"; cat >/dev/null; echo 'sbatch: Job 9 to start at 1795220827 using 1 processors on nodes cn1 in partition normal' >&2`;
const timesAsked = (): number =>
  Number(
    spawnSync('sh', ['-c', 'wc -l <"$FOLDER/asked" 2>/dev/null || echo 0'], {
      env: { ...process.env, FOLDER: folder },
      encoding: 'utf8',
    }).stdout,
  );
const named = (jobName: string, automatic = false) => ({ draft: sampleDraft({ jobName }), automatic });

describe('asking when a job would start', () => {
  it('uses up a job id, so the same script within a minute is answered from memory', async () => {
    const ask = handlers(START)['scripts.testOnly'];
    const first = await ask(named('a'), context);
    wait(59);
    expect(await ask(named('a', true), context)).toEqual(first);
    expect(timesAsked()).toBe(1);
    wait(2);
    await ask(named('a'), context);
    expect(timesAsked()).toBe(2);
  });

  it('is limited: by hand to one in 2 s, by itself to one in 15 s and 20 in an hour', async () => {
    const ask = handlers(START)['scripts.testOnly'];
    await ask(named('a'), context);
    await expect(ask(named('b'), context)).rejects.toMatchObject({
      name: 'START_TEST_LIMITED',
      details: { seconds: 2 },
    });
    await expect(ask(named('b', true), context)).rejects.toMatchObject({
      name: 'START_TEST_LIMITED',
      details: { seconds: 15 },
    });
    for (let turn = 0; turn < 20; turn += 1) {
      wait(15);
      await ask(named(`c${String(turn)}`, true), context);
    }
    wait(15);
    await expect(ask(named('d', true), context)).rejects.toMatchObject({ details: { seconds: 3600 - 300 } });
    await ask(named('d'), context);
    expect(timesAsked()).toBe(22);
  });
});

describe('variants of a job', () => {
  const place = {
    isDefault: false,
    state: 'UP',
    maxTime: 86_400,
    defaultTime: 3600,
    maxNodes: null,
    totalNodes: 4,
    cpusPerNode: 16,
    memoryPerNode: 64 * 1024 ** 3,
    cpus: { allocated: 0, idle: 64, other: 0, total: 64 },
    nodesByState: {},
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
  };
  const facts = ClusterFacts.parse({
    clusterName: 'alpha',
    slurmVersion: '22.05.8',
    user: 'mia',
    home: '/home/mia',
    loginHost: 'login1',
    partitions: [
      { ...place, name: 'normal', isDefault: true },
      { ...place, name: 'long' },
      { ...place, name: 'old', state: 'DOWN' },
    ],
    associations: null,
    maxArraySize: null,
    clockOffset: 0,
    overridingVariables: [],
    takenAt: 0,
  });
  const BY_PARTITION = `text=$(cat); case $text in *--partition=long*) start=1795200600;; *--time=01:00:00*) echo 'sbatch: noise'; echo 'allocation failure: Invalid qos specification' >&2; exit 1;; *) start=1795230000;; esac; echo x >>"$FOLDER/asked"; echo "sbatch: Job 9 to start at $start using 1 processors on nodes cn1 in partition p" >&2`;

  it('are tested together: each with its start, its price and what to change for it', async () => {
    const { asked, variants, askedAt } = await handlers(BY_PARTITION, facts)['scripts.startVariants'](
      { draft: sampleDraft() },
      context,
    );
    expect(asked).toMatchObject({
      id: 'asked',
      accepted: true,
      expectedStart: 1_795_230_000_000,
      cost: { total: 1.04 },
    });
    expect(askedAt).toBe(now);
    expect(forPrograms(variants)).toMatchObject([
      {
        id: 'partition:long',
        accepted: true,
        expectedStart: 1_795_200_600_000,
        changes: [{ resource: 'partition', value: 'long' }],
      },
      {
        id: 'time:3600',
        accepted: false,
        expectedStart: null,
        message: expect.stringContaining('QOS') as string,
        cost: { total: 0.52 },
        changes: [{ resource: 'time', value: '01:00:00' }],
      },
    ]);
  });

  it('are none that the checks reject', async () => {
    const many = sampleDraft({ resources: { nodes: 9, time: '08:00:00' } });
    expect(
      (await handlers(START, facts)['scripts.startVariants']({ draft: many }, context)).variants.map(({ id }) => id),
    ).toEqual(['nodes:4']);
  });

  it('do without facts: then only the job as it stands is asked about', async () => {
    expect((await handlers(START)['scripts.startVariants']({ draft: sampleDraft() }, context)).variants).toEqual([]);
    expect(timesAsked()).toBe(1);
  });

  it('ask again only what is not remembered', async () => {
    const made = handlers(START, facts);
    await made['scripts.testOnly'](named('sample'), context);
    wait(3);
    await made['scripts.startVariants']({ draft: sampleDraft() }, context);
    expect(timesAsked()).toBe(3);
  });

  it('are no word about the job when the controller is away: 4003', async () => {
    const away = handlers(
      `cat >/dev/null; echo 'allocation failure: Unable to contact slurm controller (connect failure)' >&2; exit 1`,
      facts,
    );
    await expect(away['scripts.startVariants']({ draft: sampleDraft() }, context)).rejects.toMatchObject({
      name: 'SLURM_UNAVAILABLE',
    });
  });
});

describe('a draft', () => {
  it('comes back as it was, until it is discarded; one per template', async () => {
    const made = handlers();
    const draft = sampleDraft({ jobName: 'half-done', parameters: { a: [''] }, resources: { mem: '' } });
    const key = { templateId: draft.templateId, templateSource: draft.templateSource };
    expect(await made['drafts.get'](key, context)).toBeNull();
    await made['drafts.save']({ draft }, context);
    expect(await made['drafts.get'](key, context)).toEqual(draft);
    expect(await made['drafts.get']({ ...key, templateSource: 'private' }, context)).toBeNull();
    await made['drafts.discard'](key, context);
    expect(await made['drafts.get'](key, context)).toBeNull();
  });

  it('that this version cannot read is no draft', async () => {
    store.documents.set('drafts', 'official/sample-v1', { jobName: 3 });
    expect(await handlers()['drafts.get']({ templateId: 'sample-v1', templateSource: 'official' }, context)).toBeNull();
  });
});
