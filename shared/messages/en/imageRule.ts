/** Why a template’s image rule does not let an image through, or what is not known of it. */
export default {
  otherName: 'it is not called {{name}}.',
  otherCase: 'it differs from {{name}} in capitals, which count.',
  otherVersion: 'it is version {{version}}; {{wanted}} is asked for.',
  versionUnknown: 'its version is not known; {{wanted}} is asked for.',
  otherDigest: 'its content is another one (SHA-256).',
  digestUnknown: 'its content was never compared: its SHA-256 is not known.',
  otherPartition: 'it belongs to {{there}}, not to {{wanted}}.',
  partitionUnknown: 'whether it belongs to {{wanted}} is not known.',
  vanished: 'it was not there any more at the last look.',
  near: '{{image}}: {{reason}}',
} as const;
