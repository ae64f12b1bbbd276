/** Why a setting that names a place of this computer is not taken. */
export default {
  blank: 'it is blank, or holds a control character or one that reverses text',
  oneWord: 'it is one word, without a blank',
  oneName: 'it is one name, without , * ? ! | # " @',
  wholePath: 'a whole path is needed, from the root of the file system or from ~, without ..',
  wholePathFromRoot: 'a whole path is needed, from the root of the file system',
  browse: 'Choose it with the Browse… button beside the field, or allow it in a terminal: {{command}}',
  allow: 'If you want it to be used, allow it in a terminal, and save again: {{command}}',
} as const;
