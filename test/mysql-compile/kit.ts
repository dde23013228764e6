import type { Dialect } from '@org/migrate-core/dialect'
import {
  emptySchema,
  type Operation,
  type OperationKind,
  type SchemaModel,
  type Session,
  type Statement,
  type TableRef,
} from '@org/migrate-core/dialect'
import { onTestFinished } from 'vitest'
import { advanceFor } from '../../packages/dialect-mysql/src/advance.ts'
import { compileFor } from '../../packages/dialect-mysql/src/compile/compile.ts'
import { connector } from '../../packages/dialect-mysql/src/connect.ts'
import type { Server } from '../../packages/dialect-mysql/src/flavour.ts'
import { introspectFor } from '../../packages/dialect-mysql/src/introspect/index.ts'
import { unfoldFor } from '../../packages/dialect-mysql/src/unfold.ts'
import type { TestDatabase } from '../kit/servers.ts'

export interface Compiled {
  readonly statements: readonly Statement[]
  readonly after: SchemaModel
}

/** The operations as core compiles them: one after the other, each as what it amounts to. */
export function compiled(server: Server, before: SchemaModel, ...operations: readonly Operation[]): Compiled {
  const [compile, advance, unfold] = [compileFor(server), advanceFor(server), unfoldFor(server)]
  const statements: Statement[] = []
  let model = before
  for (const recorded of operations) {
    for (const operation of unfold(model, recorded)) {
      const after = advance(model, operation)
      const one = compile[operation.kind as OperationKind] as (at: object) => readonly Statement[]
      statements.push(...one({ operation, before: model, after }))
      model = after
    }
  }
  return { statements, after: model }
}

export const sqlOf = (server: Server, before: SchemaModel, ...operations: readonly Operation[]): readonly string[] =>
  compiled(server, before, ...operations).statements.map(({ sql }) => sql)

export interface Live {
  readonly db: TestDatabase
  readonly session: Session
  readonly server: Server
  look(...tables: readonly (string | TableRef)[]): Promise<SchemaModel>
  /** Compiles against the live tables and runs it; checks that must give no rows give none. */
  run(tables: readonly string[], ...operations: readonly Operation[]): Promise<readonly string[]>
  shown(table: string): Promise<string>
}

export async function live(db: TestDatabase): Promise<Live> {
  let server: Server | undefined
  const session = await connector({ url: db.url }).connect({ purpose: 'run' }, (found) => {
    server = found.server
    return { name: 'mysql' } as Dialect
  })
  onTestFinished(() => session.close())
  if (server === undefined) throw new Error('no server')
  const found = server
  const look = async (...tables: readonly (string | TableRef)[]): Promise<SchemaModel> =>
    tables.length === 0
      ? introspectFor(found)(session)
      : introspectFor(found)(session, {
          tables: tables.map((table) => (typeof table === 'string' ? { name: table } : table)),
          referrers: true,
        })
  return {
    db,
    session,
    server: found,
    look,
    async run(tables, ...operations) {
      const before = tables.length === 0 ? emptySchema : await look(...tables)
      const { statements } = compiled(found, before, ...operations)
      for (const statement of statements) {
        if (statement.expectEmpty === undefined) await session.execute(statement.sql, statement.params)
        else if ((await session.query(statement.sql, statement.params)).length > 0)
          throw new Error(statement.expectEmpty)
      }
      return statements.map(({ sql }) => sql)
    },
    async shown(table) {
      const [row] = await db.sql(`SHOW CREATE TABLE \`${table}\``)
      return String(row?.['Create Table'])
    },
  }
}
