import type { CompileTable, TableModel } from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'

const schemas = 'SQLite has no schemas; a file is one'
const enums = 'SQLite has no enum types; a column of an enum type carries its values in a CHECK'
const sequences = 'SQLite has no sequences; AUTOINCREMENT counts per table'
const rows = 'SQLite has no row security: every user that may read a table sees all of its rows'
const rowsElsewhere = 'Leave row security and policies to PostgreSQL with op.on().'
const extensions = 'SQLite loads extensions per connection, not per database'

const alterValues = 'Change the columns: `alterColumn(name, { type: enumeration([…]) })`.'
const inColumns =
  'Give the columns the type `enumeration([…])`; leave the named type to the other databases with op.on().'

/** What SQLite has not. An error each, never nothing: the schema would not be what the revision says. */
export const unsupportedStatements: Pick<
  CompileTable,
  | 'createSchema'
  | 'dropSchema'
  | 'setSchema'
  | 'createEnum'
  | 'alterEnum'
  | 'renameEnum'
  | 'dropEnum'
  | 'createSequence'
  | 'alterSequence'
  | 'dropSequence'
  | 'setRowSecurity'
  | 'createPolicy'
  | 'alterPolicy'
  | 'dropPolicy'
  | 'createExtension'
  | 'dropExtension'
> = {
  createSchema: ({ operation }) => unsupported(`create schema ${operation.schema}`, schemas),
  dropSchema: ({ operation }) => unsupported(`drop schema ${operation.schema}`, schemas),
  setSchema: ({ operation: { object, ref } }) => unsupported(`move ${object} ${ref.name} to another schema`, schemas),
  createEnum: ({ operation }) => unsupported(`create enum ${operation.enum.ref.name}`, enums, inColumns),
  alterEnum: ({ operation }) => unsupported(`change enum ${operation.enum.name}`, enums, alterValues),
  renameEnum: ({ operation }) => unsupported(`rename enum ${operation.enum.name}`, enums, inColumns),
  dropEnum: ({ operation }) => unsupported(`drop enum ${operation.enum.name}`, enums, inColumns),
  createSequence: ({ operation }) => unsupported(`create sequence ${operation.sequence.ref.name}`, sequences),
  alterSequence: ({ operation }) => unsupported(`change sequence ${operation.sequence.name}`, sequences),
  dropSequence: ({ operation }) => unsupported(`drop sequence ${operation.sequence.name}`, sequences),
  setRowSecurity: ({ operation: { table } }) => unsupported(`set row security of ${table.name}`, rows, rowsElsewhere),
  createPolicy: ({ operation: { policy, table } }) =>
    unsupported(`create policy ${policy.name} of ${table.name}`, rows, rowsElsewhere),
  alterPolicy: ({ operation: { policy, table } }) =>
    unsupported(`change policy ${policy} of ${table.name}`, rows, rowsElsewhere),
  dropPolicy: ({ operation: { policy, table } }) =>
    unsupported(`drop policy ${policy} of ${table.name}`, rows, rowsElsewhere),
  createExtension: ({ operation }) => unsupported(`create extension ${operation.extension}`, extensions),
  dropExtension: ({ operation }) => unsupported(`drop extension ${operation.extension}`, extensions),
}

/** Throws UNSUPPORTED for a table that is to hide rows. */
export function requireNoRowSecurity({ ref, rowSecurity, policies = [] }: TableModel): void {
  if (rowSecurity !== undefined || policies.length > 0) unsupported(`row security of ${ref.name}`, rows, rowsElsewhere)
}
