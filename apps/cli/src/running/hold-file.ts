import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { codeOf } from '@org/migrate-core/dialect'

/** Between making the file and writing into it, a process is known by nothing else. */
const writingMs = 2_000

/**
 * Holds a file for this process, as a sign to others, until it is removed; a process that was killed holds nothing. Gives back the number of
 * the process that has it, 0 where that has not said it yet, undefined where it is this one's now.
 */
export function holdFile(file: string): number | undefined {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return undefined
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder !== undefined && holder !== process.pid && (holder === 0 || isAlive(holder))) return holder
    takeAway(file)
  }
}

/** Undefined where no process holds it. */
function readHolder(file: string): number | undefined {
  try {
    const { mtimeMs } = statSync(file)
    return Number(readFileSync(file, 'utf8')) || (Date.now() - mtimeMs < writingMs ? 0 : undefined)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
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
