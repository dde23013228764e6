import { isMigrateError, type MigrateError } from '@org/migrate-core'

/** The error that the work ends in. Fails where it does not end in one of ours. */
export async function refused(work: () => unknown): Promise<MigrateError> {
  try {
    await work()
  } catch (error) {
    if (isMigrateError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}
