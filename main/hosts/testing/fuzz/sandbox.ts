import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OWN_TEMPLATES } from './ownTemplates.ts';

/** The only folders that the calls may name, and files to hand over, good and odd ones. */
export interface Sandbox {
  readonly root: string;
  readonly dataFolder: string;
  readonly temporary: string;
  /** What settings may be set to. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Where `~` is. */
  readonly home: string;
}

/** Puts those of the fuzz’s own templates that are missing into the data folder, as another program would. */
export function writeOwnTemplates(dataFolder: string): void {
  const folder = path.join(dataFolder, 'templates/private');
  mkdirSync(folder, { recursive: true });
  for (const [id, text] of Object.entries(OWN_TEMPLATES))
    if (!existsSync(path.join(folder, `${id}.yaml`))) writeFileSync(path.join(folder, `${id}.yaml`), text);
}

/** Makes everything below `root`, an empty folder. */
export function makeSandbox(root: string): Sandbox {
  const at = (...names: string[]): string => path.join(root, ...names);
  for (const name of ['data', 'tmp', 'home/.ssh', 'files', 'mine', 'shared', 'many', 'odd', 'cwd/a/b/c/d/e/f'])
    mkdirSync(at(name), { recursive: true, mode: 0o700 });
  const contents: Record<string, string | Buffer> = {
    'text.txt': 'one\ntwo\n',
    'data.dat': Buffer.alloc(100_000, 'measured '),
    'binary.dat': Buffer.from([0, 255, 254, 0, 1, 2, 3]),
    'empty.dat': '',
    'utf16.txt': Buffer.from('\ufeffzwei\n', 'utf16le'),
    'config.yaml': 'steps: 3\nname: x\n',
    'config.json': '{"steps": 3, "name": "x"}',
    'tagged.yaml': 'steps: !!omap [a: 1]\n',
    'wrong.json': '{"steps": "many", "__proto__": {"a": 1}}',
    'deep.json': `${'['.repeat(5000)}${']'.repeat(5000)}`,
    'bomb.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
      .map(
        (name, index) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefgh'[index] ?? 'a'}`)
            .join(',')}]`,
      )
      .join('\n')}\n`,
    'blanks.yaml': ' '.repeat(900_000),
    'script.sbatch':
      '#!/bin/bash\n#SBATCH --time=1:00 -n 2\n#SBATCH --mem=1G\n#PBS -o /tmp/x\nEPOCHS=10\necho $EPOCHS\n',
    'long.sbatch': `#!/bin/bash\n${'#SBATCH --comment=x\n'.repeat(20_000)}`,
    'form.yml': 'title: A job\nattributes:\n  bc_num_hours: 1\nform:\n  - bc_num_hours\n',
    'manifest.yml': 'name: A job\nscript: script.sbatch\n',
    "it's a 'name' *.dat": 'x',
    'ü 한국어.txt': 'x',
    '-n.dat': 'x',
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(at('files', name), content);
  writeFileSync(at('files/huge.dat'), '');
  truncateSync(at('files/huge.dat'), 3 * 1024 ** 3);
  symlinkSync(at('files/text.txt'), at('files/link.dat'));
  for (const [id, text] of Object.entries(OWN_TEMPLATES)) {
    writeFileSync(at('shared', `${id}.yaml`), text.replaceAll(id, `shared-${id}`));
  }
  writeOwnTemplates(at('data'));
  for (let index = 0; index < 300; index += 1)
    writeFileSync(
      at('many', `t${String(index)}.yaml`),
      `template: { id: many-${String(index)}, name: m, display_name: m }\nscript: { main_exec: echo }\n`,
    );
  for (const [name, content] of Object.entries(contents)) writeFileSync(at('odd', `${name}.yaml`), content);
  writeFileSync(
    at('home/.ssh/config'),
    'Host one two\n  HostName 127.0.0.1\n  User x\nHost three*\n  ProxyJump one\n  Match exec "false"\nHost four\n  Port 99999\n',
  );
  return {
    root,
    dataFolder: at('data'),
    temporary: at('tmp'),
    folders: [at('mine'), at('shared'), at('many'), at('odd'), at('missing'), at('files/text.txt')],
    files: [...Object.keys(contents), 'huge.dat', 'link.dat'].map((name) => at('files', name)),
    home: at('home'),
  };
}
