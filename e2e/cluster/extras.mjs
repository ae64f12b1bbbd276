/** What a site has beside Slurm: modules, a command for quotas, and reservations that somebody made. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Name, versions, and the one that is loaded unasked. */
const MODULES = [
  { name: 'gcc', versions: ['11.3.0', '12.2.0', '13.1.0'], default: '12.2.0' },
  { name: 'openmpi', versions: ['4.1.4', '4.1.5'], default: null },
  { name: 'cuda', versions: ['11.8', '12.1'], default: '12.1' },
  { name: 'bio/samtools', versions: ['1.17'], default: null },
  { name: 'apptainer', versions: [], default: null },
];

/** Modulefiles(5) in the site's own folder, which MODULEPATH of every login names. */
function writeModules(layout) {
  const write = (name, text) => {
    const file = path.join(layout.modulefiles, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const { name, versions, default: usual } of MODULES) {
    if (versions.length === 0) write(name, `#%Module\nmodule-whatis "${name}"\n`);
    for (const version of versions)
      write(
        `${name}/${version}`,
        `#%Module\nmodule-whatis "${name} ${version}"\nsetenv ${path.basename(name).toUpperCase()}_VERSION ${version}\n`,
      );
    if (usual !== null) write(`${name}/.version`, `#%Module\nset ModulesVersion "${usual}"\n`);
  }
}

/** A table as sites write them; true of nothing. */
const QUOTA = `#!/bin/sh
cat <<TABLE
Disk quotas for user $(id -un):
Filesystem       Path                     Used      Quota     Limit     Files     Limit
home             $HOME                    12.5G     50G       55G       104312    1000000
scratch          \${SCRATCH:-/scratch}     1.8T      10T       11T       2203991   10000000
TABLE
`;

export function writeExtras(layout) {
  writeModules(layout);
  writeFileSync(layout.quotaCommand, QUOTA);
  chmodSync(layout.quotaCommand, 0o755);
}

/** Makes the site's reservations anew: those of an earlier day would stand at the wrong time. */
export function ensureReservations(layout) {
  const scontrol = (...args) =>
    spawnSync('scontrol', args, { encoding: 'utf8', env: { ...process.env, SLURM_CONF: layout.slurmConf } });
  for (const reservation of layout.site.reservations) {
    scontrol('delete', reservation[0]);
    const made = scontrol('create', 'reservation', ...reservation);
    if (made.status !== 0)
      throw new Error(`scontrol create reservation ${reservation.join(' ')}\n${made.stdout}${made.stderr}`);
  }
}
