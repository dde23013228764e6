import type { EndedProgram, ProgramCall } from './run-program.ts'

/** Loads what runs programs with the first of them. */
export const runProgram = async (call: ProgramCall): Promise<EndedProgram> =>
  (await import('./run-program.ts')).runProgram(call)
