import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Script } from 'node:vm'
import { writeCached } from '@org/migrate-core/node'

/** Raise the number where an entry is written in another way than before. */
const format = 'migrate code 1'

/** The heading stands behind the code: V8 takes the bytes as they are. */
const lengthOfHeading = 256

/** One for each version of Node and each place of the program, so that a new build takes the place of the one before. */
function nameOf(file: string): string {
  // Two places of one name take turns: the heading shows what an entry is of.
  const location = checksumOf(new Uint8Array(Buffer.from(dirname(file)))).replaceAll(' ', '.')
  return `code-${process.version}-${process.arch}-${location}`
}

/**
 * What the code was made of, and its checksum. V8 compares no more than the length of a text with the one that the code was made of,
 * and the code of a damaged entry would be run.
 */
function headingOf(file: string, code: Uint8Array): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(file)
  return `\n${format} ${size} ${mtimeMs} ${ctimeMs} ${ino} ${checksumOf(code)}\n`.padEnd(lengthOfHeading)
}

/** Sums of words of 32 bits, and of the bytes behind the last word: a change in one place shows for sure. */
function checksumOf(code: Uint8Array): string {
  const numbers = new Uint32Array(code.buffer, code.byteOffset, code.byteLength >> 2)
  let [sum, order] = [code.byteLength, 0]
  for (let at = 0; at < numbers.length; at += 1) {
    sum = (sum + (numbers[at] as number)) | 0
    order = (order + sum) | 0
  }
  for (const byte of code.subarray(numbers.length * 4)) {
    sum = (sum + byte) | 0
    order = (order + sum) | 0
  }
  return `${sum} ${order}`
}

/** The code that V8 made of a script at an earlier start. Undefined where there is none, or none of this script, or a damaged one. */
export function readCode(folders: readonly string[], file: string): Buffer | undefined {
  const name = nameOf(file)
  for (const folder of folders) {
    try {
      const entry = readFileSync(join(folder, name))
      const code = entry.subarray(0, -lengthOfHeading)
      if (entry.toString('utf8', code.length) === headingOf(file, code)) return code
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
    const entry = Buffer.concat([code, Buffer.from(headingOf(file, code))])
    folders.some((folder) => writeCached(folder, nameOf(file), entry))
  } catch {
    // The file of the script is gone: a new version was installed meanwhile.
  }
}
