/** Debian packages of the test cluster: installed when we may, named when not. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = {
  'slurm-wlm': '/usr/sbin/slurmctld',
  slurmdbd: '/usr/sbin/slurmdbd',
  munge: '/usr/sbin/munged',
  'mariadb-server': '/usr/sbin/mariadbd',
  'openssh-server': '/usr/sbin/sshd',
  tcsh: '/bin/tcsh',
  fish: '/usr/bin/fish',
  'environment-modules': '/etc/environment-modules/initrc',
  'libpam-google-authenticator': '/usr/bin/google-authenticator',
};
const missing = () => Object.keys(PROGRAMS).filter((name) => !existsSync(PROGRAMS[name]));

/** Returns the packages that are still missing. */
export function ensurePackages() {
  const wanted = missing();
  if (wanted.length > 0 && process.getuid() === 0 && existsSync('/usr/bin/apt-get')) {
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...wanted);
  }
  return missing();
}
