import type { BuiltInDialect } from '@org/migrate-core/dialect'

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

export type DeclaredByDialect = { readonly [D in BuiltInDialect]?: Declaration }

export type SourceFrom<F extends ConfiguredSource['from']> = Extract<ConfiguredSource, { readonly from: F }>

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

const isByDialect = (schema: Declaration | DeclaredByDialect): schema is DeclaredByDialect =>
  typeof schema === 'object' && !Array.isArray(schema) && !('from' in schema)

/** What declares the schema for a dialect; undefined where the configuration names nothing for it. */
export const declarationFor = (dialect: string, schema: Declaration | DeclaredByDialect): Declaration | undefined =>
  isByDialect(schema) ? schema[dialect as BuiltInDialect] : schema

/** The dialects that have a declaration of their own. */
export function declaredDialects(schema: Declaration | DeclaredByDialect): readonly string[] {
  const names: readonly BuiltInDialect[] = ['sqlite', 'postgres', 'mysql']
  return isByDialect(schema) ? names.filter((each) => schema[each] !== undefined) : []
}
