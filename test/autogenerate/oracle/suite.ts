import { describe, expect, it, type TestContext } from 'vitest'
import { counts, longRun } from '../../kit/scale.ts'
import { skipBefore353, skipWithout } from '../../kit/sqlite-client/needs-driver.ts'
import { type OracleDatabase, type OracleEngine, on } from './databases.ts'
import { type Oracle, oracleOf, type Verdict } from './oracle.ts'
import { compared, migrationFolders, releaseTo } from './ours.ts'
import type { OracleDialect, OracleSchema } from './schema.ts'

interface Ground extends OracleEngine {
  readonly oracle: Oracle
  readonly folder: () => string
}

const nothing: Verdict = { statements: [] }
const lastOf = ({ versions }: OracleSchema): number => versions.length - 1

async function inEmpty<T>({ open }: Ground, work: (database: OracleDatabase) => Promise<T>): Promise<T> {
  const database = await open()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

const declaredOf = ({ readDrizzle }: Ground, { versions, casing }: OracleSchema, version: number) =>
  readDrizzle(versions[version] ?? {}, casing === undefined ? {} : { casing })

/** What it wants of a database that it has made itself. */
function ofItsOwn(ground: Ground, schema: OracleSchema, version: number): Promise<Verdict> {
  return inEmpty(ground, async ({ url }) => {
    expect(await ground.oracle.makes(schema, version, url)).toHaveProperty('statements')
    return ground.oracle.wants(schema, version, url)
  })
}

/** Nothing, unless the schema says why. */
async function expectedOf(ground: Ground, schema: OracleSchema, version: number): Promise<Verdict> {
  const { cannotRead, disagrees, noise } = schema
  if (disagrees !== undefined) return { statements: disagrees.wants }
  if (cannotRead !== undefined) {
    const failed: Verdict = { failed: expect.stringMatching(cannotRead.message) }
    expect(await ofItsOwn(ground, schema, version), 'of its own').toEqual(failed)
    return failed
  }
  return noise === undefined ? nothing : ofItsOwn(ground, schema, version)
}

async function findsNothingButTheMutation(ground: Ground, schema: OracleSchema): Promise<void> {
  const { oracle } = ground
  await inEmpty(ground, async ({ dialect, url, sql }) => {
    const folder = ground.folder()
    let expected = nothing
    for (const version of schema.versions.keys()) {
      const declared = declaredOf(ground, schema, version)
      const { renamed, ...answers } = schema
      await releaseTo(dialect, folder, declared, {
        ...answers,
        ...(renamed === undefined || version < lastOf(schema) ? {} : { renamed }),
        release: version,
      })
      // In the long run it is asked after each release.
      if (!longRun && version < lastOf(schema) && oracle.isByCommand(schema)) continue
      expected = await expectedOf(ground, schema, version)
      expect(await oracle.wants(schema, version, url), `of release ${version}`).toEqual(expected)
    }
    if (schema.noise !== undefined) expect(expected, 'the noise is still there').not.toEqual(nothing)
    if (schema.cannotRead !== undefined) return
    await sql(schema.mutate)
    const verdict = await oracle.wants(schema, lastOf(schema), url)
    expect(verdict, 'the mutated column').toHaveProperty('statements')
    expect(verdict, 'the mutated column is seen').not.toEqual(expected)
  })
}

async function isReadAsDeclared(ground: Ground, schema: OracleSchema): Promise<void> {
  await inEmpty(ground, async ({ dialect, url }) => {
    const created = await ground.oracle.makes(schema, lastOf(schema), url)
    if (schema.cannotMake !== undefined) {
      expect(created).toEqual({ failed: expect.stringMatching(schema.cannotMake.message) })
      return
    }
    expect(created).toHaveProperty('statements')
    const { changes } = await compared(dialect, ground.folder(), declaredOf(ground, schema, lastOf(schema)))
    expect(changes.map(({ describe: line }) => line)).toEqual(schema.disagrees?.weFind ?? [])
  })
}

export function judge(dialect: OracleDialect, schemas: readonly OracleSchema[]): void {
  const named = schemas
    .filter((_, at) => at % counts.judgedSchemaEvery === 0)
    .map((schema) => [schema.name, schema] as const)
  on[dialect]((engine) => {
    const ground: Ground = { ...engine, oracle: oracleOf(dialect), folder: migrationFolders() }
    /** The command of drizzle-kit opens a file with the driver that it finds. */
    const skipWithoutDriver = (schema: OracleSchema, context: TestContext): void => {
      if (dialect !== 'sqlite') return
      if (/ALTER COLUMN|CONSTRAINT/.test(schema.mutate)) skipBefore353(context)
      if (ground.oracle.isByCommand(schema)) skipWithout('better-sqlite3', context)
    }
    it(`${longRun ? 60 : 9} schemas or more are judged`, () => {
      expect(named.length).toBeGreaterThanOrEqual(longRun ? 60 : 9)
    })
    describe('drizzle-kit push finds nothing after our upgrade, and a column that was changed beside it', () => {
      it.for(named)('%s', ([, schema], context) => {
        skipWithoutDriver(schema, context)
        return findsNothingButTheMutation(ground, schema)
      })
    })
    describe('what drizzle-kit makes of the schema is what is declared', () => {
      it.for(named)('%s', ([, schema], context) => {
        skipWithoutDriver(schema, context)
        return isReadAsDeclared(ground, schema)
      })
    })
  })
}
