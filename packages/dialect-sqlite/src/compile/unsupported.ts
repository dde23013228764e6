import type { CompileTable } from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'

const schemas = 'SQLite has no schemas; a file is one'
const enums = 'SQLite has no enum types; a column of an enum type carries its values in a CHECK'
const sequences = 'SQLite has no sequences; AUTOINCREMENT counts per table'
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
  createExtension: ({ operation }) => unsupported(`create extension ${operation.extension}`, extensions),
  dropExtension: ({ operation }) => unsupported(`drop extension ${operation.extension}`, extensions),
}
