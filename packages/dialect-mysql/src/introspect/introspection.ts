import type { DialectErrors, DialectIntrospection } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { columnNames, viewNames } from './column-names.ts'
import { definitionsOf } from './definitions-of.ts'
import { introspectFor } from './index.ts'
import { obstacles } from './obstacles.ts'

export const introspectionFor = (server: Server, kindOf: DialectErrors['kindOf']): DialectIntrospection => ({
  schema: introspectFor(server),
  columnNames,
  viewNames,
  definitionsOf: (session, statement) => definitionsOf(session, statement, kindOf),
  obstacles: (session, absent) => obstacles(session, absent, kindOf),
  // https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html: approximate for InnoDB.
  estimatedRows: async (session, { name }) => {
    const [row] = await session.query(
      'SELECT table_rows AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
      [name],
    )
    return row?.n === undefined || row.n === null ? undefined : Number(row.n)
  },
})
