import { lstatSync, realpathSync } from 'node:fs'

/** The file that a path stands for: what SQLite keeps beside a file is named after it, whatever link it was opened by. */
export const linkedFile = (file: string): string => (lstatSync(file).isSymbolicLink() ? realpathSync(file) : file)
