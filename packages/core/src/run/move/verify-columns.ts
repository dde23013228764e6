import type { RecordedPresent } from '../../bookkeeping/history.ts'
import { recordedColumns } from '../../bookkeeping/recorded-columns.ts'
import type { UnloadedDialect } from '../../dialect/dialect.ts'
import type { CatalogNames } from '../../dialect/introspection.ts'
import type { Session } from '../../dialect/session.ts'
import { nameOfKey, refOfKey, tableKey } from '../../model/edit.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'

/** Names that differ only in case are the same name: not every server tells them apart. */
const folded = (name: string): string => name.toLowerCase()

/** The names of the schemas in which the recorded tables stand; of other schemas nothing is asked. */
async function namesOf(
  { introspection }: UnloadedDialect,
  session: Session,
  recorded: Promise<ReadonlyMap<string, readonly string[]>>,
): Promise<CatalogNames | undefined> {
  // Sent together: where the session can, both are one round trip.
  const [expected, own] = await Promise.all([recorded, introspection.columnNames?.(session, { schemas: [] })])
  const schemas = new Set([...expected.keys()].flatMap((key) => refOfKey(key).schema ?? []))
  if (own?.schema !== undefined) schemas.delete(own.schema)
  return schemas.size === 0 ? own : introspection.columnNames?.(session, { schemas: [...schemas] })
}

/** The warning of tables and columns that the history recorded and the database does not have, where there are some. */
export async function missingColumns(
  { dialect, names }: UnloadedOptions,
  session: Session,
  present: Promise<Pick<RecordedPresent, 'rows'>>,
): Promise<readonly string[]> {
  const recorded = present.then((read) => recordedColumns(read, names, dialect.capabilities))
  const [expected, actual] = await Promise.all([recorded, namesOf(dialect, session, recorded)])
  if (actual === undefined || expected.size === 0) return []
  const existing = new Map([...actual.columns].map(([key, columns]) => [folded(key), new Set(columns.map(folded))]))
  const missing: string[] = []
  for (const [key, columns] of expected) {
    const { schema, name } = refOfKey(key)
    const existingKey = schema !== undefined && schema === actual.schema ? tableKey({ name }) : key
    const existingColumns = existing.get(folded(existingKey))
    if (existingColumns === undefined) missing.push(`there is no table ${nameOfKey(key)}`)
    else if (existingColumns.size > 0) {
      const lacking = columns.filter((column) => !existingColumns.has(folded(column)))
      missing.push(...lacking.map((column) => `${nameOfKey(key)} has no column ${column}`))
    }
  }
  if (missing.length === 0) return []
  const { database } = dialect.connection
  const next = 'They were changed outside the migrations: restore what is missing.'
  return [`The tables of ${database} are not what its revisions made: ${missing.join('; ')}. ${next}`]
}
