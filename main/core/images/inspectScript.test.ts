import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectScript, parseInspectAnswer, runtimeModules, type InspectAnswer } from './inspectScript.ts';

const NONCE = 'n0nce';

/** A login with these programs on its PATH, in a bash whose start-up file is `profile`. */
let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'slipway-inspect-'));
  mkdirSync(path.join(home, 'bin'));
  mkdirSync(path.join(home, 'module-bin'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function program(name: string, body: string, folder = 'bin'): void {
  const file = path.join(home, folder, name);
  writeFileSync(file, `#!/bin/bash\n${body}\n`);
  chmodSync(file, 0o755);
}

function asked(image: string, { modules = [] as string[], profile = '' } = {}): InspectAnswer | null {
  // what the system's own start-up files do to PATH comes before
  writeFileSync(path.join(home, '.bash_profile'), `PATH=${home}/bin:/usr/bin:/bin\n${profile}\n`);
  const stdout = execFileSync('sh', ['-c', inspectScript(image, modules, NONCE)], {
    encoding: 'utf8',
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  });
  return parseInspectAnswer(stdout, NONCE);
}

/** Takes what apptainer 1.3 does; says what it was asked. */
const APPTAINER = `case "$*" in
  --version) echo "apptainer version 1.3.4-1.el9" ;;
  *--list-apps*) echo python ;;
  *) printf '{"asked":"%s"}\\n' "$*" ;;
esac`;
const OLD = `case "$*" in
  --version) echo "2.6.1-dist" ;;
  *--all*|*--list-apps*|*-l*) echo "ERROR: unknown option" >&2; exit 1 ;;
  *) printf '{"asked":"%s"}\\n' "$*" ;;
esac`;

describe('what the program of a cluster is asked of an image', () => {
  it('is everything at once, quoted, whatever the image is called', () => {
    program('apptainer', APPTAINER);
    const image = `/images/it's "$(touch x)" two`;
    expect(asked(image)).toMatchObject({
      kind: 'asked',
      program: 'apptainer',
      version: '1.3.4-1.el9',
      apps: 'python\n',
      refused: null,
      output: expect.stringContaining(`--json --all ${image}`) as string,
    });
  });

  it('is part by part where the program is older, and of singularity where that is all there is', () => {
    program('singularity', OLD);
    expect(asked('/images/a.sif')).toMatchObject({
      program: 'singularity',
      version: '2.6.1-dist',
      apps: '',
      output: expect.stringContaining('inspect --json /images/a.sif') as string,
    });
  });

  it('is asked after its module was loaded, where it is on no PATH before', () => {
    program('apptainer', APPTAINER, 'module-bin');
    const profile = `module() { [ "$1 $2" = 'load tools/apptainer' ] && PATH=$PATH:${home}/module-bin; echo "loaded $2"; }; export -f module; echo welcome`;
    expect(asked('/a.sif', { profile, modules: ['singularity', 'tools/apptainer'] })).toMatchObject({
      kind: 'asked',
      program: 'apptainer',
    });
    expect(asked('/a.sif', { profile, modules: ['singularity'] })).toEqual({ kind: 'none' });
    expect(asked('/a.sif')).toEqual({ kind: 'none' });
  });

  it('may be refused, in the program’s own words', () => {
    program('apptainer', 'case "$*" in --version) echo apptainer ;; *) echo "FATAL: no SIF" >&2; exit 255 ;; esac');
    expect(asked('/a.sif')).toMatchObject({ kind: 'asked', version: null, refused: 'FATAL: no SIF', output: '' });
  });

  it('is no answer where it is cut', () => {
    expect(parseInspectAnswer(`@${NONCE} program apptainer 1.0\n{}`, NONCE)).toBeNull();
    expect(parseInspectAnswer('', NONCE)).toBeNull();
  });
});

it('finds modules that are called like the programs, Apptainer first', () => {
  expect(
    runtimeModules(['singularity', 'gcc', 'tools/Apptainer', 'singularity-ce', 'apptainer-extras', 'SingularityPRO']),
  ).toEqual(['tools/Apptainer', 'singularity', 'singularity-ce', 'SingularityPRO']);
});
