import type { CompileTable } from '@org/migrate-core/dialect'
import { unsupported } from '../unsupported.ts'

const schemas = 'this dialect stays in one schema'
const enums = 'this dialect has no named enums; a column carries the values of its enum in a CHECK'
const triggers = 'this dialect has no triggers'
const rows = 'this dialect has no row security'
const sequences = 'this dialect has no sequences'
const extensions = 'this dialect loads no extensions'

/** The rest of the kinds: the type of the table asks for each, so none is forgotten. */
export const absentStatements: Pick<
  CompileTable,
  | 'createSchema'
  | 'dropSchema'
  | 'setSchema'
  | 'createEnum'
  | 'alterEnum'
  | 'renameEnum'
  | 'dropEnum'
  | 'createTrigger'
  | 'dropTrigger'
  | 'setRowSecurity'
  | 'createPolicy'
  | 'alterPolicy'
  | 'dropPolicy'
  | 'createSequence'
  | 'alterSequence'
  | 'dropSequence'
  | 'createExtension'
  | 'dropExtension'
  | 'setComment'
> = {
  createSchema: ({ operation }) => unsupported(`create schema ${operation.schema}`, schemas),
  dropSchema: ({ operation }) => unsupported(`drop schema ${operation.schema}`, schemas),
  setSchema: ({ operation }) => unsupported(`move ${operation.object} ${operation.ref.name}`, schemas),
  createEnum: ({ operation }) => unsupported(`create enum ${operation.enum.ref.name}`, enums),
  alterEnum: ({ operation }) => unsupported(`change enum ${operation.enum.name}`, enums),
  renameEnum: ({ operation }) => unsupported(`rename enum ${operation.enum.name}`, enums),
  dropEnum: ({ operation }) => unsupported(`drop enum ${operation.enum.name}`, enums),
  createTrigger: ({ operation }) => unsupported(`create trigger ${operation.trigger.name}`, triggers),
  dropTrigger: ({ operation }) => unsupported(`drop trigger ${operation.trigger}`, triggers),
  setRowSecurity: ({ operation }) => unsupported(`set row security of ${operation.table.name}`, rows),
  createPolicy: ({ operation }) => unsupported(`create policy ${operation.policy.name}`, rows),
  alterPolicy: ({ operation }) => unsupported(`change policy ${operation.policy}`, rows),
  dropPolicy: ({ operation }) => unsupported(`drop policy ${operation.policy}`, rows),
  createSequence: ({ operation }) => unsupported(`create sequence ${operation.sequence.ref.name}`, sequences),
  alterSequence: ({ operation }) => unsupported(`change sequence ${operation.sequence.name}`, sequences),
  dropSequence: ({ operation }) => unsupported(`drop sequence ${operation.sequence.name}`, sequences),
  createExtension: ({ operation }) => unsupported(`create extension ${operation.extension}`, extensions),
  dropExtension: ({ operation }) => unsupported(`drop extension ${operation.extension}`, extensions),
  setComment: ({ operation }) => unsupported(`comment on ${operation.on.table.name}`, 'this dialect keeps no comments'),
}
