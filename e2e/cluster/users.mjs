/** The test users of this computer and their keys. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { USERS } from './layout.mjs';

function userId(name) {
  const found = spawnSync('id', ['-u', name], { encoding: 'utf8' });
  return found.status === 0 ? Number(found.stdout) : null;
}

function makeKey(file) {
  if (!existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'slipway test cluster', '-f', file]);
}

/** Makes users that are missing, and keys, and puts the keys where sshd looks. */
export function ensureUsers(layout) {
  makeKey(layout.hostKey);
  for (const user of USERS) {
    if (userId(user.name) === null) execFileSync('useradd', ['--create-home', '--shell', user.shell, user.name]);
    const id = userId(user.name);
    if (user.bashrc !== undefined) {
      const file = `/home/${user.name}/.bashrc`;
      writeFileSync(file, user.bashrc);
      chownSync(file, id, id);
    }
    if (user.login === 'password') {
      execFileSync('chpasswd', { input: `${user.name}:${user.password}\n` });
    } else {
      // an account without any password is locked, which sshd refuses without PAM
      execFileSync('usermod', ['--password', '*', user.name]);
      makeKey(layout.clientKey(user.name));
      copyFileSync(`${layout.clientKey(user.name)}.pub`, layout.authorizedKeys.replace('%u', user.name));
    }
  }
}

/** `SHA256:…` of the server's key. */
export function hostKeyFingerprint(layout) {
  return execFileSync('ssh-keygen', ['-l', '-f', `${layout.hostKey}.pub`], { encoding: 'utf8' }).split(' ')[1];
}
