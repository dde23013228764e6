/** Paths from the root of what `npm test` omits, and `--landing` too: files, and folders with all that is in them. */
export const longFiles: readonly string[]
/** Those that `npm test` omits and `--landing` runs. */
export const landingFiles: readonly string[]
