import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveParameters } from '../../../../shared/domain/template/parameterForm.ts';
import { parameterText, parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { acceptOffer } from './acceptOffer.ts';
import { importTemplate } from './importTemplate.ts';

const acceptAll = (script: string): { before: string; after: ReturnType<typeof acceptOffer> } => {
  const report = importTemplate([{ name: 'job.sh', text: script }]);
  let text = report.text;
  for (const offer of report.offers) ({ text } = acceptOffer(text, offer));
  return {
    before: parseTemplate(report.text, '').template?.script.mainExec ?? '',
    after: { text, ...parseTemplate(text, 'it.yaml') },
  };
};

describe('accepting what an import offers', () => {
  const { after } = acceptAll(readFileSync(path.join(import.meta.dirname, '__fixtures__/train.sbatch'), 'utf8'));

  test('makes fields with the values of the script, a file slot and an image rule', () => {
    expect(after.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(after.template?.parameters.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['epochs', 'integer', 30],
      ['lr', 'number', 0.001],
      ['data', 'path', '/scratch/mia/imagenet'],
      ['batch_size', 'integer', 64],
    ]);
    expect(after.template?.files).toMatchObject([{ name: 'train', pattern: '*.py' }]);
    expect(after.template?.image).toMatchObject({
      mode: 'fixed',
      allowedImages: ['pytorch_cuda.sif'],
      userSelectable: true,
    });
  });

  test('puts quoted variables in their places and leaves the rest as it is', () => {
    const lines = after.template?.script.mainExec.split('\n') ?? [];
    expect(lines).toContain('EPOCHS="$PARAM_EPOCHS"');
    expect(lines).toContain('LR="$PARAM_LR"');
    expect(lines).toContain('export DATA="$PARAM_DATA"');
    expect(lines).toContain('apptainer exec --nv --bind /scratch "$APPTAINER_IMAGE" \\');
    expect(lines).toContain(
      '  python "$FILE_TRAIN" --epochs "$EPOCHS" --batch-size "$PARAM_BATCH_SIZE" --lr=$LR --data "$DATA" --out result.pt > train.log 2>&1',
    );
    expect(lines).toContain('epochs 12');
  });

  test('is refused when the value has gone from its place', () => {
    const report = importTemplate([{ name: 'job.sh', text: 'N=3\n' }]);
    const [offer] = report.offers;
    if (offer === undefined) throw new Error('no offer');
    expect(() => acceptOffer(report.text.replace('N=3', 'M=4'), offer)).toThrow('does not stand there any more');
  });

  test('never changes what the job does with the fields’ defaults', () => {
    const value = fc.constantFrom(
      '3',
      '-7',
      '0.5',
      '1e-4',
      '007',
      '/data/a',
      '"12"',
      "'/x/y'",
      'word',
      '"$HOME"',
      '`echo 1`',
      '$((1 + 2))',
      '"a b"',
      '*',
      '{1,2}',
      '\\ ',
    );
    const command = fc.oneof(
      fc.tuple(fc.constantFrom('A', 'B_1', 'export C', 'PATHS'), value).map(([name, given]) => `${name}=${given}`),
      fc
        .array(
          fc.oneof(
            value,
            fc.constantFrom(
              '--n',
              '-x',
              '--size=4',
              '--dir=/d/e',
              '# 5',
              '>/dev/null',
              '2>&1',
              '| cat',
              '; show',
              '&& show',
              '\\\n',
            ),
          ),
          { maxLength: 7 },
        )
        .map((words) => `show ${words.join(' ')}`),
      fc.constantFrom(
        'if show -a 3; then show -b 4; fi',
        'show <<E -c 5\n-d 6 $A\nE',
        "show <<'E' -c 5\n-d 6\nE",
        'for i in 1 2; do show --i 5 $i; done',
        'case 5 in 5) show --k 5;; esac',
        'show "-q 3\n -r 4" -s 5',
        'x=(1 2 --n 3)',
        'show $(show -t 3) -u 4',
        '(( 3 < 4 )) && show -v 5',
        "show 'a\n--n 3' --n 3",
      ),
    );
    const show = 'show() { printf "<%s>" "$@"; echo; [ -t 0 ] || cat; }\n';
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 4 }), (commands) => {
        const { before, after: accepted } = acceptAll(`#!/bin/bash\n${commands.join('\n')}\n`);
        const { template } = accepted;
        if (template === null) throw new Error(accepted.problems.map(({ rule }) => rule).join('\n'));
        const env = Object.fromEntries(
          Object.entries(resolveParameters(template, {}).values).map(([name, given]) => [
            parameterVariable(name),
            parameterText(given),
          ]),
        );
        const run = (script: string): string =>
          execFileSync('bash', ['--norc', '-c', `${show}{ ${script}\n}; declare -p A B_1 C PATHS x 2>&1 || true`], {
            encoding: 'utf8',
            input: '',
            env: { PATH: process.env['PATH'], ...env },
            cwd: '/',
            stdio: ['pipe', 'pipe', 'pipe'],
          });
        const outcome = (script: string): string => {
          try {
            return run(script);
          } catch {
            return 'failed';
          }
        };
        expect(outcome(template.script.mainExec)).toBe(outcome(before));
      }),
      { numRuns: 80 },
    );
  });
});
