/** Why a file of this computer cannot be added. */
export default {
  tooMuchToConvert: 'it has more than {{limit}} by now, too much to be converted',
  denied: 'this computer denies access to it',
  addFilesInIt: 'Add the files in it, or pack it into one archive.',
} as const;
