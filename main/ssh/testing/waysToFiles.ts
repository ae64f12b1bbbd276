/** Lines of sshd_config with which files go the one way or the other: in the second, no subsystem is called `sftp`. */
export const WAYS_TO_FILES = [
  ['sftp', []],
  ['shell', ['Subsystem sftp-by-another-name /bin/false']],
] as const;
