import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigrateError } from '@org/migrate-core/dialect'

/** Where the database is: a file by its absolute path, encrypted or not, or the process's memory. */
export type Place =
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

/** What stands behind the scheme; undefined for memory. Paths are taken as written: no percent-decoding, as SQLAlchemy. */
function pathOf(url: string): string | undefined {
  if (url === ':memory:') return undefined
  // One letter before the colon is a Windows drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined) return url
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
  if (!rest.startsWith('//')) return rest === ':memory:' ? undefined : rest
  const authority = rest.slice(2)
  if (authority === '') return undefined
  if (!authority.startsWith('/')) throw invalid('two slashes name a host, which SQLite does not have')
  if (authority.includes('?')) throw invalid('options after ? are not supported')
  const file = authority.slice(1)
  return file === ':memory:' ? undefined : file
}

/**
 * Reads the forms of a SQLite URL. Three slashes are relative, four absolute, as SQLAlchemy has it; of an encrypted database two
 * are relative and three absolute.
 * Throws INVALID_URL.
 */
export function parseUrl(url: string, baseDirectory?: string): Place {
  const encrypted = encryptedScheme.test(url)
  const file = encrypted ? encryptedPathOf(url) : pathOf(url)
  if (file === undefined) return { kind: 'memory' }
  if (file === '') throw invalid('it names no file')
  if (file.includes('\0')) throw invalid('the path holds a NUL character')
  return { kind: 'file', path: path.resolve(baseDirectory ?? '', file), encrypted }
}
