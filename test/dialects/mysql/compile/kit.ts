import {
  type Dialect,
  emptySchema,
  type Operation,
  type SchemaModel,
  type Session,
  type Statement,
} from '@org/migrate-core/dialect'
import { onTestFinished } from 'vitest'
import { compileOperations } from '../../../../packages/core/src/compile/compile.ts'
import { applyToModelFor } from '../../../../packages/dialect-mysql/src/compile/apply-to-model.ts'
import { compileFor } from '../../../../packages/dialect-mysql/src/compile/compile.ts'
import { decomposeFor } from '../../../../packages/dialect-mysql/src/compile/decompose.ts'
import { replacedKeyLength, replaceKey } from '../../../../packages/dialect-mysql/src/compile/primary-key.ts'
import { normaliseFor } from '../../../../packages/dialect-mysql/src/ddl/normalise.ts'
import { mysqlDialect } from '../../../../packages/dialect-mysql/src/dialect.ts'
import type { Server } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { mysqlDriver } from '../../../kit/drivers.ts'
import type { TestDatabase } from '../../../kit/servers.ts'

const newestServer = await mysqlDialect({ url: 'mysql://nobody@localhost/none' }).load()

/** The dialect as it would be for that server, without one. */
export function dialectOf(server: Server): Dialect {
  return {
    ...newestServer,
    compiler: {
      table: compileFor(server),
      batch: { size: replacedKeyLength, compile: (operations) => replaceKey(server, operations) },
      decompose: decomposeFor(server),
    },
    model: { apply: applyToModelFor(server), normalise: normaliseFor(server) },
  }
}

export interface Compiled {
  readonly statements: readonly Statement[]
  readonly after: SchemaModel
  /** What leads back, in the order to run it. */
  readonly back: readonly Operation[]
}

/** The operations as core compiles them. */
export function compiled(dialect: Dialect, before: SchemaModel, ...operations: readonly Operation[]): Compiled {
  const recorded = operations.map((operation) => ({ operation }))
  const { groups, after } = compileOperations(dialect, before, recorded)
  const inverses = groups.flatMap((group) => group.operations.map(({ inverse }) => inverse)).reverse()
  return {
    statements: groups.flatMap((group) => group.statements),
    after,
    back: inverses.flatMap((inverse) => ('irreversible' in inverse ? [] : inverse)),
  }
}

export const sqlOf = (dialect: Dialect, before: SchemaModel, ...operations: readonly Operation[]): readonly string[] =>
  compiled(dialect, before, ...operations).statements.map(({ sql }) => sql)

export interface Live {
  readonly db: TestDatabase
  readonly session: Session
  readonly dialect: Dialect
  introspect(...tables: readonly string[]): Promise<SchemaModel>
  /** Compiles against those tables as they are and runs it; checks that must give no rows give none. */
  run(tables: readonly string[], ...operations: readonly Operation[]): Promise<Compiled>
  shown(table: string): Promise<string>
}

export async function live(db: TestDatabase, { driver } = mysqlDriver): Promise<Live> {
  const assumed = mysqlDialect({ url: db.url, ...(driver === undefined ? {} : { driver }) })
  const session = await assumed.connection.connect({ purpose: 'run' })
  onTestFinished(() => session.close())
  const dialect = await (session.dialect ?? assumed).load()
  const read = (tables: readonly string[], counters: boolean): Promise<SchemaModel> =>
    dialect.introspection.schema(
      session,
      tables.length === 0 ? {} : { tables: tables.map((name) => ({ name })), referrers: true, counters },
    )
  const introspect = (...tables: readonly string[]): Promise<SchemaModel> => read(tables, false)
  return {
    db,
    session,
    dialect,
    introspect,
    async run(tables, ...operations) {
      const isDropped = operations.some(({ kind }) => kind === 'dropTable')
      const before = tables.length === 0 ? emptySchema : await read(tables, isDropped)
      const done = compiled(dialect, before, ...operations)
      for (const statement of done.statements) {
        if (statement.expectEmpty === undefined) await session.execute(statement.sql, statement.params)
        else if ((await session.query(statement.sql, statement.params)).length > 0)
          throw new Error(statement.expectEmpty)
      }
      return done
    },
    async shown(table) {
      const [row] = await db.sql(`SHOW CREATE TABLE \`${table}\``)
      return String(row?.['Create Table'])
    },
  }
}
