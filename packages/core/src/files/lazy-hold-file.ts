/** Loads what holds files with the first of them. */
export const holdFile = async (file: string): Promise<(() => void) | number> =>
  (await import('./hold-file.ts')).holdFile(file)
