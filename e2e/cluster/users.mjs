/** The test users of this computer and their keys. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { USERS } from './layout.mjs';

function userId(name) {
  const found = spawnSync('id', ['-u', name], { encoding: 'utf8' });
  return found.status === 0 ? Number(found.stdout) : null;
}

/** An ed25519 key, made once. */
export function makeKey(file, passphrase = '') {
  if (!existsSync(file))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'slipway test cluster', '-f', file]);
}

/**
 * Makes users that are missing, and keys, and puts the keys where sshd looks. `extra`: more keys that open an account.
 * @param {{user: string, key: string, passphrase: string}[]} extra
 */
export function ensureUsers(layout, extra) {
  for (const user of USERS) {
    if (userId(user.name) === null) execFileSync('useradd', ['--create-home', '--shell', user.shell, user.name]);
    const id = userId(user.name);
    mkdirSync(layout.scratch(user.name), { recursive: true });
    chownSync(layout.scratch(user.name), id, id);
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
      const keys = [{ key: user.name }, ...extra.filter((each) => each.user === user.name)];
      for (const { key, passphrase } of keys) makeKey(layout.clientKey(key), passphrase);
      writeFileSync(
        layout.authorizedKeys.replace('%u', user.name),
        keys.map(({ key }) => readFileSync(`${layout.clientKey(key)}.pub`, 'utf8')).join(''),
      );
    }
  }
}

/** `SHA256:…` of a server's key. */
export function hostKeyFingerprint(layout, sshd) {
  return execFileSync('ssh-keygen', ['-l', '-f', `${layout.hostKey(sshd)}.pub`], { encoding: 'utf8' }).split(' ')[1];
}
