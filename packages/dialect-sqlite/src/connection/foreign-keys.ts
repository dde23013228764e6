import { setImmediate as nextTurn } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf } from '../sql/faults.ts'
import { quoteName } from '../sql/quote.ts'
import { foldName, sameName } from '../sql/tokenize.ts'
import type { Connection } from './connection.ts'

/** A row that points nowhere; or, with `mismatch`, a key whose parent has nothing unique to point to. */
interface Violation {
  readonly table: string
  readonly parent: string
  /** Undefined for WITHOUT ROWID. */
  readonly rowid?: bigint
  readonly mismatch?: string
}

interface CountedViolation {
  readonly violation: Violation
  readonly times: number
}

interface Violations {
  /** All tables there are, folded: which names came and went tells a renamed table. */
  readonly tables: ReadonlySet<string>
  readonly byKey: ReadonlyMap<string, CountedViolation>
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
  const byKey = new Map<string, CountedViolation>()
  const count = (violation: Violation): void => {
    const key = keyOf(violation)
    byKey.set(key, { violation, times: (byKey.get(key)?.times ?? 0) + 1 })
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
  return { tables: new Set(names.map(foldName)), byKey }
}

/** Tells whether a name now may be what another was before: a table that is gone and one that is new, always the same pair. */
function renames(before: Violations, after: Violations): (old: string, now: string) => (() => void) | undefined {
  const formerly = new Map<string, string>()
  return (old, now) => {
    if (sameName(old, now)) return () => {}
    const [oldName, newName] = [foldName(old), foldName(now)]
    if (
      after.tables.has(oldName) ||
      before.tables.has(newName) ||
      !before.tables.has(oldName) ||
      !after.tables.has(newName)
    )
      return undefined
    const formerName = formerly.get(newName)
    if (formerName === undefined ? [...formerly.values()].includes(oldName) : formerName !== oldName) return undefined
    return () => void formerly.set(newName, oldName)
  }
}

/** What `after` has more than `before`; a violation of a table that was renamed meanwhile is the same one. */
function added(before: Violations, after: Violations): readonly CountedViolation[] {
  const left = new Map([...before.byKey].map(([key, { times }]) => [key, times]))
  const use = (key: string, count: number): number => {
    const used = Math.min(left.get(key) ?? 0, count)
    left.set(key, (left.get(key) ?? 0) - used)
    return count - used
  }
  const more = [...after.byKey].flatMap(([key, { violation, times }]) => {
    const rest = use(key, times)
    return rest === 0 ? [] : [{ violation, times: rest }]
  })
  if (more.length === 0) return more
  const byRow = new Map<string, CountedViolation[]>()
  const rowOf = ({ rowid, mismatch }: Violation): string => `${rowid} ${mismatch !== undefined}`
  for (const each of before.byKey.values()) {
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

function describe({ violation: { table, parent, rowid, mismatch }, times }: CountedViolation): string {
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
  const newViolations = added(before ?? { tables: after.tables, byKey: new Map() }, after).map(describe)
  if (newViolations.length === 0) return
  const more = newViolations.length > 3 ? `; and ${newViolations.length - 3} more` : ''
  const message = `foreign keys of ${connection.database} would be violated: ${newViolations.slice(0, 3).join('; ')}${more}`
  const details = { violations: newViolations.slice(0, shown) }
  throw new MigrateError('FOREIGN_KEY_VIOLATION', details, message, { cause })
}
