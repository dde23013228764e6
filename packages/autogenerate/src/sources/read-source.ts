import { type DeclaredSchema, MigrateError } from '@org/migrate-core'
import {
  isDialect,
  isNumber,
  isSignal,
  type OptionChecks,
  oneOf,
  type Routine,
  requireArguments,
  requireOptions,
  type SchemaModel,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { allFeatures, inOwnSchema, wholeSchema } from '@org/migrate-core/internal'
import { type ReadSchema, readSchema } from '../compare/read-schema.ts'
import type { MaterialiseOptions } from '../differences/materialise.ts'
import { textOfFact } from '../differences/unmodelled-facts.ts'
import { runSql, type SqlText } from './run-sql.ts'
import { useDatabaseOf } from './use-database.ts'

/**
 * What makes a schema, where no declaration in TypeScript does: SQL, another database, or a program that makes its schema in the empty
 * database that it is told. What a program prints as SQL is `sql` with `ofProgram`.
 */
export type SchemaSource =
  | {
      readonly kind: 'sql'
      readonly texts: readonly SqlText[]
      /** A program wrote it, which knows only some kinds of objects: of a kind that it makes none of, nothing is dropped. */
      readonly ofProgram?: boolean
    }
  | { readonly kind: 'database'; readonly dialect: UnloadedDialect }
  | { readonly kind: 'program'; readonly make: (url: string) => Promise<void> }

type SourceSchema = Omit<ReadSchema, 'uncompared'> & {
  readonly ofProgram?: boolean
  readonly routines?: readonly Pick<Routine, 'name' | 'create'>[]
}

async function readWhole(dialect: UnloadedDialect, options: MaterialiseOptions): Promise<SourceSchema> {
  const { uncompared, ...read } = await readSchema(dialect, options)
  return {
    ...read,
    routines: uncompared.flatMap(({ kind, name, text }) => (kind === 'routine' ? [{ name, create: text }] : [])),
  }
}

type KindOf = SchemaSource['kind']
type Of<K extends KindOf> = Extract<SchemaSource, { readonly kind: K }>

const readers: {
  readonly [K in KindOf]: (
    dialect: UnloadedDialect,
    source: Of<K>,
    options: MaterialiseOptions,
  ) => Promise<SourceSchema>
} = {
  sql: async (dialect, { texts, ofProgram = false }, options) => ({
    ...(await runSql(dialect, texts, options)),
    ofProgram,
  }),
  database: async (dialect, { dialect: other }, options) => {
    if (other.name === dialect.name) return readWhole(other, options)
    const why = `${other.connection.database} is a database of ${other.name}, and ${dialect.connection.database} one of ${dialect.name}`
    throw new MigrateError('INVALID_OPTION', { option: 'source', why }, `The schema cannot be compared: ${why}`, {
      remedy: 'Name a database of the same kind: the types of two kinds are not the same.',
    })
  },
  program: async (dialect, { make }, options) => {
    const useDatabase = useDatabaseOf(dialect, 'The program has no database to make its schema in')
    return useDatabase(async ({ url, dialect: own }) => {
      await make(url)
      return { ...(await readWhole(own, options)), ofProgram: true }
    }, options)
  },
}

/** Extensions and empty schemas are the administrator's, as in a comparison with revisions. */
const features = { ...allFeatures, extensions: false, emptySchemas: false }

/** An ORM that knows no triggers makes none: what an author made beside it is not the ORM's to drop. */
function featuresOfProgram({ tables, views, triggers, sequences }: SchemaModel): typeof features {
  const all = [...tables.values()]
  const secured = all.some(({ rowSecurity, policies }) => rowSecurity !== undefined || (policies ?? []).length > 0)
  const kinds = [...views.values()].map(({ materialized }) => materialized === true)
  return {
    ...features,
    triggers: triggers.size > 0,
    views: kinds.includes(false),
    materializedViews: kinds.includes(true),
    sequences: [...sequences.values()].some(({ ownedBy }) => ownedBy === undefined),
    exclusions: all.some(({ constraints }) => constraints.some(({ kind }) => kind === 'exclude')),
    rowSecurity: secured,
    forcedRowSecurity: secured,
  }
}

const optionChecks: OptionChecks<MaterialiseOptions> = { signal: isSignal, waitMs: isNumber }

/**
 * The schema that a source makes, as a declaration to compare with: SQL is run in a shadow schema of the dialect's server, which is
 * dropped; another database is read; a program gets the URL of an empty database, which is read and dropped when it has ended.
 *
 * Throws INVALID_OPTION; SHADOW_REFUSED where this user may make no shadow database; STATEMENT_FAILED with file and line in its location;
 * what connecting and what the program throw.
 *
 * ```ts
 * const declared = await readSource(dialect, { kind: 'sql', texts: [{ file: 'schema.sql', text }] })
 * const { changes } = await compare(migrator, declared)
 * ```
 */
export async function readSource(
  dialect: UnloadedDialect,
  source: SchemaSource,
  options: MaterialiseOptions = {},
): Promise<DeclaredSchema> {
  const kinds = oneOf('sql', 'database', 'program')
  requireArguments('readSource', { dialect, kind: source?.kind }, { dialect: isDialect, kind: kinds })
  requireOptions('readSource', options, optionChecks)
  const read = readers[source.kind] as (typeof readers)[KindOf] as (
    dialect: UnloadedDialect,
    source: SchemaSource,
    options: MaterialiseOptions,
  ) => Promise<SourceSchema>
  const { ofProgram = false, ...result } = await read(dialect, source, options)
  const { dialect: spoken, schema: whole, routines = [] } = result
  const schema = inOwnSchema(whole, spoken.model.ownSchema)
  const unmodelled = [...routines.map(({ name, create }) => ({ name, create })), ...result.unmodelled.map(textOfFact)]
  const supportedFeatures = ofProgram ? featuresOfProgram(schema) : features
  return { ...wholeSchema(schema), notes: [], supportedFeatures, unmodelled }
}
