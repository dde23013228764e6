import { setImmediate as nextTurn } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'
import { foldName, sameName } from './ddl/tokenize.ts'
import { codeOf, messageOf } from './faults.ts'
import { quoteName } from './quote.ts'

/** A row that points nowhere; or, with `mismatch`, a key whose parent has nothing unique to point to. */
interface Violation {
  readonly table: string
  readonly parent: string
  /** Undefined for WITHOUT ROWID. */
  readonly rowid?: bigint
  readonly mismatch?: string
}

interface Found {
  readonly violation: Violation
  readonly times: number
}

export interface Violations {
  /** All tables there are, folded: which names came and went tells a renamed table. */
  readonly tables: ReadonlySet<string>
  readonly found: ReadonlyMap<string, Found>
}

const shown = 20

const keyOf = ({ table, parent, rowid, mismatch }: Violation): string =>
  JSON.stringify([table, parent, rowid?.toString(), mismatch !== undefined])

const mismatched = /foreign key mismatch - "[\s\S]*" referencing "([\s\S]*)"$/

function mismatchOf(table: string, error: unknown): Violation {
  const mismatch = messageOf(error)
  return { table, parent: mismatched.exec(mismatch)?.[1] ?? '', mismatch }
}

/**
 * Every row that points nowhere. One table at a time: a parent without a unique index makes `foreign_key_check` of the whole
 * database an error ("foreign key mismatch"), which here is a finding of that table alone.
 */
export async function foreignKeyViolations(connection: Connection): Promise<Violations> {
  const { db } = connection
  const found = new Map<string, Found>()
  const count = (violation: Violation): void => {
    const key = keyOf(violation)
    found.set(key, { violation, times: (found.get(key)?.times ?? 0) + 1 })
  }
  const names = db.prepare(`SELECT name FROM main.sqlite_schema WHERE type = 'table'`).pluck(true).all() as string[]
  const children = db.prepare(
    `SELECT DISTINCT m.name FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') AS f
      WHERE m.type = 'table' ORDER BY m.name`,
  )
  for (const child of children.pluck(true).all() as string[]) {
    await nextTurn()
    try {
      // A mismatch is an error of preparing already.
      const check = db.prepare(`PRAGMA main.foreign_key_check(${quoteName(child)})`).raw(true)
      for (const [table, rowid, parent] of check.iterate() as Iterable<[string, bigint | null, string]>) {
        count({ table, parent, ...(rowid === null ? {} : { rowid }) })
      }
    } catch (error) {
      // Whatever else goes wrong, a full disk or a broken page, says nothing of keys.
      if (codeOf(error) !== 'SQLITE_ERROR') throw error
      count(mismatchOf(child, error))
    }
  }
  return { tables: new Set(names.map(foldName)), found }
}

/** Tells whether a name now may be what another was before: a table that is gone and one that is new, always the same pair. */
function renames(before: Violations, after: Violations): (old: string, now: string) => (() => void) | undefined {
  const formerly = new Map<string, string>()
  return (old, now) => {
    if (sameName(old, now)) return () => {}
    const [was, is] = [foldName(old), foldName(now)]
    if (after.tables.has(was) || before.tables.has(is) || !before.tables.has(was) || !after.tables.has(is))
      return undefined
    const known = formerly.get(is)
    if (known === undefined ? [...formerly.values()].includes(was) : known !== was) return undefined
    return () => void formerly.set(is, was)
  }
}

/** What `after` has more than `before`; a violation of a table that was renamed meanwhile is the same one. */
function added(before: Violations, after: Violations): readonly Found[] {
  const left = new Map([...before.found].map(([key, { times }]) => [key, times]))
  const use = (key: string, wanted: number): number => {
    const used = Math.min(left.get(key) ?? 0, wanted)
    left.set(key, (left.get(key) ?? 0) - used)
    return wanted - used
  }
  const more = [...after.found].flatMap(([key, { violation, times }]) => {
    const rest = use(key, times)
    return rest === 0 ? [] : [{ violation, times: rest }]
  })
  if (more.length === 0) return more
  const byRow = new Map<string, Found[]>()
  const rowOf = ({ rowid, mismatch }: Violation): string => `${rowid} ${mismatch !== undefined}`
  for (const each of before.found.values()) {
    const row = rowOf(each.violation)
    const same = byRow.get(row)
    if (same === undefined) byRow.set(row, [each])
    else same.push(each)
  }
  const renamed = renames(before, after)
  return more.flatMap(({ violation, times }) => {
    let rest = times
    for (const { violation: old } of byRow.get(rowOf(violation)) ?? []) {
      const key = keyOf(old)
      if (rest === 0 || (left.get(key) ?? 0) === 0) continue
      const table = renamed(old.table, violation.table)
      const parent = renamed(old.parent, violation.parent)
      if (table === undefined || parent === undefined) continue
      table()
      parent()
      rest = use(key, rest)
    }
    return rest === 0 ? [] : [{ violation, times: rest }]
  })
}

function describe({ violation: { table, parent, rowid, mismatch }, times }: Found): string {
  const row = rowid === undefined ? 'a row' : `row ${rowid}`
  const text =
    mismatch === undefined ? `${table}, ${row}: refers to ${parent}, which has no such row` : `${table}: ${mismatch}`
  return times === 1 ? text : `${text} (${times} times)`
}

/** Throws FOREIGN_KEY_VIOLATION for violations that were not there before. */
export function refuseNewViolations(
  connection: Connection,
  before: Violations | undefined,
  after: Violations,
  cause?: unknown,
): void {
  const fresh = added(before ?? { tables: after.tables, found: new Map() }, after).map(describe)
  if (fresh.length === 0) return
  const more = fresh.length > 3 ? `; and ${fresh.length - 3} more` : ''
  const message = `foreign keys of ${connection.database} would be violated: ${fresh.slice(0, 3).join('; ')}${more}`
  const details = { violations: fresh.slice(0, shown) }
  throw new MigrateError('FOREIGN_KEY_VIOLATION', details, message, cause === undefined ? {} : { cause })
}
