import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  compare,
  type Declarations,
  diffSchemas,
  type PullOptions,
  pull,
  readSchema,
  type SchemaFilter,
} from '@org/migrate-autogenerate'
import { createMigrator, type DeclaredSchema, graphOf, type Migrator, readDeclared, revisions } from '@org/migrate-core'
import { describe, type UnloadedDialect } from '@org/migrate-core/dialect'
import { allFeatures, wholeSchema } from '@org/migrate-core/internal'
import { importModule } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

export const dialectAt = (url: string): UnloadedDialect => {
  if (url.startsWith('sqlite:')) return sqliteDialect({ url })
  return url.startsWith('postgres') ? postgresDialect({ url }) : mysqlDialect({ url })
}

/** A database that no revision has changed. */
export const withoutRevisions = (url: string): Migrator =>
  createMigrator({ dialect: dialectAt(url), tiers: [graphOf(revisions([]))], tables: { version: 'other_version' } })

let folder: string | undefined
let count = 0

/** A folder from which a module finds the packages, as in a project. */
function projectFolder(): string {
  if (folder === undefined) {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-pull-')))
    mkdirSync(join(folder, 'node_modules/@org'), { recursive: true })
    symlinkSync(
      fileURLToPath(new URL('../../../packages/core', import.meta.url)),
      join(folder, 'node_modules/@org/migrate-core'),
    )
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
    const unused = folder
    process.once('exit', () => rmSync(unused, { recursive: true, force: true }))
  }
  return folder
}

/** Writes the module into a file, and reads what it exports. */
export async function readBack(text: string): Promise<DeclaredSchema> {
  count += 1
  const file = join(projectFolder(), `schema${count}.ts`)
  writeFileSync(file, text)
  return readDeclared(await importModule(file))
}

/** What people would read of a comparison of the database with the declarations. */
export async function linesOf(
  migrator: Migrator,
  declared: DeclaredSchema,
  { exclude = [] }: SchemaFilter = {},
): Promise<readonly string[]> {
  const { changes, unanswered, notes } = await compare(migrator, declared, { exclude })
  return [
    ...unanswered.map((candidate) => JSON.stringify(candidate)),
    ...changes.map(({ describe: line }) => line),
    ...notes.filter((note) => !note.includes('no revision is recorded in it')),
  ]
}

export interface Pulled extends Declarations {
  readonly declared: DeclaredSchema
  /** What a comparison with the same database finds. */
  readonly differences: readonly string[]
}

/** Pulls a database, reads the module, and compares. */
export async function pulled(url: string, options: PullOptions = {}): Promise<Pulled> {
  const migrator = withoutRevisions(url)
  const declarations = await pull(migrator, options)
  const declared = await readBack(declarations.text)
  return { ...declarations, declared, differences: await linesOf(migrator, declared, options) }
}

const write = revisionWriter()

/** Makes what is declared in an empty database, and tells what leads from there to the database that was pulled. */
export async function missingIn(
  empty: string,
  declared: DeclaredSchema,
  pulledUrl: string,
): Promise<readonly string[]> {
  const comparison = await compare(withoutRevisions(empty), declared)
  await migratorOf(dialectAt(empty), await write(comparison, [])).upgrade()
  const [created, original] = [await readSchema(dialectAt(empty)), await readSchema(dialectAt(pulledUrl))]
  const { changes, unanswered } = await diffSchemas({
    dialect: created.dialect,
    from: created.schema,
    to: { ...wholeSchema(original.schema), supportedFeatures: { ...allFeatures, extensions: false } },
    answers: { none: true },
  })
  return [
    ...unanswered.map((candidate) => JSON.stringify(candidate)),
    ...changes.map((change) => (change.kind === 'operation' ? describe(change.operation) : change.kind)),
  ]
}

/** What is not declared, a line each. */
export const undeclaredLines = ({ undeclared }: Declarations): readonly string[] =>
  undeclared.map(({ kind, schema, table, name, why }) =>
    [kind, [schema, table, name].filter((part) => part !== undefined).join('.'), why].join(' | '),
  )
