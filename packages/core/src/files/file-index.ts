import { accessSync, type BigIntStats, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { RevisionHeader } from '../graph/revision.ts'
import { fingerprint } from '../model/fingerprint.ts'
import { projectCaches, removeCached, writeCached } from './cache-folders.ts'
import type { RevisionFile } from './folder.ts'
import { effectsNames } from './folder-names.ts'
import type { RevisionLocations } from './revision-source.ts'

/** Raise the number where a line is written, a header read or a text hashed in another way than before. */
const format = 'migrate file index 4'

/**
 * A file system may give two writes the same time (git calls such entries racy): FAT counts in 2 s. So facts stand for a text only
 * when the same text was read twice, this many ms apart: a write after the second time has another time of change.
 */
const grainMs = 3000

/** Two sums of 32 bits in hexadecimal digits. */
const checksumLength = 16

/**
 * Shows damage: a text that differs in one character has another one for sure. No hash of `node:crypto`, which takes longer to load than
 * most indexes to read.
 */
function checksumOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c]
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    a = Math.imul(a ^ character, 0x01000193)
    b = Math.imul(b ^ character, 0x5bd1e995)
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('')
}

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
export class FileIndex {
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
    this.#start = (folders[0] ?? '') + sep
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
    const { revision, parents, branchLabels, dependsOn, compatibleWith, message, textHash, replaces } = header
    const stored = [revision, parents, branchLabels, dependsOn, compatibleWith, message, textHash, replaces ?? []]
    const [start, end] = [`${name}\t${before}\t`, `\t${JSON.stringify(stored)}`]
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
    writeCached(this.#folder, this.#name, `${this.#heading}${checksumOf(body)}\n${body}`)
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

function readLines(path: string, heading: string): readonly string[] {
  try {
    const text = readFileSync(path, 'utf8')
    const from = heading.length + checksumLength + 1
    const body = text.slice(from)
    const isWhole = text.startsWith(heading) && text.slice(heading.length, from) === `${checksumOf(body)}\n`
    return isWhole && body !== '' ? body.split('\n') : []
  } catch {
    return []
  }
}

type List = readonly string[]

type StoredHeader = [string, List, List, List, List, string, string, List]

/** Its strings are copies: slices of a line would keep the whole index in memory. Undefined where another version wrote it. */
function headerOf(stored: string, source: string): RevisionHeader | undefined {
  let header: StoredHeader
  try {
    header = JSON.parse(stored) as StoredHeader
  } catch {
    return undefined
  }
  const [revision, parents, branchLabels, dependsOn, compatibleWith, message, textHash, replaces] = header
  return {
    revision,
    parents,
    branchLabels: branchLabels.length === 0 ? none : branchLabels,
    dependsOn: dependsOn.length === 0 ? none : dependsOn,
    compatibleWith: compatibleWith.length === 0 ? none : compatibleWith,
    ...(replaces.length === 0 ? {} : { replaces }),
    source,
    message,
    textHash,
  }
}
