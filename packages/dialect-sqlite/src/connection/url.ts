import { statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigrateError, maskedUrl, noPathReason, requireUrl, schemeOf } from '@org/migrate-core/connection'

/** Where the database is: a file by its absolute path, encrypted or not, or the process's memory. */
export type DatabaseLocation =
  | { readonly kind: 'memory' }
  | { readonly kind: 'file'; readonly path: string; readonly encrypted: boolean }

const supported = [
  'sqlite:///relative/path.db',
  'sqlite:////absolute/path.db',
  'sqlite:<path>',
  'sqlite+sqlcipher://<path>',
  'file:<path>',
  '<path>',
  ':memory:',
]

function invalid(why: string): MigrateError {
  return new MigrateError(
    'INVALID_URL',
    { why, supported },
    `not a SQLite URL: ${why}; supported: ${supported.join(', ')}`,
  )
}

const encryptedScheme = /^sqlite\+sqlcipher:/i

/** The path of an encrypted database is what stands behind the two slashes, so that three of them make it absolute. */
function encryptedPathOf(url: string): string {
  const rest = url.replace(encryptedScheme, '')
  if (!rest.startsWith('//')) throw invalid('two slashes and the path come behind sqlite+sqlcipher:')
  // What is meant as an option may be the key, and would be part of the name of a file.
  if (rest.includes('?')) throw invalid('options after ? are not supported')
  const file = rest.slice(2)
  if (file === ':memory:') throw invalid('a database in memory is not encrypted')
  return file
}

function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory()
  } catch {
    // Absent, out of reach, or longer than a name can be: no folder for this process.
    return false
  }
}

/** A path without a scheme lies in a folder that exists: a server's URL with a slip would make folders and a file of its name. */
function plainPath(text: string, baseDirectory: string): string {
  const reason = noPathReason(text)
  if (reason !== undefined) throw invalid(`${maskedUrl(text)}: ${reason}`)
  const folder = path.dirname(path.resolve(baseDirectory, text))
  if (isFolder(folder)) return text
  throw invalid(`${maskedUrl(text)}: it has no scheme, and there is no folder ${maskedUrl(path.dirname(text))}`)
}

/** What stands behind the scheme; undefined for memory. Paths are taken as written: no percent-decoding, as SQLAlchemy. */
function pathOf(url: string, baseDirectory: string): string | undefined {
  if (url === ':memory:') return undefined
  const scheme = schemeOf(url)
  if (scheme === undefined) return plainPath(url, baseDirectory)
  const rest = url.slice(scheme.length + 1)
  if (scheme === 'file') {
    if (rest.includes('?') || rest.includes('#')) throw invalid('a file: URL may not carry options')
    if (!rest.startsWith('//')) return rest === ':memory:' ? undefined : rest
    try {
      return fileURLToPath(url)
    } catch (cause) {
      throw invalid(`the file: URL names no file here (${cause instanceof Error ? cause.message : String(cause)})`)
    }
  }
  if (scheme !== 'sqlite') throw invalid(`its scheme is ${scheme}`)
  // Of a file that is called so, its path without a scheme names it.
  if (rest.includes('?')) throw invalid('options after ? are not supported')
  if (!rest.startsWith('//')) return rest === ':memory:' ? undefined : rest
  const authority = rest.slice(2)
  if (authority === '') return undefined
  if (!authority.startsWith('/')) throw invalid('two slashes name a host, which SQLite does not have')
  const file = authority.slice(1)
  return file === ':memory:' ? undefined : file
}

/**
 * Reads the forms of a SQLite URL. Three slashes are relative, four absolute, as SQLAlchemy has it; of an encrypted database two
 * are relative and three absolute.
 * Throws INVALID_URL, and NO_DATABASE without a URL.
 */
export function parseUrl(given: string, baseDirectory = ''): DatabaseLocation {
  const url = requireUrl(given)
  const encrypted = encryptedScheme.test(url)
  const file = encrypted ? encryptedPathOf(url) : pathOf(url, baseDirectory)
  if (file === undefined) return { kind: 'memory' }
  if (file === '') throw invalid('it names no file')
  if (file.includes('\0')) throw invalid('the path holds a NUL character')
  // better-sqlite3 leaves it out of the name that it opens; the lock, and whether there is a file, would be those of another name.
  if (file !== file.trimEnd()) throw invalid('white space follows its path')
  if (file.includes('://')) throw invalid(`${maskedUrl(url)} holds another URL`)
  return { kind: 'file', path: path.resolve(baseDirectory, file), encrypted }
}
