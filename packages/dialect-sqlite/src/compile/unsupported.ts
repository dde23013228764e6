import { type CompileTable, missingObjects } from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'

const sequences = 'SQLite has no sequences; AUTOINCREMENT counts per table'

const missing = missingObjects({
  dialect: 'sqlite',
  server: 'SQLite',
  schemas: { why: 'SQLite has no schemas; a file is one' },
  enums: {
    why: 'SQLite has no enum types; a column of an enum type carries its values in a CHECK',
    remedy: 'Give the columns the type `enumeration([…])`; leave the named type to the other databases with op.on().',
  },
  extensions: { why: 'SQLite loads extensions per connection, not per database' },
})

/** What SQLite has not. */
export const unsupportedStatements = {
  ...missing.statements,
  createSequence: ({ operation }) => unsupported(`create sequence ${operation.sequence.ref.name}`, sequences),
  alterSequence: ({ operation }) => unsupported(`change sequence ${operation.sequence.name}`, sequences),
  dropSequence: ({ operation }) => unsupported(`drop sequence ${operation.sequence.name}`, sequences),
} satisfies Partial<CompileTable>

export const { requireNoRowSecurity } = missing
