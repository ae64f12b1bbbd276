/** Lines of sshd_config with which files go the one way or the other: in the second, no subsystem is called `sftp`. */
export const WAYS_TO_FILES = [
  ['sftp', []],
  ['shell', ['Subsystem sftp-by-another-name /bin/false']],
] as const;

/** Requests beyond SFTP 3, as `sftp-server -Q requests` names them. */
const EXTENSIONS = 'posix-rename,statvfs,hardlink,fsync,copy-data';

/** The servers of files that operations meet; the last two are made to do what the first does by other means. */
export const FILE_SERVERS = [
  { name: 'its sftp-server', way: 'sftp', config: [] },
  { name: 'SFTP inside of sshd', way: 'sftp', config: ['Subsystem sftp internal-sftp'] },
  {
    name: 'an SFTP that has no extensions',
    way: 'sftp',
    config: [`Subsystem sftp /usr/lib/openssh/sftp-server -P ${EXTENSIONS}`],
  },
  { name: 'no SFTP', way: 'shell', config: WAYS_TO_FILES[1][1] },
] as const;
