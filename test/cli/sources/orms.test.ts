import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'
import { executeIn } from '../../unit/run/kit.ts'
import { revisionFiles } from '../autogenerate-kit.ts'
import { ensureBuilt, filePath, Project, root } from '../project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const here = join(root, 'test/cli/sources')
const moduleUrl = (path: string): string => JSON.stringify(pathToFileURL(join(root, path)).href)

interface Database {
  readonly url: string
  sql(text: string): Promise<unknown>
}

const configWith = (
  source: string,
): string => `import { defineConfig, fromCommand, fromDatabase, fromSql } from '@org/cli'
export default defineConfig({ url: process.env.APP_URL, migrations: './migrations', autogenerate: { schema: ${source} } })
`

/** A project whose schema comes from a source, and what one of its commands prints. */
function projectWith(source: string, url: string, files: Readonly<Record<string, string>> = {}) {
  const project = new Project({
    'migrate.config.ts': configWith(source),
    ...files,
  })
  projects.push(project)
  const run = (...args: readonly string[]): string => {
    const { code, stdout, stderr } = project.run(args, { env: { APP_URL: url } })
    expect(code, stdout + stderr).toBe(0)
    return stdout + stderr
  }
  return { project, run }
}

/** Writes and applies a revision; then nothing differs. Gives the tables that the revision makes. */
function tablesOf({ project, run }: ReturnType<typeof projectWith>): readonly string[] {
  run('revision', '--autogenerate', '-m', 'as declared')
  run('upgrade')
  expect(run('revision', '--autogenerate', '-m', 'again')).toContain('nothing differs')
  expect(revisionFiles(project)).toHaveLength(1)
  run('check')
  const [file = ''] = revisionFiles(project)
  const text = readFileSync(filePath(project.folder, `migrations/${file}`), 'utf8')
  return [...text.matchAll(/\bcreateTable\('(\w+)'/g)].map(([, name = '']) => name).sort()
}

const prismaTables =
  'Comment Follow Post Tag Warehouse _PostToTag _ProductToTag audit_events categories memberships order order_lines organisations products profiles reviews stock users'
const typeormTables =
  'audit_events categories comment follow memberships order order_lines organisations post post_tags_tag product_tags products profile review stock tag users warehouse'

function prisma(create: () => Promise<Database>, family: 'sqlite' | 'postgres'): void {
  const file = join(here, 'prisma', family, 'schema.sql')
  const text = readFileSync(file, 'utf8')

  test('of Prisma, as its command prints it', async () => {
    const { url } = await create()
    const shop = projectWith(`fromCommand(${JSON.stringify(`cat ${file}`)})`, url)
    expect(tablesOf(shop).join(' ')).toBe(prismaTables)
  })

  test('of Prisma, as a file of SQL', async () => {
    const { url } = await create()
    const shop = projectWith("fromSql('schema.sql')", url, { 'schema.sql': text })
    expect(tablesOf(shop).join(' ')).toBe(prismaTables)
    // What the revision has made is what the same SQL makes by itself.
    const own = await create()
    await own.sql(text)
    shop.project.put({ 'migrate.config.ts': configWith(`fromDatabase(${JSON.stringify(own.url)})`) })
    shop.run('check')
  })
}

function typeorm(create: () => Promise<Database>, family: 'sqlite' | 'postgres' | 'mysql'): void {
  test('of TypeORM, as its command makes it', async () => {
    const driver = {
      sqlite: `type: 'better-sqlite3', driver, database: url.replace(/^(sqlite:\\/\\/\\/|file:)/, '')`,
      postgres: `type: 'postgres', driver, url`,
      mysql: `type: 'mysql', driver, url: url.replace('mariadb:', 'mysql:')`,
    }[family]
    const driverModule = {
      sqlite: 'node_modules/better-sqlite3/lib/index.js',
      postgres: 'packages/dialect-postgres/node_modules/pg/lib/index.js',
      mysql: 'packages/dialect-mysql/node_modules/mysql2/index.js',
    }[family]
    const { url } = await create()
    const program = join(root, 'test/node_modules/typeorm/cli.js')
    const shop = projectWith(
      `fromCommand(${JSON.stringify(`node ${program} schema:sync -d data-source.mjs`)}, { database: 'DATABASE_URL' })`,
      url,
      {
        'data-source.mjs': `import typeorm from ${moduleUrl('test/node_modules/typeorm/index.js')}
import driver from ${moduleUrl(driverModule)}
import { shopEntities } from ${moduleUrl('test/cli/sources/typeorm/entities.mjs')}
const url = process.env.DATABASE_URL
export default new typeorm.DataSource({ ${driver}, entities: shopEntities(typeorm.EntitySchema, '${family}') })
`,
      },
    )
    expect(tablesOf(shop).join(' ')).toBe(typeormTables)
    // TypeORM sees in the database of the revision what it sees in one that it has made itself.
    const own = await create()
    const typeormReports = (command: string, of: string): readonly string[] => {
      const { status, stdout, stderr } = spawnSync('node', [program, command, '-d', 'data-source.mjs'], {
        cwd: shop.project.folder,
        env: { ...process.env, DATABASE_URL: of },
        encoding: 'utf8',
      })
      expect(status, stderr).toBe(0)
      const lines = stdout.split('\n').sort()
      // NO ACTION and RESTRICT are one behaviour of MariaDB and MySQL. A revision writes neither, and TypeORM compares the words.
      return family === 'mysql' ? lines.filter((line) => !/FOREIGN KEY|sql queries/.test(line)) : lines
    }
    typeormReports('schema:sync', own.url)
    expect(typeormReports('schema:log', url)).toEqual(typeormReports('schema:log', own.url))
  })
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a schema of 15 tables and more', (create, server) => {
  const family = familyOf(server)
  if (family === 'postgres') prisma(create, family)
  typeorm(create, family)
})

describe('sqlite: a schema of 15 tables and more', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const create = async (): Promise<Database> => {
    const folder = mkdtempSync(join(tmpdir(), 'orm-'))
    folders.push(folder)
    const file = join(folder, 'app.db')
    return { url: `sqlite:///${file}`, sql: async (text) => executeIn(file, text) }
  }
  prisma(create, 'sqlite')
  typeorm(create, 'sqlite')
})
