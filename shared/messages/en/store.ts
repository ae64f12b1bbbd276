/** Why the local database does not take or give something. */
export default {
  SQLITE_NOTADB: 'the file is not a database, or it is damaged ({{words}})',
  SQLITE_CORRUPT: 'the file is damaged ({{words}})',
  SQLITE_BUSY: 'another program holds it ({{words}})',
  SQLITE_READONLY: 'the file or its folder cannot be written ({{words}})',
  SQLITE_CANTOPEN: 'the file or its folder cannot be opened ({{words}})',
  SQLITE_PERM: 'access is refused ({{words}})',
  SQLITE_FULL: 'the disk is full ({{words}})',
  SQLITE_IOERR: 'the disk reports an error ({{words}})',
  SQLITE_CONSTRAINT: 'it is there already ({{words}})',
  nodeApi:
    'this runtime offers Node-API {{offered}} and the database needs {{needed}}: use Node 22.14, Electron 35 or newer',
  otherProgram: 'the file is a database of another program',
  noSuchJob: 'there is no such job',
  jobUnreadable: 'what is stored of the job cannot be read',
  startAnew: 'Start Slipway anew: it offers to go on with the newest good copy.',
  noLocks: 'its file system keeps no locks, as some network folders do not',
  localDisk: 'Choose a folder on a disk of this computer with --data.',
  goOnFresh:
    'The damaged file is kept. There is no copy of it yet: go on with an empty database by `{{command}} --start-fresh`.',
  goOnWithCopy:
    'The damaged file is kept whatever you choose. Go on with the copy of {{date}} by `{{command}} --restore`, or with an empty database by `{{command}} --start-fresh`.',
  tooMany: '{{collection}} holds {{most}} entries already, which is all that it may',
  discardSome: 'Discard what is not needed any more.',
  emptyWithLog: 'the file is empty or gone, and a log of changes is left',
  emptyWithCopies: 'the file is empty or gone, and copies of it are there',
  heldByOther: 'another program holds it',
  updateThread: 'a thread of the update does not answer',
} as const;
