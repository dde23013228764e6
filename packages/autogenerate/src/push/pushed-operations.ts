import { MigrateError } from '@org/migrate-core'
import {
  type Dialect,
  refText,
  type SchemaModel,
  type Session,
  sql,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import type { PushedOperations } from '@org/migrate-core/internal'
import type { Comparison } from '../compare/types.ts'
import type { Change, FillChange } from '../differences/change.ts'
import { fillStatement } from '../render/fill.ts'

async function hasRows({ sql: { quote } }: Dialect, session: Session, ref: TableRef): Promise<boolean> {
  const query = sql`SELECT 1 AS ${quote.identifier('n')} FROM ${quote.table(ref)} LIMIT 1`
  return (await session.query(query.text)).length > 0
}

/** The changes without values that no row needs: a table without rows gets its column NOT NULL at once. */
export async function withoutNeedlessFills(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  const needed: Change[] = []
  for (const change of changes) {
    const isOpen = change.kind === 'fill' && change.value === undefined && live.tables.has(tableKey(change.table))
    if (!isOpen || (await hasRows(dialect, session, change.table))) needed.push(change)
  }
  return needed
}

function requireValue(what: string): never {
  throw new MigrateError('REVISION_INCOMPLETE', { what }, `Rows need a value of ${what}, and nothing was changed.`, {
    remedy: 'Give each a value with --fill <table>.<column>=<SQL>, or `autogenerate.fill` in the configuration.',
  })
}

function fillLabel({ table, column, where }: FillChange, at: number): string {
  const rows = where.kind === 'null' ? '' : `, '${where.value}'`
  return `${at + 1}: fill ${refText(table)}.${column}${rows}`
}

/** What a revision of these changes would record. Throws REVISION_INCOMPLETE. */
export function pushedOperationsOf({ changes }: Pick<Comparison, 'changes'>): PushedOperations {
  const functions: [string, { readonly label: string; readonly up: (db: Filling) => Promise<void> }][] = []
  const operations = changes.map(({ change }, at) => {
    if (change.kind === 'operation') {
      const { operation, replacements: [value] = [] } = change
      if (value !== undefined && operation.kind === 'alterEnum') requireValue(`${refText(operation.enum)}.${value}`)
      return { operation }
    }
    if (change.value === undefined) requireValue(`${refText(change.table)}.${change.column}`)
    const label = fillLabel(change, at)
    const { sql: text, params } = fillStatement(change)
    functions.push([label, { label, up: async (db) => void (await db.execute(text, params)) }])
    return { operation: { kind: 'run', label, direction: 'up', down: 'none' } as const }
  })
  return { operations, functions: new Map(functions) }
}

/** The part of a data step's database that a fill uses. */
interface Filling {
  execute(sql: string, params: readonly string[]): Promise<unknown>
}
