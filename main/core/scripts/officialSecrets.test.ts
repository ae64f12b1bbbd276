import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptTexts } from '../../../shared/domain/template/scriptTexts.ts';
import { parseTemplate } from '../templates/format/parseTemplate.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { sampleDraft, sampleProfile } from './testing/samples.ts';

const root = path.resolve(import.meta.dirname, '../../../templates/official');

/** An image's programs, as small as will do: Jupyter says what it was given, and ends. */
const APPTAINER = `#!/bin/bash
printf '%s\\n' "$*" >>"$SEEN/arguments"
case $* in *socket*) echo 8899 ;; *jupyter*) printf '%s' "$JUPYTER_TOKEN" >"$SEEN/token"; echo "[I] http://node:8899/lab?token=..." >&2 ;; esac
`;

describe('the Jupyter template', () => {
  let folder: string;
  beforeEach(() => {
    // a name that a shell would stumble over
    folder = mkdtempSync(path.join(tmpdir(), "slipway jupyter's-"));
    for (const name of ['bin', 'seen', 'run', 'run/.slipway']) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, 'bin/apptainer'), APPTAINER, { mode: 0o755 });
    writeFileSync(path.join(folder, 'jupyter.sif'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Under the widest umask there is, in a run folder that all may enter: what it keeps to itself, it keeps by its own modes. */
  function run(): { output: string; token: string; argv: string; status: number | null } {
    const { template } = parseTemplate(readFileSync(path.join(root, 'ml/jupyter.yaml'), 'utf8'), 'jupyter.yaml');
    if (template === null) throw new Error('the template is broken');
    const { text } = createScriptMaker(() => 0).make({
      template,
      draft: sampleDraft({ imagePath: path.join(folder, 'jupyter.sif') }),
      profile: sampleProfile,
      facts: null,
      runId: null,
    });
    const script = path.join(folder, 'run/job.sh');
    writeFileSync(script, text);
    chmodSync(path.join(folder, 'run'), 0o777);
    const { stdout, stderr, status } = spawnSync('bash', ['-c', 'umask 0; exec bash "$1"', 'bash', script], {
      cwd: path.join(folder, 'run'),
      env: {
        PATH: `${path.join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        HOME: folder,
        USER: 'mia',
        SEEN: path.join(folder, 'seen'),
        SLURM_JOB_ID: '4711',
        SLURM_SUBMIT_DIR: path.join(folder, 'run'),
        SLURM_SUBMIT_HOST: 'login1',
      },
      encoding: 'utf8',
    });
    const seen = (name: string): string => readFileSync(path.join(folder, 'seen', name), 'utf8');
    return { output: stdout + stderr, status, token: seen('token'), argv: seen('arguments') };
  }

  it('keeps its token in a file for its owner’s eyes, and out of output and arguments', () => {
    // what an earlier start left behind is no way to hear of the next one's
    writeFileSync(path.join(folder, 'run/jupyter-token'), '', { mode: 0o666 });
    const { output, token, argv, status } = run();
    expect([status, token]).toEqual([0, expect.stringMatching(/^[0-9a-f]{48}$/)]);
    const file = path.join(folder, 'run/jupyter-token');
    expect([readFileSync(file, 'utf8').trim(), (statSync(file).mode & 0o777).toString(8)]).toEqual([token, '600']);
    expect((statSync(path.join(folder, 'run/.jupyter')).mode & 0o777).toString(8)).toBe('700');
    expect(output).not.toContain(token);
    expect(argv).not.toContain(token);
    for (const name of readdirSync(path.join(folder, 'run'), { recursive: true, encoding: 'utf8' })) {
      const inside = path.join(folder, 'run', name);
      if (statSync(inside).isFile() && readFileSync(inside, 'utf8').includes(token))
        expect([name, statSync(inside).mode & 0o077]).toEqual([name, 0]);
    }
  });

  it('says how to get it: the line that it prints, run in a shell, prints the token', () => {
    const { output, token } = run();
    const line = /^ +(ssh \S+ cat .*)$/m.exec(output)?.[1] ?? '';
    expect(line).toContain('mia@login1');
    // what ssh does: its words, joined by blanks, are a command line for the shell over there
    const ssh = 'ssh() { shift; sh -c "$*"; }';
    expect(spawnSync('bash', ['-c', `${ssh}\n${line}`], { encoding: 'utf8' }).stdout.trim()).toBe(token);
  });
});

describe('official templates', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.yaml') && path.dirname(name).split(path.sep).length === 1,
  );

  it.each(files)('%s makes nothing at a guessable place that all may write to, and prints no secret', (name) => {
    const { template } = parseTemplate(readFileSync(path.join(root, name), 'utf8'), path.basename(name));
    const lines = (template === null ? [] : scriptTexts(template)).flatMap((part) => part.split('\n'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      if (/\/tmp\b|TMPDIR/.test(line) && !/^\s*#/.test(line)) expect(line).toContain('mktemp -d');
      if (/\$\{?\w*(?:TOKEN|PASSWORD|SECRET|API_KEY)\b/.test(line)) expect(line).toMatch(/>"\$token_file"$/);
    }
  });
});
