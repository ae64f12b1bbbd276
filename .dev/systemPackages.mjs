/** Debian packages that the tests drive for real. As root they are installed; elsewhere it is said what is missing. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from './environment.mjs';

const PACKAGES = [
  { name: 'openssh-server', proof: '/usr/sbin/sshd', suites: ['ssh', 'slurm'] },
  { name: 'openssh-client', proof: '/usr/bin/ssh', suites: ['ssh', 'demo', 'bench'] },
  { name: 'tcsh', proof: '/usr/bin/tcsh', suites: ['ssh', 'slurm'] },
  { name: 'fish', proof: '/usr/bin/fish', suites: ['ssh', 'slurm'] },
  { name: 'libpam-google-authenticator', proof: '/usr/share/doc/libpam-google-authenticator', suites: ['ssh'] },
  { name: 'putty-tools', proof: '/usr/bin/puttygen', suites: ['ssh'] },
  { name: 'slurm-wlm', proof: '/usr/bin/sbatch', suites: ['slurm'] },
  { name: 'slurmdbd', proof: '/usr/sbin/slurmdbd', suites: ['slurm'] },
  { name: 'munge', proof: '/usr/sbin/munged', suites: ['slurm'] },
  { name: 'mariadb-server', proof: '/usr/sbin/mariadbd', suites: ['slurm'] },
  { name: 'libpam-google-authenticator', proof: '/usr/bin/google-authenticator', suites: ['ssh', 'slurm'] },
  { name: 'environment-modules', proof: '/etc/environment-modules/initrc', suites: ['slurm'] },
  { name: 'shellcheck', proof: '/usr/bin/shellcheck', suites: ['templates'] },
  { name: 'squashfs-tools', proof: '/usr/bin/mksquashfs', suites: ['images'] },
  { name: 'tcl', proof: '/usr/bin/tclsh', suites: ['templates'] },
  { name: 'chromium', proof: '/usr/bin/chromium', suites: ['browser'] },
  { name: 'xvfb', proof: '/usr/bin/Xvfb', suites: ['electron'] },
  { name: 'xauth', proof: '/usr/bin/xauth', suites: ['electron'] },
  { name: 'fonts-noto-cjk', proof: '/usr/share/fonts/opentype/noto', suites: ['browser'] },
];

const missing = () => PACKAGES.filter(({ proof }) => !existsSync(proof));

/** Installs what is missing where it may. Returns the names that are still missing, with the suites that need them. */
export function ensureSystemPackages() {
  const wanted = missing();
  if (wanted.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say(`Installing ${wanted.map(({ name }) => name).join(', ')} …`);
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...wanted.map(({ name }) => name));
  }
  return missing();
}
