import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { missingDatabase } from '@org/migrate-core/connection'
import { codeOf } from '../faults.ts'
import type { ConnectionRequest } from '../greeting.ts'

const lockFile = (folder: string): string => `${folder}.lock`

/**
 * PGlite opens a folder as often as it is asked, and two processes in one destroy it. So a process that migrates leaves its number beside
 * the folder; one that was killed has no process any more. Throws DATA_FOLDER_HELD.
 */
export function holdFolder(folder: string): () => void {
  const file = lockFile(folder)
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => releaseFolder(folder)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
      const message = `process ${holder} has it open (${file})`
      throw Object.assign(new Error(message), { code: 'DATA_FOLDER_HELD' })
    }
    takeAway(file)
  }
}

/** Whether there is no folder yet. Throws DATABASE_UNREACHABLE where it is not to be made. */
export function isMissing(folder: string, { whenMissing }: Pick<ConnectionRequest, 'whenMissing'>): boolean {
  if (existsSync(folder)) return false
  if (whenMissing === 'refuse') throw missingDatabase(folder, 'there is no such folder')
  return true
}

export function releaseFolder(folder: string): void {
  rmSync(lockFile(folder), { force: true })
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** Of several that find the same dead holder, one renames its file. */
function takeAway(file: string): void {
  const own = `${file}.${process.pid}`
  try {
    renameSync(file, own)
    rmSync(own)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
