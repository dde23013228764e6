import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, integer, MigrateError, type MigratorOptions } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { revision } from '../../../cli/project.ts'
import { line, type Recorded } from '../../../kit/migrator.ts'
import { executeIn, migratorOn } from '../../../unit/run/kit.ts'
import { advised, command, declaring, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'

export type CommandArguments = readonly string[]
/** The words as they are refused, and as the advice has them. */
export const argumentsCase = (
  wrong: CommandArguments,
  right: CommandArguments,
  before?: (sandbox: Sandbox) => unknown,
): Scenario => ({
  follows: wrong.join(' '),
  ...(before === undefined ? {} : { before }),
  call: (sandbox) => command(sandbox, ...wrong),
  afterwards: (sandbox) => command(sandbox, ...right),
})
/** What `check`, `doctor` or `status` advises, which has to be gone after `right` was done. */
export const finding = (
  advice: string,
  inspection: CommandArguments,
  before: (sandbox: Sandbox) => unknown,
  follow: (sandbox: Sandbox) => unknown,
): Scenario => ({
  follows: advice,
  before,
  call: (sandbox) => advised(sandbox, advice, ...inspection),
  follow,
})
export const up = (sandbox: Sandbox) => command(sandbox, 'upgrade')
export const second = (sandbox: Sandbox, body = "  op.alterTable('t', (t) => { t.addColumn('n', integer()) })"): void =>
  put(sandbox, 'migrations/b1_second.ts', revision('b1', 'a1', body))
export const forked = (sandbox: Sandbox): void => {
  second(sandbox)
  put(
    sandbox,
    'migrations/c1_third.ts',
    revision('c1', 'a1', "  op.alterTable('t', (t) => { t.addColumn('m', integer()) })"),
  )
}
export const inProject = (sandbox: Sandbox, text: string): void => executeIn(projectOf(sandbox).database, text)
export const schema = (columns: string): string => `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const t = sqliteTable('t', { id: integer('id').primaryKey(), ${columns} })\n`
export const createTable: Recorded = (op) =>
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
  call: (sandbox) => sandbox.up(line(createTable, wrong)),
  afterwards: (sandbox) => sandbox.up(line(createTable, right)),
})
export const options = (
  wrong: Partial<MigratorOptions>,
  right: Partial<MigratorOptions>,
  before?: (sandbox: Sandbox) => unknown,
): Scenario => ({
  follows: '',
  ...(before === undefined ? {} : { before }),
  call: (sandbox) => migratorOn(sandbox.file, line(createTable), wrong).upgrade(),
  afterwards: (sandbox) => migratorOn(sandbox.file, line(createTable), right).upgrade(),
})
export const sqlFile = (sandbox: Sandbox, text: string): void => {
  mkdirSync(join(sandbox.folder, 'migrations/a1_x'), { recursive: true })
  writeFileSync(join(sandbox.folder, 'migrations/a1_x/up.sql'), text)
}
export const sqlUp = (sandbox: Sandbox) =>
  createMigrator({
    dialect: sqliteDialect({ url: sandbox.file }),
    tiers: [graph(join(sandbox.folder, 'migrations'))],
  }).upgrade()
export const sqlDown = (sandbox: Sandbox) =>
  createMigrator({
    dialect: sqliteDialect({ url: sandbox.file }),
    tiers: [graph(join(sandbox.folder, 'migrations'))],
  }).downgrade('base')
export const inSql = (wrong: string, right: string): Scenario => ({
  follows: '',
  before: (sandbox) => sqlFile(sandbox, wrong),
  call: sqlUp,
  follow: (sandbox) => sqlFile(sandbox, right),
})
export const header = '-- revision: a1\n-- revises: base\n'
export const backup = (
  wrong: (sandbox: Sandbox) => string,
  right = (sandbox: Sandbox) => `${sandbox.file}.copy`,
): Scenario => ({
  follows: '',
  before: (sandbox) => sandbox.up(line(createTable)),
  call: (sandbox) =>
    migratorOn(
      sandbox.file,
      line(createTable, () => {}),
    ).upgrade('head', { backup: wrong(sandbox) }),
  afterwards: (sandbox) =>
    migratorOn(
      sandbox.file,
      line(createTable, () => {}),
    ).upgrade('head', { backup: right(sandbox) }),
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
export function renamed(sandbox: Sandbox): void {
  declaring(sandbox, schema("n: integer('n')"))
  second(sandbox)
  up(sandbox)
  put(sandbox, 'schema.ts', schema("m: integer('m')"))
}
export function lostFile(sandbox: Sandbox): void {
  second(sandbox)
  up(sandbox)
  rmSync(join(projectOf(sandbox).folder, 'migrations/b1_second.ts'))
}
export function undeclared(sandbox: Sandbox): void {
  up(sandbox)
  declaring(sandbox, schema("n: integer('n')"))
}
export function byHand(sandbox: Sandbox): void {
  declaring(sandbox, schema(''))
  up(sandbox)
  inProject(sandbox, 'ALTER TABLE t ADD COLUMN by_hand INTEGER')
}

/** A change by hand on a database at which a revision is pending. */
export const byHandBehindTheHead = (sandbox: Sandbox): void => {
  byHand(sandbox)
  second(sandbox)
}

export function edit(sandbox: Sandbox, env: NodeJS.ProcessEnv, target = 'head'): void {
  const { code, stdout } = projectOf(sandbox).run(['edit', target, '--json'], { env })
  if (code === 0) return
  const { error } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
    readonly error: { readonly message: string; readonly remedy: string }
  }
  throw new MigrateError('USAGE', { problem: error.message }, error.message, { remedy: error.remedy })
}
export function ensured(sandbox: Sandbox): Promise<unknown> {
  const { database, folder } = projectOf(sandbox)
  return createMigrator({
    dialect: sqliteDialect({ url: database }),
    tiers: [graph(join(folder, 'migrations'))],
  }).ensure({
    mode: 'verify',
    verify: { strict: true },
  })
}
export function several(sandbox: Sandbox): void {
  forked(sandbox)
  put(
    sandbox,
    'migrate.config.ts',
    "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
  )
  label(sandbox)
  command(sandbox, 'upgrade', 'a1')
}
export function label(sandbox: Sandbox): void {
  for (const [name, id] of [
    ['b1_second', 'b1'],
    ['c1_third', 'c1'],
  ] as const) {
    const file = join(projectOf(sandbox).folder, `migrations/${name}.ts`)
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
