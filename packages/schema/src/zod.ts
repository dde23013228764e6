/** Zod schemas of the rows: `@org/migrate-schema/zod`. Needs drizzle-orm, drizzle-zod and zod. */
import type { Column, Table } from 'drizzle-orm'
import { getTableColumns } from 'drizzle-orm'
import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-zod'
import { z } from 'zod'
import { stringifyJson } from './json-text.ts'
import { schema, type TableName } from './sqlite.ts'

function isJson(value: unknown): boolean {
  if (value === null || value === undefined) return false
  try {
    stringifyJson(value)
    return true
  } catch {
    return false
  }
}

/** drizzle-zod's own takes `{ a: () => 1 }` for JSON, and refuses a bigint. */
const json = z.custom(isJson, 'not a JSON value')

type Kind = 'select' | 'insert' | 'update'
const isText = (column: Column): boolean => column.columnType === 'SQLiteText' && column.enumValues === undefined

/** SQLite does not enforce lengths, so rows may have longer texts than an insert may bring. */
function refinements(table: Table, kind: Kind): Record<string, z.ZodType> {
  const entries = Object.entries(getTableColumns(table)).flatMap(([name, column]): [string, z.ZodType][] => {
    const schemaOf = column.dataType === 'json' ? json : kind === 'select' && isText(column) ? z.string() : undefined
    if (schemaOf === undefined) return []
    // drizzle-zod takes a schema as it is, so what it says of absence has to be said here.
    const nullable = column.notNull ? schemaOf : schemaOf.nullable()
    const mayMiss = kind === 'update' || (kind === 'insert' && (!column.notNull || column.hasDefault))
    return [[name, mayMiss ? nullable.optional() : nullable]]
  })
  return Object.fromEntries(entries)
}

const select = <T extends Table>(table: T) => createSelectSchema(table)
const insert = <T extends Table>(table: T) => createInsertSchema(table)
const update = <T extends Table>(table: T) => createUpdateSchema(table)

type Selects = { readonly [N in TableName]: ReturnType<typeof select<(typeof schema)[N]>> }
type Inserts = { readonly [N in TableName]: ReturnType<typeof insert<(typeof schema)[N]>> }
type Updates = { readonly [N in TableName]: ReturnType<typeof update<(typeof schema)[N]>> }

type Create = (table: Table, refine: Record<string, z.ZodType>) => unknown

// The refinements are computed, so TypeScript cannot follow them; they narrow what is accepted, never its type.
const every = (kind: Kind, create: Create): unknown =>
  Object.fromEntries(Object.entries(schema).map(([name, table]) => [name, create(table, refinements(table, kind))]))

/** Rows as a query gives them: `selectSchemas.chat.parse(row)`. */
export const selectSchemas = every('select', createSelectSchema as Create) as Selects
/** Rows as an insert takes them. */
export const insertSchemas = every('insert', createInsertSchema as Create) as Inserts
/** Changes as an update takes them. */
export const updateSchemas = every('update', createUpdateSchema as Create) as Updates
