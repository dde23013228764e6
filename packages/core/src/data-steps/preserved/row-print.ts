import { sha256 } from '../../model/canonical.ts'
import type { Row } from '../../model/sql-value.ts'
import { valueHash } from './encode.ts'

/**
 * A digest of a row that tells how much of it has changed: for each column four characters of its name and nine digits of the hash of its
 * value, which a server computes as well. No server tells a row that was updated from one that was deleted and inserted again under its key, so the columns have to.
 */
const nameLength = 4
export const valueLength = 9
export const nothing = '-'.repeat(valueLength)

export const namePrint = (name: string): string =>
  Buffer.from(sha256(name), 'hex').toString('base64url').slice(0, nameLength)

export function printRow(row: Row, columns: readonly string[], named = (column: string): string => column): string {
  return columns
    .map((name) => {
      const value = row[name] ?? null
      return namePrint(named(name)) + (value === null ? nothing : valueHash(value).slice(0, valueLength))
    })
    .sort()
    .join('')
}

function parse(print: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>()
  const size = nameLength + valueLength
  for (let at = 0; at + size <= print.length; at += size) {
    hashes.set(print.slice(at, at + nameLength), print.slice(at + nameLength, at + size))
  }
  return hashes
}

/**
 * Whether nothing of the row has changed in the columns that it had before and still has.
 *
 * @param counts the columns to compare, by `namePrint`
 */
export function isUntouched(before: string, now: string, counts: (name: string) => boolean): boolean {
  const present = parse(now)
  return [...parse(before)].every(([name, value]) => !counts(name) || (present.get(name) ?? value) === value)
}

/**
 * Whether it is still the same row: nothing of it has changed, or at least half of the values that it held are as they were. A column that
 * it did not have tells nothing: an interrupted upgrade has added it.
 *
 * @param counts the columns to compare, by `namePrint`; default: all
 */
export function isSameRow(before: string, now: string, counts = (_: string): boolean => true): boolean {
  if (before === now) return true
  const present = parse(now)
  const columns = [...parse(before)]
  if (columns.every(([name, value]) => present.get(name) === value)) return true
  const held = columns.filter(([name, value]) => value !== nothing && counts(name))
  const same = held.filter(([name, value]) => present.get(name) === value)
  return held.length > 0 && same.length * 2 >= held.length
}
