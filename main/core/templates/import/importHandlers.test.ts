import { message } from '../../../../shared/messages/message.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import { startCore, type CoreUnderTest } from '../../testing/coreUnderTest.ts';

let folder: string;
let app: CoreUnderTest;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-import-'));
  app = await startCore({ dataFolder: path.join(folder, 'data'), hostKeyFingerprint: '' });
});
afterEach(async () => {
  await app.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const hand = async (name: string, content: string | Uint8Array) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return (await app.core.grantFile(file)).handle;
};

describe('importing files that were handed over', () => {
  test('makes a template that can be saved, read and held against the clusters', async () => {
    const report = await app.call('templates.importFiles', {
      files: [
        await hand('water.sbatch', '#!/bin/bash\n#SBATCH -J water -p gqu -t 10 --mem=1G\nSTEPS=500\necho "$STEPS"\n'),
      ],
    });
    const [offer] = report.offers;
    if (offer === undefined) throw new Error('nothing is offered');
    const { text } = await app.call('templates.acceptOffer', { text: report.text, offer });
    const saved = await app.call('templates.save', { source: 'private', text });
    expect(saved).toMatchObject({
      id: 'water',
      usable: true,
      template: { parameters: [{ name: 'steps', default: 500 }] },
    });

    const profile = ClusterProfile.parse({
      id: 'cedar',
      name: 'Cedar',
      kind: 'ssh',
      host: 'localhost',
      port: 1,
      user: 'mia',
      auth: [{ kind: 'password' }],
    });
    await app.call('clusters.save', { profile });
    const reports = await app.call('templates.fit', { id: 'water', source: 'private' });
    expect(reports.find(({ clusterId }) => clusterId === 'cedar')).toMatchObject({ verdict: 'unknown', factsAt: null });

    const mended = await app.call('templates.applyFix', {
      text,
      fix: { field: 'slurm.partition', value: 'gpu' },
    });
    expect(mended.template?.slurm.partition).toBe('gpu');
    await expect(
      app.call('templates.applyFix', { text, fix: { field: 'parameters.gone.default', value: 1 } }),
    ).rejects.toMatchObject({ name: 'INPUT_INVALID' });
  });

  test('names what is no text and leaves it out', async () => {
    const script = await hand('run.sh', '#!/bin/bash\n#SBATCH -n 2\n./solve mesh.bin\n');
    const report = await app.call('templates.importFiles', {
      files: [script, await hand('mesh.bin', Uint8Array.of(0, 1, 2, 255))],
    });
    expect(report.notes.at(-1)).toMatchObject({
      kind: 'unsupported',
      file: 'mesh.bin',
      reason: message('imports.file.notText'),
    });
    await expect(
      app.call('templates.importFiles', { files: [await hand('only.bin', Uint8Array.of(0, 1, 2, 255))] }),
    ).rejects.toMatchObject({ name: 'FILE_UNREADABLE' });
  });
});
