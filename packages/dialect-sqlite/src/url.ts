import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigrateError } from '@org/migrate-core/dialect'

/** Where the database is: a file by its absolute path, or the process's memory. */
export type Place = { readonly kind: 'memory' } | { readonly kind: 'file'; readonly path: string }

const supported = [
  'sqlite:///relative/path.db',
  'sqlite:////absolute/path.db',
  'sqlite:<path>',
  'file:<path>',
  '<path>',
  ':memory:',
]

function invalid(why: string, remedy?: string): MigrateError {
  const message = `not a SQLite URL: ${why}; supported: ${supported.join(', ')}`
  return new MigrateError('INVALID_URL', { why, supported }, message, remedy === undefined ? {} : { remedy })
}

/** What stands behind the scheme; undefined for memory. Paths are taken as written: no percent-decoding, as SQLAlchemy. */
function pathOf(url: string): string | undefined {
  if (url === ':memory:') return undefined
  // One letter before the colon is a Windows drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined) return url
  const rest = url.slice(scheme.length + 1)
  if (scheme === 'sqlite+sqlcipher') {
    throw invalid(
      'encrypted databases (sqlite+sqlcipher) cannot be opened by this driver',
      'Decrypt the database, or use a release that supports SQLCipher; it is never opened as an unencrypted file.',
    )
  }
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
 * Reads the forms of a SQLite URL. Three slashes are relative, four absolute, as SQLAlchemy has it.
 * Throws INVALID_URL.
 */
export function parseUrl(url: string, baseDirectory?: string): Place {
  const file = pathOf(url)
  if (file === undefined) return { kind: 'memory' }
  if (file === '') throw invalid('it names no file')
  if (file.includes('\0')) throw invalid('the path holds a NUL character')
  return { kind: 'file', path: path.resolve(baseDirectory ?? '', file) }
}
