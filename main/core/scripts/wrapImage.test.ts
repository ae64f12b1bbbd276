import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inEnglish } from '../../../shared/domain/problem/testing/inEnglish.ts';
import type { KnownImage } from '../../../shared/domain/image/checks.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { ImageRule, Template } from '../../../shared/domain/template/schema.ts';
import { startsImage } from './imageStart.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { fakeContainer, type FakeContainer } from './testing/fakeContainer.ts';
import { sampleDraft, sampleParameter, sampleProfile, sampleTemplate } from './testing/samples.ts';

let container: FakeContainer;
beforeEach(() => {
  container = fakeContainer();
});
afterEach(() => container.dispose());

const ANY: ImageRule = { ...sampleTemplate().image, mode: 'any' };

interface Given extends Partial<Template> {
  rule?: Partial<ImageRule>;
  draft?: Partial<Draft>;
  known?: KnownImage;
  main?: string;
  pre?: string;
  post?: string;
}

function make({ rule = {}, draft = {}, known, main = 'true', pre = '', post = '', ...template }: Given) {
  const { problems, ...made } = createScriptMaker(() => 0).make({
    template: sampleTemplate({
      image: { ...ANY, ...rule },
      script: { preExec: pre, mainExec: main, postExec: post },
      ...template,
    }),
    draft: sampleDraft({ imagePath: container.image, ...draft }),
    profile: sampleProfile,
    facts: null,
    image: known ?? null,
    runId: null,
  });
  return {
    ...made,
    problems: inEnglish(problems).filter(({ rule: name }) => !['limits-unchecked', 'cost-unknown'].includes(name)),
  };
}

const insideFile = (part = 'main'): string => path.join(container.run, '.slipway', part);

describe('a script that does not start its image', () => {
  it('is run by the bash of the image, in the run folder, with its own exit code', () => {
    const { text, problems } = make({ main: `echo "in \${PWD##*/} with $APPTAINER_NAME"\n(exit 7)` });
    const { status, calls, exitFile, stdout } = container.start(text, { APPTAINER_NAME: 'it' });
    expect(calls).toEqual([['exec', '--pwd', container.run, container.image, 'bash', insideFile()]]);
    expect([status, exitFile.split(' ')[0], stdout]).toEqual([7, '7', 'in run with it\n']);
    expect(problems).toMatchObject([
      {
        rule: 'image-wrapped',
        severity: 'info',
        field: 'image',
        message: expect.stringMatching(/^The script runs inside/) as string,
      },
    ]);
    expect(text).toContain('apptainer exec --pwd "$PWD" "$APPTAINER_IMAGE" bash');
  });

  it('may hold whatever a script holds, the end of its own wrapping too', () => {
    const main = `cat <<'SLIPWAY_MAIN'\nSLIPWAY_MAIN_\nSLIPWAY_MAIN\nprintf '%s\\n' "it's" '$HOME' "\`echo x\`" \\\n  last`;
    const { stdout, stderr, status } = container.start(make({ main }).text);
    expect([status, stderr, stdout]).toEqual([0, '', `SLIPWAY_MAIN_\nit's\n$HOME\nx\nlast\n`]);
  });

  it('keeps its standard input to itself: no program reads the script as its own', () => {
    expect(container.start(make({ main: 'cat\necho done' }).text).stdout).toBe('done\n');
  });

  it('sees what the first part set outside: options, variables, arrays, functions, folder', () => {
    const { text } = make({
      pre: `set -euo pipefail\nplain="it's 1"\nlist=(a 'b c')\ndeclare -r fixed=2\nhello() { echo "hello $1"; }\nmkdir sub\ncd sub\nexport SENT=3`,
      main: 'echo "$plain ${list[1]} $fixed $SENT ${PWD##*/} $-"\nhello you\nfalse | true\necho never',
      post: 'echo never',
    });
    const { stdout, stderr, status } = container.start(text);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^it's 1 b c 2 3 sub \S*e\S*u\S*\nhello you\n$/);
    expect(status).toBe(1);
  });

  it('takes the parts inside that the template names, in one shell where they follow each other', () => {
    const { text } = make({
      rule: { inside: ['pre_exec', 'main_exec', 'post_exec'] },
      pre: 'local_only=1',
      main: 'echo "main $local_only"',
      post: 'echo post',
    });
    const { calls, stdout } = container.start(text);
    expect(stdout).toBe('main 1\npost\n');
    expect(calls.map((words) => words.at(-1))).toEqual([insideFile(), insideFile('post')]);
  });

  it('leaves first and last part outside where the template does not say so, and the last one unrun after a failure', () => {
    const { text } = make({ pre: 'echo pre', main: 'exit 3', post: 'echo post' });
    const { calls, stdout, status } = container.start(text);
    expect([calls.length, stdout, status]).toEqual([1, 'pre\n', 3]);
  });

  it('is run by the interpreter that its main part names', () => {
    const { text, problems } = make({ main: '#!/usr/bin/env python3\nimport os\nprint("py", 1 + 1)' });
    expect(container.start(text)).toMatchObject({ stdout: 'py 2\n', status: 0 });
    expect(problems.map(({ rule }) => rule)).toEqual(['image-wrapped']);
  });

  it('of a person’s own, without a word of images in the template, is wrapped where an image is chosen', () => {
    const rule = sampleTemplate().image;
    expect(make({ rule, draft: { imagePath: null } }).text).not.toContain('apptainer');
    const { calls } = container.start(make({ rule, main: 'echo x' }).text);
    expect(calls[0]?.slice(-2)).toEqual(['bash', insideFile()]);
  });

  it('shows its own lines as one that opens, and the start of the image among those of the script', () => {
    const { text, folds } = make({ main: 'echo x' });
    const folded = folds.find(({ kind }) => kind === 'container');
    const lines = text.split('\n').slice((folded?.from ?? 0) - 1, folded?.to);
    expect(lines[0]).toBe('# --- Container ---');
    expect(lines.join('\n')).not.toContain('apptainer exec');
    expect(text.split('\n')[folded?.to ?? 0]).toBe('');
  });

  it('stays outside where the template wants that', () => {
    const { text, problems } = make({ rule: { wrap: 'none' }, main: 'echo out' });
    expect(container.start(text)).toMatchObject({ stdout: 'out\n', calls: [] });
    expect(problems).toEqual([]);
  });

  it('says which programs of the cluster will not be found inside', () => {
    expect(make({ main: 'module load gcc\nsrun ./solver' }).problems).toMatchObject([
      { rule: 'image-wrapped' },
      { rule: 'image-host-command', severity: 'warning', field: 'script' },
      { rule: 'image-host-command', hint: expect.stringContaining('srun apptainer exec') as string },
    ]);
  });
});

describe('a script of arguments', () => {
  const words = (given: Given): string[] => container.start(make(given).text).calls[0] ?? [];
  const main = '--steps 5 \\\n  --name "a b"\n# of the model\n--quiet';
  const ARGUMENTS = ['--steps', '5', '--name', 'a b', '--quiet'];

  it('is given to the image’s own program', () => {
    expect(words({ main })).toEqual(['run', '--pwd', container.run, container.image, ...ARGUMENTS]);
    expect(words({ main: '' })).toEqual(['run', '--pwd', container.run, container.image]);
    expect(words({ main: 'train.py', rule: { wrap: 'run' } }).at(-1)).toBe('train.py');
  });

  it('is given to the app, by name where the image has one of it, else as to a program', () => {
    const rule = { app: 'solve' };
    expect(words({ main, rule })).toEqual(['exec', '--pwd', container.run, container.image, 'solve', ...ARGUMENTS]);
    expect(words({ main, rule, known: { name: 'x.sif', apps: ['solve'] } })).toEqual([
      'run',
      '--app',
      'solve',
      '--pwd',
      container.run,
      container.image,
      ...ARGUMENTS,
    ]);
    expect(words({ main: 'train.py --epochs 3', rule: { app: 'python' } }).slice(-4)).toEqual([
      'python',
      'train.py',
      '--epochs',
      '3',
    ]);
  });

  it('goes to the app that the person chose instead', () => {
    expect(words({ main, rule: { app: 'solve' }, draft: { imageApp: `it's other` } })).toContain(`it's other`);
    expect(words({ main, rule: { app: 'solve' }, draft: { imageApp: null } })[0]).toBe('run');
  });

  it('is none where a command is in it, which then may call the app', () => {
    expect(words({ main: 'echo --x\n--y', rule: { app: 'python' } }).slice(-2)).toEqual(['bash', insideFile()]);
    expect(words({ main: 'python train.py', rule: { app: 'python' } }).slice(-2)).toEqual(['bash', insideFile()]);
  });
});

describe('a script that starts the image itself', () => {
  it.each([
    'apptainer exec "$APPTAINER_IMAGE" python x.py',
    'srun apptainer -q run $APPTAINER_IMAGE',
    '"/usr/bin/singularity" exec x.sif true',
    'bash -c \'apptainer exec "$APPTAINER_IMAGE" true\'',
    'apptainer \\\n  exec img.sif true',
    './launch.sh "$APPTAINER_IMAGE"',
    'image=$APPTAINER_IMAGE',
    'inside() { apptainer exec "$APPTAINER_IMAGE" "$@"; }',
  ])('is seen: %s', (line) => {
    expect(startsImage(line, null)).toBe(true);
  });

  it.each([
    '# apptainer exec "$APPTAINER_IMAGE" true',
    'echo "runs in $APPTAINER_IMAGE"',
    'ls -l "$APPTAINER_IMAGE"',
    'python train.py # not apptainer exec',
    'apptainer --version',
    'echo apptainer',
  ])('is not seen in: %s', (line) => {
    expect(startsImage(line, null)).toBe(false);
  });

  it('is left alone, to the letter', () => {
    const main = 'apptainer exec --bind /x "$APPTAINER_IMAGE" bash -c "echo own"';
    const { text, problems } = make({ main });
    expect(text).toContain(`\n# --- Main ---\n${main}\n\nslipway_status=$?\n`);
    expect(container.start(text).calls).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it('of another name than the chosen one is said not to use it', () => {
    expect(make({ main: 'apptainer exec /opt/other.sif true' }).problems).toMatchObject([
      { rule: 'image-not-used', severity: 'warning' },
    ]);
  });
});

describe('GPUs, environment and folders of a wrapped script', () => {
  it('with GPUs it is given those of the vendor', () => {
    const flags = (gres: string, given: Given = {}): string[] =>
      (container.start(make({ ...given, slurm: { time: 1, gres } }).text).calls[0] ?? []).filter(
        (word) => word.startsWith('--') && word !== '--pwd',
      );
    expect(flags('gpu:2')).toEqual(['--nv']);
    expect(flags('gpu:mi250x:1')).toEqual(['--rocm']);
    expect(flags('gpu:1', { known: { name: 'x', gpu: { need: 'rocm', evidence: [] } } })).toEqual(['--rocm']);
    expect(flags('gpu:1', { rule: { gpu: 'none' } })).toEqual([]);
    expect(flags('gpu:0')).toEqual([]);
    expect(flags('tmp:1G')).toEqual([]);
  });

  it('the packages of a home and a small /tmp do not reach it, and each can be switched', () => {
    const { env } = container.start(make({ main: 'true' }).text);
    const tmp = path.join(container.run, '.slipway/tmp');
    expect(env.get('APPTAINERENV_PYTHONNOUSERSITE')).toBe('1');
    expect([env.get('APPTAINER_TMPDIR'), env.get('APPTAINER_CACHEDIR'), env.get('TMPDIR')]).toEqual([tmp, tmp, tmp]);
    const other = container.start(make({ rule: { pythonUserSite: true, tmpdir: 'site' } }).text).env;
    expect(['APPTAINERENV_PYTHONNOUSERSITE', 'APPTAINER_TMPDIR', 'TMPDIR'].map((name) => other.get(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('what the site has set stays', () => {
    const { env } = container.start(make({}).text, { TMPDIR: container.folder, APPTAINER_CACHEDIR: '/elsewhere' });
    expect([env.get('TMPDIR'), env.get('APPTAINER_CACHEDIR')]).toEqual([container.folder, '/elsewhere']);
    expect(env.get('APPTAINER_BIND')?.split(',')).toContain(container.folder);
  });

  it('sees its run folder, the paths of its fields, and where links of those and of the binds lead', () => {
    const at = (...names: string[]): string => path.join(container.folder, ...names);
    for (const name of ['data', 'real', 'far']) mkdirSync(at(name));
    writeFileSync(at('data', 'a.csv'), '');
    symlinkSync(at('real'), at('bound'));
    symlinkSync(at('far'), at('field'));
    const { env } = container.start(
      make({
        rule: { bind: [`${at('bound')}:/inside:ro`] },
        parameters: [
          sampleParameter('table', { type: 'path', default: at('data', 'a.csv') }),
          sampleParameter('folder', { type: 'path', default: at('field') }),
          sampleParameter('system', { type: 'path', default: '/usr/bin/env' }),
          sampleParameter('gone', { type: 'path', default: '/nowhere/at all' }),
        ],
      }).text,
      { APPTAINER_BIND: '/site' },
    );
    expect(env.get('APPTAINER_BIND')?.split(',')).toEqual([
      '/site',
      `${at('bound')}:/inside:ro`,
      `${at('real')}:${at('real')}:ro`,
      container.run,
      path.join(container.run, '.slipway/tmp'),
      at('data'),
      at('field'),
      at('far'),
    ]);
  });
});

describe('at its start a job with an image', () => {
  it('ends at once with the path of an image or bind source that is not there', () => {
    for (const main of ['true', 'apptainer exec "$APPTAINER_IMAGE" true']) {
      const gone = container.start(make({ main, draft: { imagePath: '/images/gone.sif' } }).text);
      expect([gone.status, gone.calls, gone.exitFile.split(' ')[0]]).toEqual([1, [], '1']);
      expect(gone.stderr).toMatch(/^slipway: the image \/images\/gone\.sif is not there on \S+; the job ends\.\n$/);
      const bind = container.start(make({ main, pre: 'echo pre', rule: { bind: ['/nowhere:/data:ro'] } }).text);
      expect(bind).toMatchObject({ status: 1, calls: [], stdout: '' });
      expect(bind.stderr).toMatch(/^slipway: \/nowhere, which is to be bound into the image, is not there on /);
    }
  });

  it('compares its image where the template wants that, and ends where it is another one', () => {
    const { size, mtimeMs } = statSync(container.image);
    const known = { name: 'x.sif', size, modifiedAt: Math.floor(mtimeMs / 1000) };
    const digest = createHash('sha256').update('SIF').digest('hex');
    const verify = (rule: Partial<ImageRule>, image?: KnownImage) =>
      make({ rule, ...(image === undefined ? {} : { known: image }) });
    const identity = verify({ verify: 'identity' }, known);
    const ofDigest = verify({ verify: 'digest' }, { ...known, digest });
    const byRule = verify({ mode: 'fixed', allowedImages: [`*@sha256:${digest.slice(0, 16)}`] });
    for (const { text, problems } of [identity, ofDigest, byRule]) {
      expect(problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(container.start(text)).toMatchObject({ status: 0, stderr: '' });
    }
    writeFileSync(container.image, 'another');
    expect(container.start(identity.text)).toMatchObject({ status: 1, calls: [] });
    expect(container.start(identity.text).stderr).toMatch(
      /^slipway: the image .* has changed since this job was made \(it had 3 bytes, written \d{4}-.*Z\); the job ends\.\n$/,
    );
    for (const { text } of [ofDigest, byRule])
      expect(container.start(text).stderr).toMatch(
        /is not the one that was asked for \(its SHA-256 should begin with [0-9a-f]{12}\)/,
      );
    expect(verify({ verify: 'digest' }, known).problems.map(({ rule }) => rule)).toContain('image-unverifiable');
    expect(verify({ verify: 'identity' }).problems.map(({ rule }) => rule)).toContain('image-unverifiable');
  });

  it('takes singularity where only that is there, and says so', () => {
    const other = fakeContainer('singularity');
    try {
      const { calls, stderr, status, env } = other.start(make({ draft: { imagePath: other.image } }).text);
      expect([status, calls[0]?.[0]]).toEqual([0, 'exec']);
      expect(stderr).toMatch(
        /^slipway: there is no apptainer on \S+; singularity version 3\.8\.7 takes its place\.\n$/,
      );
      expect(env.get('SINGULARITY_BIND')).toContain(other.run);
      expect(env.get('SINGULARITYENV_PYTHONNOUSERSITE')).toBe('1');
    } finally {
      other.dispose();
    }
  });

  it('takes it from a module where the site keeps it there, and says where there is none at all', () => {
    const bare = fakeContainer('');
    try {
      const { text } = make({ draft: { imagePath: bare.image } });
      const none = bare.start(text);
      expect([none.status, none.stderr]).toEqual([
        1,
        expect.stringMatching(/^slipway: neither apptainer nor singularity is there on /) as string,
      ]);
      mkdirSync(path.join(bare.folder, 'module'));
      writeFileSync(path.join(bare.folder, 'module/apptainer'), '#!/bin/sh\necho from a module\n', { mode: 0o755 });
      const { text: withPre } = make({
        draft: { imagePath: bare.image },
        pre: `module() { PATH=$PATH:${bare.folder}/module; }`,
      });
      expect(bare.start(withPre)).toMatchObject({ status: 0, stdout: 'from a module\n', stderr: '' });
    } finally {
      bare.dispose();
    }
  });
});

describe('edits by hand of a wrapped script', () => {
  const edited = (change: (text: string) => string, given: Given = {}) => {
    const base = make({ main: 'echo one\necho two\necho three', ...given }).text;
    return make({
      main: 'echo one\necho two\necho three',
      ...given,
      draft: { edits: [{ file: null, base, mine: change(base) }] },
    });
  };

  it('run inside too', () => {
    const { text, problems } = edited((script) => script.replace('echo two', 'echo 2'));
    expect(container.start(text)).toMatchObject({ stdout: 'one\n2\nthree\n', status: 0 });
    expect(problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('that start the image themselves are told of, and one click takes the wrapping out', () => {
    const { text, problems } = edited((script) =>
      script.replace('echo two', 'apptainer exec "$APPTAINER_IMAGE" bash -c "echo 2"'),
    );
    const [nested] = problems.filter(({ rule }) => rule === 'image-nested');
    expect(text.split('\n')[(nested?.line ?? 0) - 1]).toContain('echo 2');
    expect(nested?.fix?.field).toBe('script');
    const { text: mended, problems: rest } = edited(() => String(nested?.fix?.value));
    expect(rest.filter(({ severity }) => severity === 'warning' || severity === 'error')).toEqual([]);
    expect(container.start(mended)).toMatchObject({ stdout: 'one\n2\nthree\n', status: 0 });
    expect(mended).not.toContain('slipway_inside');
  });

  it('that take the start of the image out are told of', () => {
    const { problems } = edited((script) => script.replace(/^apptainer exec .*$/m, 'bash "$slipway_inside"'));
    expect(problems).toMatchObject([{ rule: 'image-wrapped' }, { rule: 'image-not-used' }]);
  });

  it('stay where an image is chosen afterwards', () => {
    const given = { rule: sampleTemplate().image };
    const base = make({ ...given, main: 'echo one\necho two\necho three', draft: { imagePath: null } }).text;
    const mine = base.replace('echo two', 'echo 2');
    const { text } = make({
      ...given,
      main: 'echo one\necho two\necho three',
      draft: { edits: [{ file: null, base, mine }] },
    });
    expect(container.start(text)).toMatchObject({ stdout: 'one\n2\nthree\n', calls: [expect.any(Array)] });
  });
});

it.runIf(spawnSync('shellcheck', ['--version']).status === 0)(
  'what Slipway writes around an image has nothing that shellcheck warns of',
  () => {
    for (const given of [
      { pre: 'set -eu\nA=1', main: 'echo "$A"', post: 'true', rule: { bind: ['/a:/b:ro'] } },
      { main: '--x 1', rule: { app: 'tool' } },
      { main: '--x 1', parameters: [sampleParameter('p', { type: 'path', default: '/x' })] },
      { pre: 'A=1', main: '#!/usr/bin/python3\nprint(1)', rule: { inside: ['pre_exec', 'main_exec'] } },
    ] satisfies Given[]) {
      const { text } = make(given);
      expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      const { stdout } = spawnSync('shellcheck', ['--shell=bash', '--severity=warning', '--exclude=SC2034', '-'], {
        input: text,
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    }
  },
);

describe('the last part of a wrapped script', () => {
  const last = 'echo "last $slipway_status ${shared:-}"; if type tell >/dev/null 2>&1; then echo told; fi';
  const pre = 'set -euo pipefail; shared=yes; tell() { :; }';
  const withLast = (given: Given): ReturnType<typeof make> =>
    make({
      ...given,
      script: { preExec: given.pre ?? '', mainExec: given.main ?? '', postExec: '', finallyExec: last },
    });

  it('runs outside, whatever the part inside came to, before what is temporary goes', () => {
    const { text, problems } = withLast({ pre, main: 'exit 7' });
    const { status, stdout, exitFile, calls } = container.start(text);
    expect([status, stdout, exitFile.split(' ')[0], calls.length]).toEqual([7, 'last 7 yes\ntold\n', '7', 1]);
    expect(problems.map(({ rule }) => rule)).toEqual(['image-wrapped']);
    expect(text.match(/rm -rf -- "\$slipway_tmp"/g)).toHaveLength(1);
  });

  it('runs inside where the template says so', () => {
    const { text } = withLast({ pre, main: 'false', rule: { inside: ['main_exec', 'finally_exec'] } });
    const { status, stdout, exitFile, calls } = container.start(text);
    expect([status, stdout, exitFile.split(' ')[0]]).toEqual([1, 'last 1 yes\ntold\n', '1']);
    expect(calls.map((words) => path.basename(words.at(-1) ?? ''))).toEqual(['main', 'finally']);
  });

  it('runs after a signal that the program inside has heard', () => {
    const { text } = withLast({
      main: `python3 -c 'import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(4))
os.kill(int(os.environ["JOB"]), signal.SIGUSR1)
signal.pause()'`,
      pre: 'export JOB=$$',
      draft: { resources: { signal: 'B:USR1@300' } },
    });
    const { status, stdout, stderr, exitFile } = container.start(text);
    expect([status, stdout, exitFile.split(' ')[0]]).toEqual([4, 'last 4 \n', '4']);
    expect(stderr).toMatch(/^slipway: USR1 came; passed on to \d+\.$/m);
  });
});
