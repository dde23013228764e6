import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, type Project, revision } from '../../../cli/project.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { install, installed, type Package } from '../../../repository/packaging/installed.ts'

const files = {
  'migrations/a1_first.ts': revision('a1', null, "  op.createTable('t', (t) => { t.column('id', integer()) })"),
}
const declared = `import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
export const t = sqliteTable('t', { id: integer('id') })
`
const withSchema = `export default {
  url: 'sqlite:./app.db', migrations: './migrations', autogenerate: { schema: './declared/schema.ts' },
}
`

function projectWith(more: Readonly<Record<string, string>>, ...names: readonly Package[]): Project {
  const project = installed(
    {
      'migrate.config.ts':
        "export default { url: process.env.APP_URL ?? 'sqlite:./app.db', migrations: './migrations' }\n",
      ...files,
      ...more,
    },
    ...names,
  )
  onTestFinished(() => project.remove())
  return project
}

/** The command says what to install; once that is where npm puts it, the same command works. */
function follow(
  project: Project,
  args: readonly string[],
  expected: { readonly advice: string; readonly install: Package },
  env = {},
): void {
  const refused = project.run(args, { env })
  expect({ code: refused.code, stderr: refused.stderr }).toEqual({
    code: expect.any(Number),
    stderr: expect.stringContaining(expected.advice),
  })
  expect(refused.code).not.toBe(0)
  install(project.folder, expected.install)
  const done = project.run(args, { env })
  expect({ code: done.code, stderr: done.stderr }).toMatchObject({ code: 0 })
}

beforeAll(ensureBuilt, 120_000)

describe('what is advised about packages', () => {
  test('about the package of a dialect: once it is installed, the command works', () => {
    follow(projectWith({}, 'better-sqlite3'), ['upgrade'], {
      advice: 'Run `npm install @org/migrate-dialect-sqlite` (or `pnpm add @org/migrate-dialect-sqlite`).',
      install: '@org/migrate-dialect-sqlite',
    })
  })

  // A newer Node has a SQLite of its own, which is taken instead.
  if (Number.parseInt(process.versions.node, 10) < 22) {
    test('about the driver of SQLite: once it is installed, the command works', () => {
      follow(projectWith({}, '@org/migrate-dialect-sqlite'), ['upgrade'], {
        advice: 'Install it: `npm install better-sqlite3@12`, or use Node 24, which brings SQLite along.',
        install: 'better-sqlite3',
      })
    })
  }

  test('about what reads a schema of Drizzle: once it is installed, the schema is read', () => {
    const project = projectWith(
      { 'migrate.config.ts': withSchema, 'declared/schema.ts': declared },
      '@org/migrate-dialect-sqlite',
      'better-sqlite3',
      'drizzle-orm',
    )
    follow(project, ['revision', '--autogenerate', '--from', 'replay', '-m', 'next'], {
      advice: 'Run `npm install @org/migrate-drizzle` (or `pnpm add @org/migrate-drizzle`).',
      install: '@org/migrate-drizzle',
    })
  })

  test('about Drizzle, which the schema has and its reader has not: once it is installed, the schema is read', () => {
    const project = projectWith(
      { 'migrate.config.ts': withSchema, 'declared/schema.ts': declared },
      '@org/migrate-dialect-sqlite',
      '@org/migrate-drizzle',
      'better-sqlite3',
    )
    install(join(project.folder, 'declared'), 'drizzle-orm')
    follow(project, ['revision', '--autogenerate', '--from', 'replay', '-m', 'next'], {
      advice: 'Run `npm install drizzle-orm` (or `pnpm add drizzle-orm`).',
      install: 'drizzle-orm',
    })
  })
})

describeOnEach(['postgres', 'mysql'], 'what is advised about the driver', (createDatabase, server) => {
  const driver = server === 'mysql' ? 'mysql2' : 'postgres'
  test('that is not there: once it is installed, the command works', async () => {
    const { url } = await createDatabase()
    follow(
      projectWith({}, `@org/migrate-dialect-${server}` as Package),
      ['upgrade'],
      {
        advice: `Install one: \`npm install ${driver}\` (or`,
        install: driver,
      },
      { APP_URL: url },
    )
  })

  test('that is broken: once it is installed again, the command works', async () => {
    const { url } = await createDatabase()
    const project = projectWith({}, `@org/migrate-dialect-${server}` as Package)
    const at = join(project.folder, 'node_modules', driver)
    mkdirSync(at)
    writeFileSync(join(at, 'package.json'), JSON.stringify({ name: driver, version: '3.4.9', main: 'index.js' }))
    writeFileSync(join(at, 'index.js'), "throw new Error('half an installation')\n")
    follow(
      project,
      ['upgrade'],
      {
        advice: `Install the driver again: \`npm install ${driver}\`.`,
        install: driver,
      },
      { APP_URL: url },
    )
    rmSync(at)
  })
})
