/** What is wrong with a private key, a known_hosts file or an SSH configuration. */
export default {
  notAccepted: 'a key of type {{type}} is not accepted by servers of today',
  wrongPassphrase: 'the passphrase was wrong {{times}} times',
  none: 'it holds no key',
  public: 'it is a public key; name the private one',
  unwritableName: 'the name {{name}} or the type of its key cannot stand in known_hosts',
  noKnownHostsName: 'host keys are not kept in a file of this name',
  noKnownHosts: 'what stands in it are no host keys',
  configTooLarge: 'it is too large for an SSH configuration',
  notText: 'it is not a text file',
  puttyPassphrase:
    'PuTTY’s newer form with a passphrase is not read; save it in OpenSSH’s form (PuTTYgen, Conversions), or load it into Pageant',
  damaged: 'the file is damaged',
  tooLarge: 'it is too large for what it should be',
} as const;
