import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createScriptMaker } from '../main/core/scripts/scriptMaker.ts';
import { parseTemplate } from '../main/core/templates/format/parseTemplate.ts';
import { ClusterProfile } from '../shared/domain/cluster/profile.ts';
import { ClusterId, FileHandleId, TemplateId } from '../shared/domain/ids.ts';
import { median, quantile, type Figure } from './measure.ts';

const LIMIT_MS = 0.2;
const RUNS = 5000;

/** One script out of the PyTorch template with its files, as each keystroke makes it. */
export async function generator(root: string): Promise<Figure[]> {
  const file = path.join(root, 'templates/official/ml/pytorch.yaml');
  const { template } = parseTemplate(await readFile(file, 'utf8'), path.basename(file));
  if (template === null) throw new Error(`${file} is broken`);
  const clusterId = ClusterId.parse('bench');
  const profile = ClusterProfile.parse({
    id: clusterId,
    name: 'bench',
    kind: 'ssh',
    host: 'localhost',
    port: 22,
    user: 'me',
    auth: [{ kind: 'password' }],
  });
  const files = template.files.map((slot, index) => ({
    handle: FileHandleId.parse(`f${String(index).padStart(16, '0')}`),
    name: slot.pattern.replaceAll('*', 'my file'),
    size: 1000,
    slot: slot.name,
  }));
  const maker = createScriptMaker();
  const samples: number[] = [];
  for (let run = -500; run < RUNS; run += 1) {
    const draft = {
      clusterId,
      templateId: TemplateId.parse(template.id),
      templateSource: 'official' as const,
      jobName: `run-${String(run)}`,
      parameters: {},
      resources: {},
      imagePath: '/opt/apptainers/pytorch_cuda.sif',
      files,
    };
    const started = performance.now();
    maker.make({ template, draft, profile, facts: null, runId: null });
    if (run >= 0) samples.push(performance.now() - started);
  }
  return [
    {
      name: 'generate a script',
      unit: 'ms',
      median: median(samples),
      p95: quantile(samples, 0.95),
      samples: RUNS,
      baseline: null,
      goal: `≤ ${String(LIMIT_MS)} ms median`,
      met: median(samples) <= LIMIT_MS,
    },
  ];
}
