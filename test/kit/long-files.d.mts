/** Paths from the root of what `npm test` omits: files, and folders with all that is in them. */
export const longFiles: readonly string[]
