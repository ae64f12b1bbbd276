import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../../../shared/domain/problem.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { openStore } from '../../store/index.ts';
import type { RemoteConnection, Store } from '../ports.ts';
import { createDrafts } from './drafts.ts';
import { scriptHandlers } from './handlers.ts';
import { createScriptMaker } from './scriptMaker.ts';
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
const missing = problem({ rule: 'file-missing', code: 2005, severity: 'error', message: 'data is missing', field: 'files.data' });

/** The handlers on a login node whose `sbatch` is this small sh program. */
function handlers(sbatch = 'exit 1') {
  const program = path.join(folder, 'sbatch');
  writeFileSync(program, `#!/bin/sh\n${sbatch}\n`);
  chmodSync(program, 0o755);
  const files = { resolve: async (remote: string) => remote.replace('~', '/home/mia') } as RemoteConnection['files'];
  return scriptHandlers({
    scripts: createScriptMaker(),
    drafts: createDrafts(store.documents),
    templates: {
      get: (id) => {
        if (id !== 'sample-v1') throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: id } });
        return { ...sampleTemplate(), source: 'official', hash: '', problems: [], usable: true, template: sampleTemplate(), text: '', fileName: 'sample.yaml' };
      },
    },
    files: { check: async () => [missing] },
    sessions: {
      profile: () => sampleProfile,
      knownFacts: () => null,
      connection: () => ({ files }) as RemoteConnection,
      runSlurm: async (_clusterId, script) => {
        const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, FOLDER: folder }, encoding: 'utf8' });
        return { exitCode: status ?? -1, stdout, stderr, elapsedMs: 0 };
      },
    },
  });
}

describe('a preview', () => {
  it('has the problems of the script and of the files', async () => {
    const { problems, text } = await handlers()['scripts.preview']({ draft: sampleDraft({ jobName: 'my job' }) }, context);
    expect(problems.map((found) => found.rule)).toEqual(['job-name-invalid', 'limits-unchecked', 'file-missing']);
    expect(text).toContain('#SBATCH --job-name=my-job\n');
  });

  it('of a template that is not there is refused: 1001', async () => {
    await expect(handlers()['scripts.preview']({ draft: sampleDraft({ templateId: 'gone' }) }, context)).rejects.toMatchObject({ code: 1001 });
  });
});

describe('asking Slurm whether it would take the job', () => {
  it('sends the whole script and answers with the expected start', async () => {
    const sbatch = `echo "$@" >"$FOLDER/arguments"; cat >"$FOLDER/script"; echo 'sbatch: Job 9 to start at 1795220827 using 1 processors on nodes cn1 in partition normal' >&2`;
    const made = handlers(sbatch);
    const answer = await made['scripts.testOnly']({ draft: sampleDraft() }, context);
    expect(answer).toMatchObject({ accepted: true, expectedStart: 1_795_220_827_000, message: 'Slurm would take the job in normal on cn1.' });
    const { text } = await made['scripts.preview']({ draft: sampleDraft() }, context);
    expect(spawnSync('cat', [path.join(folder, 'script')], { encoding: 'utf8' }).stdout).toBe(text);
    expect(spawnSync('cat', [path.join(folder, 'arguments')], { encoding: 'utf8' }).stdout).toBe('--test-only --chdir=/home/mia/slipway/runs\n');
  });

  it('answers with Slurm’s refusal as a problem', async () => {
    const answer = await handlers(`cat >/dev/null; echo 'allocation failure: Invalid qos specification' >&2; exit 1`)['scripts.testOnly']({ draft: sampleDraft() }, context);
    expect(answer).toMatchObject({ accepted: false, expectedStart: null });
    expect(answer.problems.at(-1)).toMatchObject({ rule: 'slurm-refused', code: 4001, severity: 'error' });
  });

  it('does not take a controller that is away for a refusal: 4003', async () => {
    const away = handlers(`cat >/dev/null; echo 'allocation failure: Unable to contact slurm controller (connect failure)' >&2; exit 1`);
    await expect(away['scripts.testOnly']({ draft: sampleDraft() }, context)).rejects.toMatchObject({ name: 'SLURM_UNAVAILABLE' });
  });

  it('is not asked about a request that lacks a value which would be refused', async () => {
    const answer = await handlers(`touch "$FOLDER/asked"`)['scripts.testOnly']({ draft: sampleDraft({ resources: { time: 'tomorrow' } }) }, context);
    expect(answer).toMatchObject({ accepted: false, message: expect.stringContaining('Time limit') as string });
    expect(spawnSync('test', ['-e', path.join(folder, 'asked')]).status).toBe(1);
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
