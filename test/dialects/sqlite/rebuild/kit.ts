import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Dialect,
  type Operation,
  type OperationAround,
  type OperationKind,
  type SchemaModel,
  type Session,
  type Statement,
  schemaDifferences,
} from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'

/** A database file made by the driver itself. */
export function database(sql: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rebuild-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'app.db')
  raw(file, (db) => db.exec(sql))
  return file
}

export function raw<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file)
  db.defaultSafeIntegers(true)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** Rows through the driver's own client, as arrays. */
export function rows(file: string, sql: string): unknown[][] {
  return raw(file, (db) => db.prepare(sql).raw().all() as unknown[][])
}

/** The text of one object as SQLite keeps it. */
export function text(file: string, name: string): unknown {
  return rows(file, `SELECT sql FROM sqlite_master WHERE name = '${name}'`)[0]?.[0]
}

function compileOne<K extends OperationKind>(dialect: Dialect, at: OperationAround<K>): readonly Statement[] {
  return dialect.compiler.table[at.operation.kind as K](at)
}

/** The statements of a list of operations, in the groups in which the dialect makes them. */
export async function compile(
  dialect: Dialect,
  session: Session,
  operations: readonly Operation[],
): Promise<{ readonly groups: readonly (readonly Statement[])[]; readonly expected: SchemaModel }> {
  let model = await dialect.introspection.schema(session)
  const arounds = operations.map((operation): OperationAround => {
    const before = model
    model = dialect.model.apply(before, operation)
    return { operation, before, after: model }
  })
  const groups: (readonly Statement[])[] = []
  for (let at = 0; at < arounds.length; ) {
    const rest = arounds.slice(at)
    const size = dialect.compiler.batch?.size(rest) ?? 1
    const first = rest[0] as OperationAround
    groups.push(size === 1 ? compileOne(dialect, first) : (dialect.compiler.batch?.compile(rest.slice(0, size)) ?? []))
    at += size
  }
  return { groups, expected: model }
}

export async function apply(
  session: Session,
  statements: readonly Statement[],
  copying: Parameters<Session['copy']>[1] = {},
): Promise<void> {
  const off = statements.some((statement) => statement.foreignKeys === 'off')
  const scope = await session.begin(off ? { foreignKeys: 'off' } : {})
  try {
    for (const statement of statements) {
      if (statement.copy !== undefined) await session.copy(statement.copy, copying)
      else if (statement.expectEmpty !== undefined) {
        const result = await session.query(statement.sql, statement.params)
        if (result.length > 0)
          throw new Error(
            `${statement.expectEmpty}: ${JSON.stringify(result, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))}`,
          )
      } else await session.execute(statement.sql, statement.params)
    }
  } catch (error) {
    await scope.rollback()
    throw error
  }
  await scope.commit()
}

export interface Done {
  readonly groups: readonly (readonly Statement[])[]
  readonly statements: readonly Statement[]
  /** How many tables were rebuilt. */
  readonly rebuilds: number
}

function normal(dialect: Dialect, model: SchemaModel): SchemaModel {
  return { ...model, tables: new Map([...model.tables].map(([key, table]) => [key, dialect.model.normalise(table)])) }
}

/** Changes a database through the dialect's own compile and session, and nothing else. */
export async function change(file: string, operations: readonly Operation[]): Promise<Done> {
  const dialect = await sqliteDialect({ url: file }).load()
  const session = await dialect.connection.connect({ purpose: 'run' })
  try {
    const { groups, expected } = await compile(dialect, session, operations)
    const statements = groups.flat()
    await apply(session, statements)
    // What the database is now has to be what was planned, or the next plan starts from a lie.
    const result = await dialect.introspection.schema(session)
    const differences = schemaDifferences(normal(dialect, expected), normal(dialect, result))
    if (differences.length > 0) throw new Error(`not what was planned: ${differences.join('; ')}`)
    return { groups, statements, rebuilds: statements.filter((statement) => statement.copy !== undefined).length }
  } finally {
    await session.close()
  }
}

const ref = (name: string) => ({ name })

/** A change that SQLite has no ALTER for. */
export const toText = (table: string, column: string): Operation => ({
  kind: 'alterColumn',
  table: ref(table),
  column,
  change: { type: { kind: 'text' } },
})

export const addCheck = (table: string, expression: string): Operation => ({
  kind: 'addConstraint',
  table: ref(table),
  constraint: { kind: 'check', expression },
})
