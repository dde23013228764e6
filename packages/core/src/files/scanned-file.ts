import type { RevisionHeader } from '../graph/revision.ts'
import { normaliseSource, sha256 } from '../model/canonical.ts'
import { type RevisionFile, textOf } from './folder.ts'
import type { ScannedHeader } from './header-check.ts'
import { docblockMessage } from './source-text.ts'

/**
 * Characters of a file that is kept until its hash or its message is requested: most commands compare applied files by their
 * hash, others list them, and reading a file twice costs more than either.
 */
const longestCachedText = 8_192

export interface Scan {
  readonly scanned: ScannedHeader
  /** Where the text was read anyway. */
  readonly hash?: string
  readonly message?: string
  readonly text?: string
}

function hashOf(text: string): string {
  return sha256(normaliseSource(text))
}

/** A file of the folder. A long text is read again when it is needed: thousands of them are not kept for a graph. */
export class ScannedFile {
  readonly path: string
  readonly folder: string | undefined
  readonly scanned: ScannedHeader
  readonly #slug: string
  #hash: string | undefined
  #message: string | undefined
  #text: string | undefined

  constructor(
    { path, folder }: Pick<RevisionFile, 'path' | 'folder'>,
    { scanned, hash, message, text }: Scan,
    slug: string,
  ) {
    this.path = path
    this.folder = folder
    this.scanned = scanned
    this.#slug = slug
    this.#hash = hash
    this.#text = text
    this.#message = message ?? (folder === undefined ? undefined : slug.replaceAll('_', ' '))
  }

  /** Thousands of long texts are not kept for a graph. */
  releaseLongText(): void {
    if ((this.#text?.length ?? 0) <= longestCachedText) return
    this.hash()
    this.#text = undefined
  }

  /** Message and hash are known after it. */
  complete(): void {
    this.hash()
    this.message()
  }

  /** Message and hash are computed when they are requested, if they are not known. They are the header's own, so that a copy with `...` has them. */
  header(): RevisionHeader {
    const { revision, parents, dependsOn, branchLabels, compatibleWith, replaces: replaced } = this.scanned
    const replaces = replaced === undefined ? {} : { replaces: replaced }
    const file = this
    const [source, message, textHash] = [this.path, this.#message, this.#hash]
    if (message !== undefined && textHash !== undefined)
      return { revision, parents, dependsOn, branchLabels, compatibleWith, ...replaces, source, message, textHash }
    return {
      revision,
      parents,
      dependsOn,
      branchLabels,
      compatibleWith,
      ...replaces,
      source,
      get message() {
        return file.message()
      },
      get textHash() {
        return file.hash()
      },
    }
  }

  /** Only steps that run show it. */
  message(): string {
    this.#message ??= this.#messageIn(this.#text ?? this.#read())
    if (this.#hash !== undefined) this.#text = undefined
    return this.#message
  }

  /** The hash that was told stays: what is imported later has to be that text. */
  hash(): string {
    this.#hash ??= hashOf(this.#text ?? this.#readWithMessage())
    if (this.#message !== undefined) this.#text = undefined
    return this.#hash
  }

  /** Whether the text is still that of the hash. Throws REVISION_UNREADABLE for bytes of which Node has made other characters. */
  async isAsBefore(hash: string): Promise<boolean> {
    const text = this.#readWithMessage()
    if (text.includes('\uFFFD')) (await import('./utf8.ts')).requireUtf8(this.path, text)
    return hashOf(text) === hash
  }

  /** What was imported is shown next. */
  #readWithMessage(): string {
    const text = this.#read()
    this.#message = this.#messageIn(text)
    return text
  }

  #messageIn(text: string): string {
    return docblockMessage(text) ?? this.#slug.replaceAll('_', ' ')
  }

  #read(): string {
    return textOf(this.path)
  }
}
