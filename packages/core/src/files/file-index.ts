import { accessSync, type BigIntStats, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RevisionHeader } from '../graph/revision.ts'
import { fingerprint } from '../model/fingerprint.ts'
import { projectCaches, removeCached, writeCached } from './cache-folders.ts'
import { type RevisionFile, withSeparator } from './folder.ts'
import { effectsNames } from './folder-names.ts'
import type { RevisionLocations } from './revision-source.ts'

/** Raise the number where a line is written, a header read or a text hashed in another way than before. */
const format = 'migrate file index 5'

/**
 * A file system may give two writes the same time (git calls such entries racy): FAT counts in 2 s. So facts stand for a text only
 * when the same text was read twice, this many ms apart: a write after the second time has another time of change.
 */
const grainMs = 3000

const none: List = Object.freeze([])

/**
 * What the system reports of a file, as text; undefined where that proves nothing: a network drive may have no inodes or no time of
 * change, and a file with another text could look the same.
 */
export function factsOf({
  size,
  mtimeNs,
  ctimeNs,
  ino,
}: Pick<BigIntStats, 'size' | 'mtimeNs' | 'ctimeNs' | 'ino'>): string | undefined {
  return mtimeNs > 0n && ctimeNs > 0n && ino > 0n ? `${size} ${mtimeNs} ${ctimeNs} ${ino}` : undefined
}

/** Those of all files of a revision. */
export function currentFacts({ path, folder }: RevisionFile): string | undefined {
  try {
    if (folder === undefined) return factsOf(statSync(path, { bigint: true }))
    const names = readdirSync(folder).filter(
      (name) => name === 'up.sql' || name === 'down.sql' || effectsNames.includes(name),
    )
    const facts = names.sort().map((name) => factsOf(statSync(join(folder, name), { bigint: true })))
    return facts.includes(undefined) ? undefined : names.map((name, at) => `${name} ${facts[at]}`).join(' ')
  } catch {
    // Reading the file reports what is wrong.
    return undefined
  }
}

/**
 * Headers and hashes of the files of a tier as they were when they were last read, each with the facts of its file. A file is read again
 * when a fact differs. An index that is damaged, of other folders or of another version counts as absent.
 *
 * Each line: name, facts, the time of the first read while that is no proof yet, then the header.
 */
class FileIndex {
  readonly #folder: string
  readonly #name: string
  readonly #start: string
  readonly #heading: string
  readonly #previous: readonly string[]
  readonly #lines: string[] = []
  readonly #startedAt = Date.now()
  #byName: ReadonlyMap<string, string> | undefined
  #isChanged = false

  constructor(folder: string, { folders, recursive }: RevisionLocations) {
    this.#folder = folder
    this.#name = nameOf({ folders, recursive })
    this.#start = withSeparator(folders[0] ?? '')
    this.#heading = `${format} ${JSON.stringify([folders, recursive])}\n`
    this.#previous = readLines(join(folder, this.#name), this.#heading)
  }

  /** Undefined where the file has to be read. */
  find(file: RevisionFile, facts: string | undefined): RevisionHeader | undefined {
    if (facts === undefined) return undefined
    const name = this.#nameOf(file)
    const line = this.#lineOf(name)
    const start = `${name}\t${facts}\t\t`
    if (line?.startsWith(start) !== true) return undefined
    const header = headerOf(line.slice(start.length), file.path)
    if (header !== undefined) this.#lines.push(line)
    return header
  }

  /** A file that was read, with its facts from before. */
  add(file: RevisionFile, before: string | undefined, header: RevisionHeader): void {
    const name = this.#nameOf(file)
    if (before === undefined || before !== currentFacts(file) || /[\t\n]/.test(name)) return
    const [start, end] = [`${name}\t${before}\t`, `\t${JSON.stringify(storedHeader(header))}`]
    const previous = this.#lineOf(name)
    const isSame = previous?.startsWith(start) === true && previous.endsWith(end)
    const firstRead = isSame ? previous.slice(start.length, -end.length) : undefined
    const line = start + this.#proof(firstRead) + end
    if (line !== previous) this.#isChanged = true
    this.#lines.push(line)
  }

  /** Nothing is lost where that fails: the files are read again. */
  save(): void {
    if (!this.#isChanged && this.#lines.length === this.#previous.length) return
    const body = this.#lines.join('\n')
    writeCached(this.#folder, this.#name, this.#heading + body + body)
  }

  /** When the same text was first read with the same facts; empty where that was long enough ago. */
  #proof(firstRead: string | undefined): string {
    const now = Date.now()
    // The clock may have been set back.
    if (firstRead === undefined || Number(firstRead) > now) return String(now)
    return firstRead === '' || Number(firstRead) + grainMs <= this.#startedAt ? '' : firstRead
  }

  #nameOf({ path }: RevisionFile): string {
    return path.startsWith(this.#start) ? path.slice(this.#start.length) : path
  }

  /** Most runs find the files in the order of the run before. */
  #lineOf(name: string): string | undefined {
    const next = this.#previous[this.#lines.length]
    if (this.#byName === undefined && next?.startsWith(`${name}\t`) === true) return next
    this.#byName ??= new Map(this.#previous.map((line) => [line.slice(0, line.indexOf('\t')), line]))
    return this.#byName.get(name)
  }
}

/** In the nearest node_modules above the revisions that can be written to; undefined where there is none. */
export function openIndex(locations: RevisionLocations): FileIndex | undefined {
  const folder = indexFolder(locations)
  return folder === undefined ? undefined : new FileIndex(folder, locations)
}

/** Where it is wrong about a file: the next run reads every file. */
export function removeIndex(locations: RevisionLocations): void {
  const folder = indexFolder(locations)
  if (folder !== undefined) removeCached(join(folder, nameOf(locations)))
}

function nameOf({ folders, recursive }: RevisionLocations): string {
  return `files-${fingerprint(JSON.stringify([folders, recursive])).slice(0, 24)}`
}

/** Above the revisions, never among them. */
function indexFolder({ folders: [first] }: RevisionLocations): string | undefined {
  if (first === undefined) return undefined
  try {
    for (const folder of projectCaches(dirname(first))) if (isWritable(folder)) return folder
  } catch {
    // A folder above can't be searched.
  }
  return undefined
}

/** One that does not exist yet is made in the folder above it. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && isWritable(dirname(folder))
  }
}

/** The text stands there twice, so that damage shows: the two are compared natively, and any sum of its bytes takes longer than reading it. */
function readLines(path: string, heading: string): readonly string[] {
  try {
    const file = readFileSync(path)
    const from = Buffer.byteLength(heading)
    const middle = (from + file.length) / 2
    const body = file.subarray(from, middle)
    const isWhole = file.toString('utf8', 0, from) === heading && body.equals(file.subarray(middle))
    return isWhole && body.length > 0 ? body.toString().split('\n') : none
  } catch {
    return none
  }
}

type List = readonly string[]

/** What few headers have stands behind the rest. */
type StoredHeader = [
  revision: string,
  parents: List,
  message: string,
  textHash: string,
  ...further: [] | [branchLabels: List, dependsOn: List, compatibleWith: List, replaces: List],
]

function storedHeader(header: RevisionHeader): readonly unknown[] {
  const { revision, parents, branchLabels, dependsOn, compatibleWith, message, textHash, replaces = none } = header
  const further = [branchLabels, dependsOn, compatibleWith, replaces]
  return [revision, parents, message, textHash, ...(further.some(({ length }) => length > 0) ? further : [])]
}

/** Its strings are copies: slices of a line would keep the whole index in memory. Undefined where another version wrote it. */
function headerOf(stored: string, source: string): RevisionHeader | undefined {
  let header: StoredHeader
  try {
    header = JSON.parse(stored) as StoredHeader
  } catch {
    return undefined
  }
  const [revision, parents, message, textHash, branchLabels = none, dependsOn = none, compatibleWith = none, replaces] =
    header
  const own = { revision, parents, branchLabels, dependsOn, compatibleWith, source, message, textHash }
  return replaces === undefined || replaces.length === 0 ? own : { ...own, replaces }
}
