import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { openStore } from '../../store/index.ts';
import { exampleRecord } from '../../store/testing/exampleRecord.ts';
import type { Store } from '../ports.ts';
import { createConfigChecker } from './configChecker.ts';
import { createLocalFiles } from './localFiles.ts';
import { filesInUse } from './filesInUse.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-in-use-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
});
afterEach(async () => {
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});

test('files are in use by drafts, and by runs until Slurm has the job', async () => {
  const configs = createConfigChecker();
  let serial = 0;
  const localFiles = createLocalFiles({
    handles: store.fileHandles,
    clock: { now: () => 0, sleep: async () => undefined },
    randomId: (length) => String((serial += 1)).padStart(length, '0'),
    configs,
  });
  const granted = async (name: string): Promise<{ file: string; handle: Draft['files'][number]['handle'] }> => {
    const file = path.join(folder, name);
    await writeFile(file, '');
    return { file, handle: (await localFiles.grant(file)).handle };
  };
  const [drafted, sending, sent, givenUp] = [
    await granted('drafted'),
    await granted('sending'),
    await granted('sent'),
    await granted('given up'),
  ];
  const draft = { files: [{ handle: drafted.handle, name: 'drafted', size: 0, slot: null }] } as unknown as Draft;
  const run = (n: number, phase: JobRecord['phase'], { handle }: typeof sent): void => {
    const file = { slot: null, name: 'f', remoteName: 'f', size: 0, sha256: null, uploaded: false };
    store.jobs.insert(
      exampleRecord(n, {
        phase,
        files: [
          { ...file, source: { kind: 'local', handle } },
          { ...file, source: { kind: 'generated', text: '' } },
        ],
      }),
    );
  };
  run(1, 'uploading', sending);
  run(2, 'submitted', sent);
  run(3, 'rejected', givenUp);
  const inUse = filesInUse(store.fileHandles, [draft], store.jobs.unsentFiles());
  expect([...inUse.drafts]).toEqual([drafted.file]);
  expect([...inUse.runs]).toEqual([sending.file]);
  await configs.dispose();
});
