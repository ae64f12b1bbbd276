/**
 * The sshds of a test cluster, all of which lead to the same Slurm. `sshd` is the ordinary one. The others are the awkward ways in,
 * started by `up --logins`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { USERS } from './layout.mjs';
import { hostKeyFingerprint, makeKey } from './users.mjs';

/** sshd asks PAM under the name of its own program: run under one of this cluster's, it leaves the machine's sshd and other clusters alone. */
const pamService = (layout) => `slipway-sshd-${createHash('sha256').update(layout.data).digest('hex').slice(0, 8)}`;
const pamFile = (layout) => `/etc/pam.d/${pamService(layout)}`;
/** Base32, of the user whose second factor it is. Known to everybody who can read this. */
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const PASSPHRASE = 'open sesame';
const USER = 'slipuser';

const NO_PASSWORDS = ['UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'];
const SFTP = 'Subsystem sftp internal-sftp';

/** By name: what is special about each. Of a keyword that stands twice, sshd takes the first. */
function configurations(layout) {
  return {
    // a noisy .bashrc must not break SFTP on the ordinary one
    sshd: [...NO_PASSWORDS, SFTP],
    totp: [
      'UsePAM yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication yes',
      'AuthenticationMethods publickey,keyboard-interactive',
      SFTP,
    ],
    certificate: [
      ...NO_PASSWORDS,
      `TrustedUserCAKeys ${layout.clientKey('authority')}.pub`,
      'AuthorizedKeysFile none',
      SFTP,
    ],
    hop1: [...NO_PASSWORDS, SFTP],
    hop2: [
      'UsePAM no',
      'PasswordAuthentication yes',
      'PubkeyAuthentication no',
      'KbdInteractiveAuthentication no',
      SFTP,
    ],
    maxSessions1: [...NO_PASSWORDS, 'MaxSessions 1', SFTP],
    noSftp: [...NO_PASSWORDS],
    // here what a .bashrc prints gets into the way of SFTP
    noisy: [...NO_PASSWORDS, 'Subsystem sftp /usr/lib/openssh/sftp-server'],
  };
}

export const LOGIN_SSHDS = ['totp', 'certificate', 'hop1', 'hop2', 'maxSessions1', 'noSftp', 'noisy'];
export const sshdNames = (logins) => ['sshd', ...(logins ? LOGIN_SSHDS : [])];

/** What every login finds: its Slurm, the site's modules, and where large files belong. */
function environmentLine(layout, user) {
  return `SetEnv SLURM_CONF=${layout.slurmConf} MODULEPATH=${layout.modulefiles} SCRATCH=${layout.scratch(user)}`;
}

function sshdConf(layout, name, port) {
  return `ListenAddress 127.0.0.1
Port ${String(port)}
HostKey ${layout.hostKey(name)}
PidFile ${layout.run(`${name}.pid`)}
AllowUsers ${USERS.map((user) => user.name).join(' ')}
StrictModes no
PrintMotd no
PrintLastLog no
UseDNS no
# many tests connect at once
MaxStartups 100:30:200
${configurations(layout)[name].join('\n')}
AuthorizedKeysFile ${layout.authorizedKeys}
${USERS.map((user) => matchUser(layout, name, user)).join('\n')}
`;
}

function matchUser(layout, name, user) {
  const byPassword =
    name === 'sshd' && user.login === 'password' ? '\n  PasswordAuthentication yes\n  PubkeyAuthentication no' : '';
  return `Match User ${user.name}\n  ${environmentLine(layout, user.name)}${byPassword}`;
}

const program = (layout, name) => (name === 'totp' ? layout.at('bin', pamService(layout)) : '/usr/sbin/sshd');

/** Writes what this sshd needs; answers with the command that runs it in the foreground. */
export function prepareSshd(layout, name, port) {
  makeKey(layout.hostKey(name));
  writeFileSync(layout.sshdConf(name), sshdConf(layout, name, port));
  if (name === 'totp') prepareSecondFactor(layout);
  if (name === 'certificate') prepareCertificate(layout);
  return { command: program(layout, name), args: ['-D', '-e', '-f', layout.sshdConf(name)] };
}

function prepareSecondFactor(layout) {
  const secret = layout.at('keys', `totp_${USER}`);
  // without DISALLOW_REUSE and RATE_LIMIT, so that tests may log in as often as they like
  rmSync(secret, { force: true });
  writeFileSync(secret, `${TOTP_SECRET}\n" WINDOW_SIZE 5\n" TOTP_AUTH\n`, { mode: 0o400 });
  writeFileSync(
    pamFile(layout),
    `auth required pam_google_authenticator.so secret=${layout.at('keys', 'totp_${USER}')} user=root no_increment_hotp\naccount required pam_permit.so\nsession required pam_permit.so\n`,
  );
  const link = program(layout, 'totp');
  if (!existsSync(link)) symlinkSync('/usr/sbin/sshd', link);
}

function prepareCertificate(layout) {
  makeKey(layout.clientKey('authority'));
  makeKey(layout.clientKey('certified'));
  const signed = spawnSync(
    'ssh-keygen',
    [
      '-q',
      '-s',
      layout.clientKey('authority'),
      '-I',
      'slipway test',
      '-n',
      USER,
      '-V',
      '-1d:+52w',
      `${layout.clientKey('certified')}.pub`,
    ],
    { encoding: 'utf8' },
  );
  if (signed.status !== 0) throw new Error(`the certificate was not signed\n${signed.stderr}`);
}

/** Keys beside the users' own that are let in as well. */
export const EXTRA_KEYS = [{ user: USER, key: 'encrypted', passphrase: PASSPHRASE }];

export const removePamService = (layout) => rmSync(pamFile(layout), { force: true });

/** How to get in, by the name of what is awkward about it: each leads to the same Slurm. */
export function describeLogins(layout, ports) {
  const server = (name) => ({
    host: '127.0.0.1',
    port: ports[name],
    hostKeyFingerprint: hostKeyFingerprint(layout, name),
  });
  const byKey = (name, user = USER, key = user) => ({ ...server(name), user, privateKeyPath: layout.clientKey(key) });
  const byPassword = (name) => {
    const { name: user, password } = USERS.find(({ login }) => login === 'password');
    return { ...server(name), user, password };
  };
  return {
    password: byPassword('sshd'),
    totp: { ...byKey('totp'), totpSecret: TOTP_SECRET },
    encryptedKey: { ...byKey('sshd', USER, 'encrypted'), passphrase: PASSPHRASE },
    certificate: {
      ...byKey('certificate', USER, 'certified'),
      certificatePath: `${layout.clientKey('certified')}-cert.pub`,
    },
    jump: { ...byKey('sshd'), hops: [byKey('hop1'), byPassword('hop2')] },
    maxSessions1: byKey('maxSessions1'),
    noSftp: byKey('noSftp'),
    tcsh: byKey('sshd', 'sliptcsh'),
    fish: byKey('sshd', 'slipfish'),
    noisy: byKey('noisy', 'slipnoisy'),
  };
}
