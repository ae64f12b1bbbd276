/** The largest text of one template, script or edited file, in characters: a megabyte of them is none that a person wrote. */
export const MAX_TEXT = 1_048_576;

/** All texts of one call together, where it takes several. */
export const MAX_TEXTS = 4 * MAX_TEXT;

/** Said of a text that is longer. */
export const TOO_LONG = 'a text has at most 1 MB';
