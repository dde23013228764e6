import { inspect } from 'node:util'
import { expect } from 'vitest'
import { familyOf, type TestDatabase } from './servers.ts'

/** Parts of the password between characters at which a URL may be taken apart: each alone would be a find. */
const parts = ['Qz7Cana', 'ry4Wx9', 'Kv2Dove', 'b8Tb5Yn3', 'Lm6Wren'] as const

/** A password that is found wherever it gets to, with everything in it that has to be percent-encoded in a URL. */
export const canary = `${parts[0]}@${parts[1]}/${parts[2]}#${parts[3]}?é %:${parts[4]}`

/** As it stands in a URL. */
export const canaryInUrl = encodeURIComponent(canary)

/** What a part becomes in base64, whatever stands before and behind it, and in hexadecimal digits. */
function disguises(part: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(part)]).toString('base64')
    return text.slice(before === 0 ? 0 : before + 1, Math.floor((before + part.length) / 3) * 4)
  })
  return [...base64, Buffer.from(part).toString('hex')].filter((text) => text.length >= 6)
}

const traces: readonly string[] = parts.flatMap((part) => [part, ...disguises(part)])

/** Everything that a value shows of itself when it is printed in any way. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value
  const shownTexts = [
    inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null }),
  ]
  if (value instanceof Error) shownTexts.push(String(value), value.message, value.stack ?? '', shown(value.cause ?? ''))
  try {
    shownTexts.push(
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? '',
    )
  } catch {
    // A circle: inspected above.
  }
  return shownTexts.join('\n')
}

/** Fails where the canary password, a part of it, or its form in percent-encoding, base64 or hexadecimal is in any of them. */
export function expectNoCanary(shownTexts: Readonly<Record<string, unknown>>): void {
  const matches = Object.entries(shownTexts).flatMap(([name, value]) => {
    const text = shown(value)
    return traces.flatMap((trace) => {
      const at = text.toLowerCase().indexOf(trace.toLowerCase())
      return at === -1 ? [] : [`${name}: …${text.slice(Math.max(0, at - 60), at + trace.length + 60)}…`]
    })
  })
  expect(matches).toEqual([])
}

/** Every row of every table of the database, read by the server's own client: the bookkeeping among them. */
export async function everyRow(database: TestDatabase): Promise<string> {
  const isPostgres = familyOf(database.server) === 'postgres'
  const own = isPostgres ? "table_schema NOT IN ('pg_catalog', 'information_schema')" : 'table_schema = DATABASE()'
  const tables = await database.sql(
    `SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE ${own}`,
  )
  const quote = (name: unknown): string => (isPostgres ? `"${name}"` : `\`${name}\``)
  const rows: unknown[] = []
  for (const { s, t } of tables) rows.push(t, await database.sql(`SELECT * FROM ${quote(s)}.${quote(t)}`))
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
}
