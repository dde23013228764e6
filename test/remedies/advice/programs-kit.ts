import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, integer, MigrateError, type MigratorOptions } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite } from '@org/migrate-dialect-sqlite/drizzle'
import { revision } from '../../cli/project.ts'
import { executeIn, line, migratorOf, type Recorded } from '../../execute/kit.ts'
import { advised, command, declaring, projectOf, put } from '../program.ts'
import type { Place, Scenario } from '../scenario.ts'

export type Words = readonly string[]
/** The words as they are refused, and as the advice has them. */
export const words = (wrong: Words, right: Words, before?: (place: Place) => unknown): Scenario => ({
  follows: wrong.join(' '),
  ...(before === undefined ? {} : { before }),
  call: (place) => command(place, ...wrong),
  afterwards: (place) => command(place, ...right),
})
/** What `check`, `doctor` or `status` advises, which has to be gone after `right` was done. */
export const finding = (
  advice: string,
  looking: Words,
  before: (place: Place) => unknown,
  follow: (place: Place) => unknown,
): Scenario => ({
  follows: advice,
  before,
  call: (place) => advised(place, advice, ...looking),
  follow,
})
export const up = (place: Place) => command(place, 'upgrade')
export const second = (place: Place, body = "  op.alterTable('t', (t) => { t.addColumn('n', integer()) })"): void =>
  put(place, 'migrations/b1_second.ts', revision('b1', 'a1', body))
export const forked = (place: Place): void => {
  second(place)
  put(
    place,
    'migrations/c1_third.ts',
    revision('c1', 'a1', "  op.alterTable('t', (t) => { t.addColumn('m', integer()) })"),
  )
}
export const inProject = (place: Place, text: string): void => executeIn(projectOf(place).database, text)
export const schema = (columns: string): string => `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const t = sqliteTable('t', { id: integer('id').primaryKey(), ${columns} })\n`
export const made: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
export const step =
  (
    work: (db: {
      execute: (sql: string) => Promise<unknown>
      backfill: (o: never) => Promise<unknown>
    }) => Promise<unknown>,
  ): Recorded =>
  (op) =>
    op.run('step', async (db) => void (await work(db as never)))
export const second2 = (wrong: Recorded, right: Recorded): Scenario => ({
  follows: '',
  call: (place) => place.up(line(made, wrong)),
  afterwards: (place) => place.up(line(made, right)),
})
export const options = (
  wrong: Partial<MigratorOptions>,
  right: Partial<MigratorOptions>,
  before?: (place: Place) => unknown,
): Scenario => ({
  follows: '',
  ...(before === undefined ? {} : { before }),
  call: (place) => migratorOf(place.file, line(made), wrong).upgrade(),
  afterwards: (place) => migratorOf(place.file, line(made), right).upgrade(),
})
export const sqlFile = (place: Place, text: string): void => {
  mkdirSync(join(place.folder, 'migrations/a1_x'), { recursive: true })
  writeFileSync(join(place.folder, 'migrations/a1_x/up.sql'), text)
}
export const sqlUp = (place: Place) =>
  createMigrator({
    dialect: sqliteDialect({ url: place.file }),
    tiers: [graph(join(place.folder, 'migrations'))],
  }).upgrade()
export const sqlDown = (place: Place) =>
  createMigrator({
    dialect: sqliteDialect({ url: place.file }),
    tiers: [graph(join(place.folder, 'migrations'))],
  }).downgrade('base')
export const inSql = (wrong: string, right: string): Scenario => ({
  follows: '',
  before: (place) => sqlFile(place, wrong),
  call: sqlUp,
  follow: (place) => sqlFile(place, right),
})
export const header = '-- revision: a1\n-- revises: base\n'
export const backup = (wrong: (place: Place) => string, right = (place: Place) => `${place.file}.copy`): Scenario => ({
  follows: '',
  before: (place) => place.up(line(made)),
  call: (place) =>
    migratorOf(
      place.file,
      line(made, () => {}),
    ).upgrade('head', { backup: wrong(place) }),
  afterwards: (place) =>
    migratorOf(
      place.file,
      line(made, () => {}),
    ).upgrade('head', { backup: right(place) }),
})

export function once(file: string, body: (database: ReturnType<typeof openSqlite>) => unknown): Promise<void> {
  const database = openSqlite({ url: file })
  return Promise.resolve(body(database)).then(
    async () => database.close(),
    async (error: unknown) => {
      await database.close()
      throw error
    },
  )
}
export function renamed(place: Place): void {
  declaring(place, schema("n: integer('n')"))
  second(place)
  up(place)
  put(place, 'schema.ts', schema("m: integer('m')"))
}
export function lostFile(place: Place): void {
  second(place)
  up(place)
  rmSync(join(projectOf(place).folder, 'migrations/b1_second.ts'))
}
export function undeclared(place: Place): void {
  up(place)
  declaring(place, schema("n: integer('n')"))
}
export function byHand(place: Place): void {
  declaring(place, schema(''))
  up(place)
  inProject(place, 'ALTER TABLE t ADD COLUMN by_hand INTEGER')
}

/** A change by hand on a database at which a revision is pending. */
export const byHandBehindTheHead = (place: Place): void => {
  byHand(place)
  second(place)
}

export function edit(place: Place, env: NodeJS.ProcessEnv): void {
  const { code, stdout } = projectOf(place).run(['edit', 'head', '--json'], { env })
  if (code === 0) return
  const { error } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
    readonly error: { readonly message: string; readonly remedy: string }
  }
  throw new MigrateError('USAGE', { problem: error.message }, error.message, { remedy: error.remedy })
}
export function ensured(place: Place): Promise<unknown> {
  const { database, folder } = projectOf(place)
  return createMigrator({
    dialect: sqliteDialect({ url: database }),
    tiers: [graph(join(folder, 'migrations'))],
  }).ensure({
    mode: 'verify',
    verify: { strict: true },
  })
}
export function several(place: Place): void {
  forked(place)
  put(
    place,
    'migrate.config.ts',
    "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
  )
  label(place)
  command(place, 'upgrade', 'a1')
}
export function label(place: Place): void {
  for (const [name, id] of [
    ['b1_second', 'b1'],
    ['c1_third', 'c1'],
  ] as const) {
    const file = join(projectOf(place).folder, `migrations/${name}.ts`)
    const text = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      text.replace('branchLabels: readonly string[] = []', `branchLabels: readonly string[] = ['l${id}']`),
    )
  }
}
export async function twoAtOnce(
  file: string,
  options: { readonly maxConnections: number; readonly busyTimeoutMs: number },
): Promise<void> {
  const database = openSqlite({ url: file, ...options })
  try {
    await Promise.all(
      [1, 2].map(() => database.withSession(async () => new Promise((resolve) => setTimeout(resolve, 200)))),
    )
  } finally {
    await database.close()
  }
}
