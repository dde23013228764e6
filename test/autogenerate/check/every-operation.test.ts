import { integer, isMigrateError, type Operation } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it } from 'vitest'
import { differenceLines } from '../../../packages/autogenerate/src/differences/change.ts'
import { modelOf, operationsOf } from '../../../packages/conformance/src/database.ts'
import { cases, kinds } from '../../../packages/conformance/src/operations/cases/index.ts'
import { fragments } from '../../dialects/conformance/subjects.ts'

const dialects = {
  sqlite: await sqliteDialect({ url: ':memory:' }).load(),
  postgres: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
  mariadb: await mysqlDialect({ url: 'mariadb://localhost/d' }).load(),
  mysql: await mysqlDialect({ url: 'mysql://localhost/d' }).load(),
} as const

/** They change rows, or what cannot be compared. */
const noSchema: ReadonlySet<OperationKind> = new Set(['insertRows', 'deleteRows', 'expectNone', 'sql', 'run'])

const [other] = operationsOf(dialects.sqlite, (op) =>
  op.createTable('zz_other', (t) => t.column('id', integer(), { nullable: false })),
) as readonly [Operation]

it.each(Object.keys(dialects) as (keyof typeof dialects)[])('%s: a difference is named beside another one', (name) => {
  const dialect = dialects[name]
  const invisible = kinds
    .filter((kind) => !noSchema.has(kind))
    .flatMap((kind) =>
      cases[kind].flatMap((each) => {
        if (each.needs !== undefined && each.needs(fragments[name]) === undefined) return []
        try {
          const before = modelOf(dialect, (op) => each.given?.(op, fragments[name]))
          const operations = operationsOf(dialect, (op) => each.change(op, fragments[name]))
          const changes = [...operations, other].map((operation) => ({ kind: 'operation' as const, operation }))
          const lines = differenceLines(dialect, before, changes).filter((line) => !line.includes('zz_other'))
          return lines.length > 0 ? [] : [`${kind}: ${each.title}`]
        } catch (error) {
          if (!isMigrateError(error, 'UNSUPPORTED')) throw error
          return []
        }
      }),
    )
  expect(invisible).toEqual([])
})
