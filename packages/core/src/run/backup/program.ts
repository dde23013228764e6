/** Loads what runs programs with the first of them. */
export const runProgram: typeof import('./run-program.ts').runProgram = async (...call) =>
  (await import('./run-program.ts')).runProgram(...call)

/** Loads what writes backups with the first of them. */
export const writeBackupFile: typeof import('./backup-file.ts').writeBackupFile = async (...call) =>
  (await import('./backup-file.ts')).writeBackupFile(...call)
