import {
  createMigrator,
  graphOf,
  type Migrator,
  type OperationRecorder,
  type Revision,
  record,
  revisions,
} from '@org/migrate-core'
import { type Dialect, emptySchema, type Operation, replay, type SchemaModel } from '@org/migrate-core/dialect'
import type { SubjectDatabase } from './subject.ts'

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

export function operationsOf(dialect: Dialect, build: Recorded): readonly Operation[] {
  return record({ revision: 'r', dialect: dialect.name, build }).operations.map(({ operation }) => operation)
}

/** The model that the operations amount to, from nothing. */
export function modelOf(dialect: Dialect, ...builds: readonly Recorded[]): SchemaModel {
  const operations = builds.flatMap((build) => operationsOf(dialect, build))
  return replay(emptySchema, operations, (before, operation) => dialect.model.apply(before, operation))
}

/** The dialect as this very server speaks it. */
export async function dialectOf(database: SubjectDatabase): Promise<Dialect> {
  const session = await database.dialect.connection.connect({ purpose: 'inspect' })
  try {
    return session.dialect ?? database.dialect
  } finally {
    await session.close()
  }
}

const ours = /^migrate_/

/** What is in the database, without the tables of the migrator. */
export async function introspected(database: SubjectDatabase): Promise<SchemaModel> {
  const session = await database.dialect.connection.connect({ purpose: 'inspect' })
  try {
    const model = await (session.dialect ?? database.dialect).introspection.schema(session)
    return {
      ...model,
      tables: new Map([...model.tables].filter(([, table]) => !ours.test(table.ref.name))),
      sequences: new Map([...model.sequences].filter(([, sequence]) => !ours.test(sequence.ref.name))),
    }
  } finally {
    await session.close()
  }
}

/** Rows as texts, so that the answers of all clients look alike: true is 1, and bytes are hexadecimal. */
export async function rowsOf(database: SubjectDatabase, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  return (await database.sql(sql)).map((row) =>
    Object.values(row).map((value) => {
      if (value === null || value === undefined) return null
      if (typeof value === 'boolean') return value ? '1' : '0'
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
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
