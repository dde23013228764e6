import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Script } from 'node:vm'
import { writeCached } from '@org/migrate-core/node'

/** Raise the number where an entry is written in another way than before. */
const format = 'migrate code 2'

/** The heading stands behind the two copies of the code: V8 takes the bytes as they are. */
const lengthOfHeading = 256

/** One for each script, version of Node and place of the program, so that a new build takes the place of the one before. */
function nameOf(file: string): string {
  const [script] = basename(file).split('-')
  // Two places of one name take turns: the heading shows what an entry is of.
  let location = 0
  for (const byte of Buffer.from(dirname(file))) location = (location * 31 + byte) | 0
  return `code-${script}-${process.version}-${process.arch}-${location}`
}

/** What the code was made of. V8 compares no more than the length of a text with the one that the code was made of. */
function headingOf(file: string): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(file)
  return `\n${format} ${size} ${mtimeMs} ${ctimeMs} ${ino}\n`.padEnd(lengthOfHeading)
}

/** The code that V8 made of a script at an earlier start. Undefined where there is none, or none of this script, or a damaged one. */
export function readCode(folders: readonly string[], file: string): Buffer | undefined {
  const name = nameOf(file)
  for (const folder of folders) {
    try {
      const entry = readFileSync(join(folder, name))
      const length = (entry.length - lengthOfHeading) / 2
      const code = entry.subarray(0, length)
      // V8 would run damaged code. To compare two copies takes a thirtieth of the time in which a sum is computed here.
      const isWhole = code.equals(entry.subarray(length, length * 2))
      if (isWhole && entry.toString('utf8', length * 2) === headingOf(file)) return code
    } catch {
      // Absent, or out of reach.
    }
  }
  return undefined
}

/** Nothing is lost where that fails: V8 compiles the script at the next start. */
export function writeCode(folders: readonly string[], file: string, script: Script): void {
  try {
    const code = script.createCachedData()
    const entry = Buffer.concat([code, code, Buffer.from(headingOf(file))])
    folders.some((folder) => writeCached(folder, nameOf(file), entry))
  } catch {
    // The file of the script is gone: a new version was installed meanwhile.
  }
}
