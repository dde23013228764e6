import type { CompileTable, TableModel } from '@org/migrate-core/dialect'
import { unsupported } from '../sql/quote.ts'

const schemas = 'what MySQL calls a schema is a database of its own'
const inUrl = 'Name another database in the URL, or leave the schema to PostgreSQL with op.on().'
const enums = 'MySQL has no enum types; the values of an enum stand in its column'
const alterValues = 'Change the columns: `alterColumn(name, { type: enumeration([…]) })`.'
const inColumns = 'Give the columns the type `enumeration([…])`; leave the named type to PostgreSQL with op.on().'
const rows = 'MySQL has no row security: every user that may read a table sees all of its rows'
const rowsElsewhere = 'Leave row security and policies to PostgreSQL with op.on().'
const extensions = 'plugins belong to the server, not to a database'

/** What is not there. An error each, never nothing: the schema would not be what the revision says. */
export const unsupportedStatements: Pick<
  CompileTable,
  | 'createSchema'
  | 'dropSchema'
  | 'setSchema'
  | 'createEnum'
  | 'alterEnum'
  | 'renameEnum'
  | 'dropEnum'
  | 'setRowSecurity'
  | 'createPolicy'
  | 'alterPolicy'
  | 'dropPolicy'
  | 'createExtension'
  | 'dropExtension'
> = {
  createSchema: ({ operation }) => {
    throw unsupported(`create schema ${operation.schema}`, schemas, inUrl)
  },
  dropSchema: ({ operation }) => {
    throw unsupported(`drop schema ${operation.schema}`, schemas, inUrl)
  },
  setSchema: ({ operation: { object, ref } }) => {
    throw unsupported(`move ${object} ${ref.name} to another schema`, schemas, inUrl)
  },
  createEnum: ({ operation }) => {
    throw unsupported(`create enum ${operation.enum.ref.name}`, enums, inColumns)
  },
  alterEnum: ({ operation }) => {
    throw unsupported(`change enum ${operation.enum.name}`, enums, alterValues)
  },
  renameEnum: ({ operation }) => {
    throw unsupported(`rename enum ${operation.enum.name}`, enums, inColumns)
  },
  dropEnum: ({ operation }) => {
    throw unsupported(`drop enum ${operation.enum.name}`, enums, inColumns)
  },
  setRowSecurity: ({ operation: { table } }) => {
    throw unsupported(`set row security of ${table.name}`, rows, rowsElsewhere)
  },
  createPolicy: ({ operation: { policy, table } }) => {
    throw unsupported(`create policy ${policy.name} of ${table.name}`, rows, rowsElsewhere)
  },
  alterPolicy: ({ operation: { policy, table } }) => {
    throw unsupported(`change policy ${policy} of ${table.name}`, rows, rowsElsewhere)
  },
  dropPolicy: ({ operation: { policy, table } }) => {
    throw unsupported(`drop policy ${policy} of ${table.name}`, rows, rowsElsewhere)
  },
  createExtension: ({ operation }) => {
    throw unsupported(`create extension ${operation.extension}`, extensions)
  },
  dropExtension: ({ operation }) => {
    throw unsupported(`drop extension ${operation.extension}`, extensions)
  },
}

/** Throws UNSUPPORTED for a table that is to hide rows. */
export function requireNoRowSecurity({ ref, rowSecurity, policies = [] }: TableModel): void {
  if (rowSecurity === undefined && policies.length === 0) return
  throw unsupported(`row security of ${ref.name}`, rows, rowsElsewhere)
}
