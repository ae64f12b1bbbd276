/** How much of an image is read at most, whatever it says: it is written by anybody, and thousands are read in one scan. Bytes, unless said. */
export const READ_LIMITS = {
  /** The first read: header, the 48 descriptors that an image has by default, and what is small behind them. */
  first: 32_768,
  /** All reads of one image together. Only records, and blocks of a SquashFS, need more than some 10 kB. */
  total: 4 * 1_048_576,
  /** Reads of one image. A SquashFS needs about ten; a server that answers short, some more. */
  reads: 64,
  /** What lies closer together is read at once: a round trip costs more than these bytes. Objects of an image are aligned to 4096. */
  gap: 8192,
  /** Room for objects in the table: 48 by default, a field of the file. 1024 are 600 kB. */
  descriptors: 1024,
  /** The inspection record, an OCI index, manifest or configuration. The largest known have some 100 kB. */
  json: 1_048_576,
  /** The definition file, and the object for labels. */
  text: 262_144,
  /** The beginning of a signature, which tells its kind. */
  signature: 64,
  /** Blobs of an OCI image that may be its manifest or configuration are read ahead up to this size; layers are larger. */
  smallBlob: 65_536,
  /** How many blobs are read ahead. An image for one architecture has two small ones. */
  blobs: 16,
} as const;
