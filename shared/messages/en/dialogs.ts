/** Dialogs of the system, which the page can ask for and cannot answer. */
export default {
  damaged: 'Slipway’s local database is damaged',
  damagedKept: 'The damaged file is kept whatever you choose. Jobs on clusters are not touched.',
  copyThere: 'There is a good copy of {{date}}; what was noted after that is not in it.',
  copyNone: 'There is no good copy of it: with an empty database, jobs submitted before are no longer listed.',
  restore: 'Go on with the copy',
  fresh: 'Start with an empty database',
  quit: 'Quit',
  chooseTemplates: 'Choose a folder of templates',
  chooseKey: 'Choose a private key or a certificate',
  chooseKnownHosts: 'Choose a known_hosts file',
  chooseAgent: 'Choose the socket of an SSH agent',
  demo: 'The demo cluster is this computer.',
  demoRunsHere:
    'Jobs that you submit to it run here, as you, and can do what you can do: read and change your files, and use the network. Submit only scripts that you trust. Slipway says this once.',
  runHere: 'Run it here',
  cancel: 'Cancel',
} as const;
