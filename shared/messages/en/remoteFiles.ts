/** What files on a cluster refuse, and what goes wrong while they are sent. */
export default {
  piecesUntold: 'the server does not say how much it read of which file',
  sftpClosed: 'the server closed the SFTP channel',
  tryAgain: 'Try again.',
  sftpNotInTime: 'the server did not start it in time',
  sftpAndShell: '{{sftp}}; and over the shell: {{shell}}',
  shellTools: 'head, tail or stat is missing or of an unknown kind',
  endlessListing: 'the listing of {{folder}} goes on without naming anything',
  onlyFailure:
    'the server says only “Failure”: often a full disk, a used-up quota, or something of another kind in the way',
  noReason: 'no reason is given',
  becameShorter: 'the file became shorter while it was sent',
  changed: 'the file was changed while it was sent',
  arrivedOther: 'what arrived is not what was sent',
  arrivedPart: '{{arrived}} of {{bytes}} bytes arrived',
  startUpFilePrints:
    'a start-up file of the login shell prints text on logins without a terminal (it begins with “{{words}}”)',
  startUpFilePrintsSome: 'a start-up file of the login shell prints text on logins without a terminal',
  sftpNotStarted: 'the server does not start it ({{words}})',
  spaceUntold: 'neither stat nor df tells of the space at {{path}}',
  folderInTheWay: 'a folder is in the way',
  copiedPart: '{{copied}} of {{bytes}} bytes were copied',
} as const;
