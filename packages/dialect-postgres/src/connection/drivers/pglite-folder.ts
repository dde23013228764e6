import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { missingDatabase } from '@org/migrate-core/connection'
import { holdFile } from '@org/migrate-core/node'
import type { ConnectionRequest } from '../greeting.ts'

/** One folder has one name, whatever link leads to it; what is not there yet lies in a folder that is. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? folder : join(realFolder(above), basename(folder))
  }
}

/**
 * PGlite opens a folder as often as it is asked, and two processes in one destroy it. So a process that migrates leaves who it is beside
 * the folder. Gives what frees the folder. Throws DATA_FOLDER_HELD.
 */
export async function holdFolder(folder: string): Promise<() => void> {
  const file = `${folder}.lock`
  const held = await holdFile(file)
  if (typeof held === 'function') return held
  const why = held === 0 ? 'another process is just opening it' : `process ${held} has it open`
  throw Object.assign(new Error(`${why} (${file})`), { code: 'DATA_FOLDER_HELD' })
}

/** Whether there is no folder yet. Throws DATABASE_UNREACHABLE where it is not to be made. */
export function isMissing(folder: string, { whenMissing }: Pick<ConnectionRequest, 'whenMissing'>): boolean {
  if (existsSync(folder)) return false
  if (whenMissing === 'refuse') throw missingDatabase(folder, 'there is no such folder')
  return true
}
