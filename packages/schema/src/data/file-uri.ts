import { isStorable } from './json-parts.ts'

const unescaped = /[A-Za-z0-9\-._~!$&'()*+,;=:@/]/

/** Every byte of the UTF-8 form that no path segment may hold as it is becomes %XX; nothing is resolved or normalised. */
function encodePath(path: string): string {
  let uri = ''
  for (const character of path) {
    if (unescaped.test(character)) {
      uri += character
    } else {
      for (const byte of new TextEncoder().encode(character)) {
        uri += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      }
    }
  }
  return uri
}

/**
 * A stored file path as a URI: what has a scheme stays, absolute paths become `file:` URIs, relative ones stay as they
 * are. Null where the text could not be stored on every database (a lone surrogate, or U+0000 in a path that stays).
 *
 * ```ts
 * fileUri('C:\\a b') // 'file:///C:/a%20b'
 * ```
 */
export function fileUri(path: string): string | null {
  const uri = toUri(path)
  return uri !== null && isStorable(uri) ? uri : null
}

function toUri(path: string): string | null {
  if (/\p{Surrogate}/u.test(path)) return null
  // RFC 3986, 3.1: scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ).
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(path)) return path
  if (path.startsWith('/')) return `file://${encodePath(path)}`
  const forward = path.replaceAll('\\', '/')
  if (/^[A-Za-z]:[\\/]/.test(path)) return `file:///${encodePath(forward)}`
  if (path.startsWith('\\\\')) return `file:${encodePath(forward)}`
  return path
}
