import type { BuiltInDialect } from '@org/migrate-core/dialect'
import type { Autogenerate } from './settings.ts'

/**
 * Files that declare a schema: paths, folders or patterns (`./src/schema/*.ts`), relative to the configuration; of several, those that
 * begin with `!` leave files out.
 */
export type SchemaFiles = string | readonly string[]

/** What makes the schema, where no file in TypeScript declares it. */
export type ConfiguredSource =
  | { readonly from: 'sql'; readonly files: SchemaFiles }
  | { readonly from: 'database'; readonly url: string }
  | { readonly from: 'command'; readonly command: string; readonly database?: string }

/** What declares a schema for one database. */
export type Declaration = SchemaFiles | ConfiguredSource

/**
 * The schema that files of SQL make. They are run in the order of their names in a shadow schema, which is dropped.
 *
 * ```ts
 * export default defineConfig({ migrations: './migrations', autogenerate: { schema: fromSql('schema/*.sql') } })
 * ```
 */
export const fromSql = (files: SchemaFiles): ConfiguredSource => ({ from: 'sql', files })

/** The schema of another database of the same kind. It is only read. */
export const fromDatabase = (url: string): ConfiguredSource => ({ from: 'database', url })

/**
 * The schema that a command prints as SQL. With `database`, the schema that it makes in an empty database, whose URL it finds in the
 * environment variable of that name. It runs in the shell, in the folder of the configuration.
 *
 * ```ts
 * fromCommand('npx prisma migrate diff --from-empty --to-schema prisma/schema.prisma --script')
 * fromCommand('npx typeorm schema:sync -d data-source.js', { database: 'DATABASE_URL' })
 * ```
 */
export const fromCommand = (command: string, { database }: { readonly database?: string } = {}): ConfiguredSource => ({
  from: 'command',
  command,
  ...(database === undefined ? {} : { database }),
})

const isSource = (schema: Autogenerate['schema']): schema is ConfiguredSource =>
  typeof schema === 'object' && 'from' in schema

/** What declares the schema for a dialect; undefined where the configuration names nothing for it. */
export function declarationFor(dialect: string, { schema }: Autogenerate): Declaration | undefined {
  if (typeof schema === 'string' || Array.isArray(schema) || isSource(schema)) return schema as Declaration
  return (schema as { readonly [D in BuiltInDialect]?: Declaration })[dialect as BuiltInDialect]
}

/** Whether each database has a declaration of its own. */
export const isByDialect = ({ schema }: Autogenerate): boolean =>
  typeof schema === 'object' && !Array.isArray(schema) && !isSource(schema)
