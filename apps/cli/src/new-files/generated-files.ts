import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cacheFolders, writeCached } from '@org/migrate-core/node'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
/** While programs of the configuration change the file. */
const interruptedMark = 'interrupted'
/** Of one file: each amendment adds one. */
const longestRecord = 20

interface RecordFile {
  readonly folder: string
  readonly name: string
}

/** Undefined where this user has no folder that can be written to. */
function recordOf(file: string): RecordFile | undefined {
  const folder = cacheFolders(file).at(-1)
  return folder === undefined ? undefined : { folder, name: `generated-${hashOf(file).slice(0, 24)}` }
}

function readRecord({ folder, name }: RecordFile): readonly string[] {
  try {
    return readFileSync(join(folder, name), 'utf8').split('\n')
  } catch {
    // Nothing was generated there, or the cache was emptied.
    return []
  }
}

function add(file: string, line: string): void {
  const record = recordOf(file)
  if (record === undefined) return
  const lines = readRecord(record).filter((each) => each !== interruptedMark && each !== line)
  writeCached(record.folder, record.name, [...lines, line].slice(-longestRecord).join('\n'))
}

/** Remembers a text that was generated for a file. Without it, a file counts as edited. */
export function recordGenerated(file: string, text: string): void {
  add(file, hashOf(text))
}

/** Remembers that programs of the configuration are changing a generated file. */
export function recordInterrupted(file: string): void {
  add(file, interruptedMark)
}

/** Whether a file has exactly what was generated; `interrupted` where a process was killed while hooks changed it. */
export function generatedState(file: string): 'generated' | 'interrupted' | 'edited' {
  const record = recordOf(file)
  const lines = record === undefined ? [] : readRecord(record)
  if (lines.includes(hashOf(readFileSync(file, 'utf8')))) return 'generated'
  return lines.at(-1) === interruptedMark ? 'interrupted' : 'edited'
}

/** A name beside a file that is not read as a revision. */
export const hiddenPath = (file: string, purpose: string): string =>
  join(dirname(file), `.${basename(file)}.${purpose}`)
