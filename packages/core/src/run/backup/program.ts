import type { BackupFileOptions } from './backup-file.ts'
import type { EndedProgram, ProgramCall } from './run-program.ts'

/** Loads what runs programs with the first of them. */
export const runProgram = async (call: ProgramCall): Promise<EndedProgram> =>
  (await import('./run-program.ts')).runProgram(call)

/** Loads what writes backups with the first of them. */
export const writeBackupFile = async (
  file: string,
  write: (part: string) => Promise<void>,
  options: BackupFileOptions,
): Promise<void> => (await import('./backup-file.ts')).writeBackupFile(file, write, options)
