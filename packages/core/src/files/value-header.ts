import type { RevisionHeader } from '../graph/revision.ts'
import { checkedHeader, type HeaderLocation, type HeaderName, wrongKind } from './header-check.ts'

type Facts = { readonly [name in HeaderName | 'message']?: unknown }

/** A value by its id, where it has one; `origin` is where it was passed. */
export function locationOfValue({ revision }: Facts, origin: string): HeaderLocation {
  return { file: typeof revision === 'string' ? `${origin} (${revision})` : origin, isValue: true }
}

/**
 * The header of a revision that is passed as a value, checked as that of a file.
 *
 * Throws HEADER_INVALID, REVISION_FILE_INVALID.
 */
export function checkedValueHeader(value: Facts, origin: string): Omit<RevisionHeader, 'source'> {
  const location = locationOfValue(value, origin)
  const header = checkedHeader((name) => value[name], location)
  const { message = header.revision } = value
  if (typeof message !== 'string') throw wrongKind(location, 'message', 'a string')
  return { ...header, message }
}
