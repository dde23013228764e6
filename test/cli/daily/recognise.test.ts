import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project } from '../project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

/** The files of a project that has no configuration of ours. */
function projectWith(files: Readonly<Record<string, string>>): Project {
  const project = new Project(Object.fromEntries(Object.entries(files).map(([name, text]) => [`fresh/${name}`, text])))
  projects.push(project)
  return project
}

interface Outcome {
  /** The members of the configuration. */
  readonly config: readonly string[]
  readonly lines: readonly string[]
  readonly next: readonly string[]
}

function initIn(files: Readonly<Record<string, string>>, ...args: readonly string[]): Outcome {
  const project = projectWith(files)
  const cwd = join(project.folder, 'fresh')
  const namesIn = (): readonly string[] => readdirSync(cwd, { recursive: true, encoding: 'utf8' })
  const before = namesIn()
  const answer = project.json(['init', ...args], { cwd, env: { DATABASE_URL: '' } })
  const text = readFileSync(join(cwd, 'migrate.config.ts'), 'utf8')
  const created = namesIn().filter((name) => !before.includes(name))
  expect(created.filter((name) => statSync(join(cwd, name)).isFile())).toEqual(['migrate.config.ts'])
  for (const [name, content] of Object.entries(files)) expect(readFileSync(join(cwd, name), 'utf8')).toBe(content)
  const { lines } = answer.recognised as { lines: readonly string[] }
  return {
    config: text.split('\n').flatMap((line) => (line.startsWith('  ') ? line.trim().replace(/,$/, '') : [])),
    lines,
    next: answer.next as readonly string[],
  }
}

const url = (database: string): string =>
  `url: process.env.DATABASE_URL ?? '${database === 'sqlite' ? 'sqlite:app.db' : `${database}://localhost/app`}'`
const usual = "migrations: './migrations'"
const throws = 'throw new Error("it was run")\n'

test('a project of Drizzle: dialect, schema, casing, and the migrations of drizzle-kit', () => {
  const config = `${throws}// dialect: 'sqlite', schema: './old.ts'
export default defineConfig({
  /* out: './old' */ dialect: "postgresql",
  schema: ['./src/db/a.ts', "./src/db/b.ts"], casing: 'snake_case', dbCredentials: { url: process.env.DATABASE_URL! },
})\n`
  const files = {
    'drizzle.config.ts': config,
    'drizzle/meta/_journal.json': '{}',
    'package.json': '{"dependencies":{"pg":"8"}}',
  }
  expect(initIn(files)).toEqual({
    config: [
      url('postgres'),
      usual,
      "autogenerate: { schema: ['./src/db/a.ts', './src/db/b.ts'], casing: 'snake_case' }",
    ],
    lines: [
      'drizzle.config.ts (drizzle-kit): postgres: schema ./src/db/a.ts, ./src/db/b.ts: migrations in ./drizzle',
      'package.json: drivers of postgres',
    ],
    next: ['migrate adopt --dry-run', 'migrate adopt', 'migrate revision --autogenerate --dry-run'],
  })
})

test('a project of Prisma, whose variable is in .env', () => {
  const schema = `generator client {\n  provider = "prisma-client-js"\n}\ndatasource db {\n  provider = "mysql"\n  url = env("DATABASE_URL")\n}\n`
  const files = {
    'prisma/schema.prisma': schema,
    'prisma/migrations/1_init/migration.sql': '',
    '.env': '# for development\nexport DATABASE_URL="mysql://me:secret@host:3306/db"\n',
  }
  const { lines, ...rest } = initIn(files)
  expect(rest).toEqual({
    config: ["envFile: '.env'", usual],
    next: ['migrate adopt --dry-run', 'migrate adopt', 'migrate pull --out src/schema.ts'],
  })
  expect(lines).toEqual([
    'DATABASE_URL in .env: mysql',
    'prisma/schema.prisma (Prisma): mysql: migrations in prisma/migrations',
  ])
})

const prismaOf = (url: string): string => `datasource db {\n  provider = "sqlite"\n  url      = ${url}\n}\n`
const ownUrl = (file: string): string => `url: process.env.DATABASE_URL ?? '${file}'`

test.each<[string, Readonly<Record<string, string>>, string, ...string[]]>([
  [
    'a literal of Prisma, beside its schema',
    { 'prisma/schema.prisma': prismaOf('"file:./dev.db?connection_limit=1"') },
    ownUrl('sqlite:prisma/dev.db'),
    'prisma/schema.prisma (Prisma): sqlite:prisma/dev.db',
  ],
  [
    'an absolute path of Prisma',
    { 'schema.prisma': prismaOf('"file:/var/lib/dev.db"') },
    ownUrl('sqlite:////var/lib/dev.db'),
    'schema.prisma (Prisma): sqlite:////var/lib/dev.db',
  ],
  [
    'a variable of Prisma, whose file is beside the schema',
    { 'prisma/schema.prisma': prismaOf('env("DATABASE_URL")'), '.env': 'DATABASE_URL="file:./dev.db"\n' },
    ownUrl('sqlite:prisma/dev.db'),
    'DATABASE_URL in .env: sqlite',
    'prisma/schema.prisma (Prisma): sqlite:prisma/dev.db',
  ],
  [
    'a variable of Prisma, whose file is where ours would be',
    { 'schema.prisma': prismaOf('env("DATABASE_URL")'), '.env': 'DATABASE_URL="file:./dev.db"\n' },
    "envFile: '.env'",
    'DATABASE_URL in .env: sqlite',
    'schema.prisma (Prisma): sqlite',
  ],
  [
    'a variable of Prisma with another name',
    { 'prisma/schema.prisma': prismaOf('env("APP_DB")'), '.env': 'APP_DB=file:../data/dev.db\n' },
    ownUrl('sqlite:data/dev.db'),
    'prisma/schema.prisma (Prisma): sqlite:data/dev.db',
  ],
  [
    'a literal of drizzle-kit',
    { 'drizzle.config.ts': "export default { dialect: 'sqlite', dbCredentials: { url: 'file:local.db' } }\n" },
    ownUrl('sqlite:local.db'),
    'drizzle.config.ts (drizzle-kit): sqlite:local.db',
  ],
  [
    'a database of Turso',
    { 'drizzle.config.ts': "export default { dialect: 'turso', dbCredentials: { url: 'libsql://a.turso.io' } }\n" },
    url('sqlite'),
    'drizzle.config.ts (drizzle-kit): sqlite',
  ],
  [
    'a literal of Knex',
    { 'knexfile.js': "module.exports = { client: 'sqlite3', connection: { filename: './dev.sqlite3' } }\n" },
    ownUrl('sqlite:dev.sqlite3'),
    'knexfile.js (Knex): sqlite:dev.sqlite3',
  ],
  [
    'a literal of TypeORM',
    { 'ormconfig.json': '{ "type": "sqlite", "database": "data/app.sqlite" }' },
    ownUrl('sqlite:data/app.sqlite'),
    'ormconfig.json (TypeORM): sqlite:data/app.sqlite',
  ],
  [
    'a database in memory',
    { 'ormconfig.json': '{ "type": "sqlite", "database": ":memory:" }' },
    url('sqlite'),
    'ormconfig.json (TypeORM): sqlite',
  ],
  [
    'a URL of Alembic',
    { 'alembic.ini': '[alembic]\nsqlalchemy.url = sqlite+aiosqlite:///./app/dev.db\n' },
    ownUrl('sqlite:app/dev.db'),
    'alembic.ini (Alembic): sqlite:app/dev.db',
  ],
  [
    'an absolute URL of Alembic',
    { 'alembic.ini': '[alembic]\nsqlalchemy.url = sqlite:////srv/dev.db\n' },
    ownUrl('sqlite:////srv/dev.db'),
    'alembic.ini (Alembic): sqlite:////srv/dev.db',
  ],
])('The SQLite file of another tool is that of the configuration: %s', (_what, files, config, ...lines) => {
  expect(initIn(files)).toMatchObject({ config: [config, usual], lines })
})

test('The SQLite file of another tool is not of a configuration for another database', () => {
  const files = { 'prisma/schema.prisma': prismaOf('"file:./dev.db"') }
  expect(initIn(files, '--dialect', 'postgres').config).toEqual([url('postgres'), usual])
})

test.each([
  [
    'Knex',
    {
      'knexfile.js': `${throws}module.exports = { development: { client: 'pg', seeds: { directory: './seeds' }, migrations: { directory: './migrations' } } }\n`,
      'migrations/1_a.js': 'exports.up = () => {}\n',
    },
    'knexfile.js (Knex): postgres: migrations in ./migrations',
    url('postgres'),
    "migrations: './revisions'",
  ],
  [
    'Knex, without a migration until now',
    { 'knexfile.js': `${throws}module.exports = { client: 'pg' }\n`, 'migrations/.gitkeep': '' },
    'knexfile.js (Knex): postgres: migrations in ./migrations',
    url('postgres'),
    "migrations: './revisions'",
  ],
  [
    'TypeORM in JSON',
    { 'ormconfig.json': '{ "type": "mariadb", "host": "localhost" }', 'src/migration/1.ts': '' },
    'ormconfig.json (TypeORM): mariadb: migrations in src/migration',
    url('mariadb'),
    usual,
  ],
  [
    'TypeORM in YAML',
    { 'ormconfig.yml': 'default:\n  type: "better-sqlite3"\n', 'migrations/1.ts': '' },
    'ormconfig.yml (TypeORM): sqlite: migrations in migrations',
    url('sqlite'),
    "migrations: './revisions'",
  ],
  [
    'Alembic',
    {
      'alembic.ini':
        '[alembic]\nscript_location = %(here)s/db/alembic\nsqlalchemy.url = postgresql+psycopg2://me:secret@host/db\n',
      'db/alembic/versions/1_a.py': 'revision = "1"\n',
    },
    'alembic.ini (Alembic): postgres: migrations in db/alembic/versions',
    url('postgres'),
    usual,
  ],
])('a project of %s: its database, its folder, and how to take it over', (_tool, files, line, ...config) => {
  const outcome = initIn(files)
  expect(outcome).toEqual({
    config,
    lines: [line],
    next: ['migrate adopt --dry-run', 'migrate adopt', 'migrate pull --out src/schema.ts'],
  })
  expect(JSON.stringify(outcome)).not.toContain('secret')
})

test('the driver in package.json, and a file that declares tables at a usual place', () => {
  expect(
    initIn({
      'package.json': '{"dependencies":{"mysql2":"3"}}',
      'src/db/schema.ts': `import { mysqlTable } from 'drizzle-orm/mysql-core'\n${throws}`,
    }),
  ).toEqual({
    config: [url('mysql'), usual, "autogenerate: { schema: './src/db/schema.ts' }"],
    lines: ['package.json: drivers of mysql', './src/db/schema.ts: declares tables'],
    next: ['migrate revision --autogenerate -m "first tables"', 'migrate upgrade', 'migrate status'],
  })
})

test('options go before what is recognised', () => {
  const files = {
    'drizzle.config.json': '{ "dialect": "postgresql", "schema": "./src/schema.ts" }',
    '.env': 'DATABASE_URL=postgres://host/db\n',
  }
  const { config } = initIn(files, '--dialect', 'sqlite', '--schema', 'a.ts', 'b/*.ts', '--folder', 'db/steps')
  expect(config).toEqual([
    "envFile: '.env'",
    "migrations: './db/steps'",
    "autogenerate: { schema: ['./a.ts', './b/*.ts'] }",
  ])
  expect(initIn(files, '--no-schema', '--dotenv', '.env.test').config).toEqual(["envFile: '.env.test'", usual])
})

test('what cannot be read, or is of no database with a dialect, is passed by', () => {
  const files = {
    'package.json': '{ "dependencies": ',
    'drizzle.config.ts': 'export default defineConfig({ dialect: "gel", schema: process.env.SCHEMA })\n',
    'prisma/schema.prisma': 'datasource db { provider = "mongodb" }\n',
    'knexfile.js': 'module.exports = {',
    '.env': 'DATABASE_URL=\nOTHER=postgres://host\n',
    'schema.ts': 'export const accounts = 1\n',
  }
  expect(initIn(files)).toEqual({
    config: [url('sqlite'), usual],
    lines: ['drizzle.config.ts (drizzle-kit)', 'prisma/schema.prisma (Prisma)', 'knexfile.js (Knex)'],
    next: ['migrate revision -m "first tables"', 'migrate upgrade', 'migrate status'],
  })
})

test('two kinds of drivers decide nothing', () => {
  const { config, lines } = initIn({
    'package.json': '{"dependencies":{"pg":"8"},"devDependencies":{"better-sqlite3":"12"}}',
  })
  expect(config).toEqual([url('sqlite'), usual])
  expect(lines).toEqual(['package.json: drivers of postgres, sqlite'])
})

test('the next commands are printed, and work', () => {
  const project = projectWith({
    'package.json': '{"type":"module"}',
    'schema.ts':
      "import { column, integer, table } from '@org/migrate-core'\nexport const things = table('things', { id: column(integer()) })\n",
    '.env.local': 'DATABASE_URL=sqlite:./local.db\n',
  })
  const settings = { cwd: join(project.folder, 'fresh'), env: { DATABASE_URL: undefined } }
  const { stdout, stderr } = project.run(['init'], settings)
  expect(stderr).toBe('recognised DATABASE_URL in .env.local: sqlite\nrecognised ./schema.ts: declares tables\n')
  expect(
    stdout.slice(stdout.indexOf('next:')),
  ).toBe(`next: migrate revision --autogenerate -m "first tables"  the revision of what the schema declares
next: migrate upgrade                                    apply it
next: migrate status                                     which revisions are applied
`)
  expect(project.run(['revision', '--autogenerate', '-m', 'first tables'], settings)).toMatchObject({ code: 0 })
  expect(project.run(['upgrade'], settings)).toMatchObject({ code: 0 })
  expect(project.run(['status'], settings).stdout).toContain('local.db')
  expect(existsSync(join(project.folder, 'fresh/local.db'))).toBe(true)
})
