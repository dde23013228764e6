import {
  createMigrator,
  graphOf,
  type Migrator,
  type OperationRecorder,
  type Revision,
  revisions,
} from '@org/migrate-core'
import {
  type Dialect,
  emptySchema,
  type Operation,
  replay,
  type SchemaModel,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { record } from '@org/migrate-core/internal'
import type { ConformanceTest, Subject, SubjectDatabase } from './subject.ts'

export type Recorded = (op: OperationRecorder) => void

/** A line of revisions r1 <- r2 <- … */
export function line(...upgrades: readonly Recorded[]): readonly Revision[] {
  return upgrades.map((upgrade, at) => ({
    revision: `r${at + 1}`,
    downRevision: at === 0 ? null : `r${at}`,
    upgrade,
  }))
}

export function migratorOn(database: SubjectDatabase, ...upgrades: readonly Recorded[]): Migrator {
  return createMigrator({ dialect: database.dialect, tiers: [graphOf(revisions(line(...upgrades)))] })
}

/** Whether a revision is a list of statements, which cannot read what it has written: https://developers.cloudflare.com/d1/worker-api/d1-database/#batch */
export const sendsLists = ({ dialect }: SubjectDatabase): boolean => dialect.capabilities.statementList === true

export function operationsOf(dialect: UnloadedDialect, build: Recorded): readonly Operation[] {
  return record({ revision: 'r', dialect: dialect.name, build }).operations.map(({ operation }) => operation)
}

/** The model that the operations amount to, from nothing. */
export function modelOf(dialect: Dialect, ...builds: readonly Recorded[]): SchemaModel {
  const operations = builds.flatMap((build) => operationsOf(dialect, build))
  return replay(emptySchema, operations, (before, operation) => dialect.model.apply(before, operation))
}

const ours = /^migrate_/

/** The dialect as this very server speaks it, and what is in the database without the tables of the migrator. */
export async function inspect(
  database: SubjectDatabase,
): Promise<{ readonly dialect: Dialect; readonly schema: SchemaModel }> {
  const session = await database.dialect.connection.connect({ purpose: 'inspect' })
  try {
    const dialect = await (session.dialect ?? database.dialect).load()
    const model = await dialect.introspection.schema(session)
    const schema = {
      ...model,
      tables: new Map([...model.tables].filter(([, table]) => !ours.test(table.ref.name))),
      sequences: new Map([...model.sequences].filter(([, sequence]) => !ours.test(sequence.ref.name))),
    }
    return { dialect, schema }
  } finally {
    await session.close()
  }
}

export async function dialectOf(database: SubjectDatabase): Promise<Dialect> {
  const session = await database.dialect.connection.connect({ purpose: 'inspect' })
  try {
    return await (session.dialect ?? database.dialect).load()
  } finally {
    await session.close()
  }
}

export const introspected = async (database: SubjectDatabase): Promise<SchemaModel> => (await inspect(database)).schema

export const tableNames = async (database: SubjectDatabase): Promise<readonly string[]> =>
  [...(await introspected(database)).tables.keys()].sort()

/** Rows as texts, so that the answers of all clients look alike: true is 1, and bytes are hexadecimal. */
export async function rowsOf(database: SubjectDatabase, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  return (await database.sql(sql)).map((row) =>
    Object.values(row).map((value) => {
      if (value === null || value === undefined) return null
      if (typeof value === 'boolean') return value ? '1' : '0'
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
      // A zero below zero is a value of its own.
      if (Object.is(value, -0)) return '-0'
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
    }),
  )
}

/** Opens a database for the time of the body. */
export async function on<T>(
  open: () => Promise<SubjectDatabase>,
  body: (database: SubjectDatabase) => Promise<T>,
): Promise<T> {
  const database = await open()
  try {
    return await body(database)
  } finally {
    await database.close()
  }
}

/** A test with a database of its own. */
export const testOn =
  ({ open }: Pick<Subject, 'open'>) =>
  (title: string, body: (database: SubjectDatabase) => Promise<void>): ConformanceTest => ({
    title,
    run: () => on(open, body),
  })
