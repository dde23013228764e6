// Other migration tools with the same migrations, as their documentation shows them. Installed on the first use.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeProject, root } from './project.mjs'
import { rawDdl } from './revisions.mjs'

const home = fileURLToPath(new URL('../peers/', import.meta.url))
const installed = (...parts) => join(home, 'node_modules', ...parts)
const program = (name) => join(home, 'programs', `${name}.mjs`)

export function installPeers() {
  if (existsSync(installed('better-sqlite3'))) return
  // `--ignore-scripts`: the drivers are those that are compiled here already. kysely-ctl names an older Kysely as its peer.
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--legacy-peer-deps']
  const { status, stderr } = spawnSync('npm', ['install', ...options], { cwd: home, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The peers can't be installed:\n${stderr}`)
  for (const [dialect, driver] of [
    ['sqlite', 'better-sqlite3'],
    ['postgres', 'postgres'],
    ['mysql', 'mysql2'],
  ]) {
    rmSync(installed(driver), { recursive: true, force: true })
    symlinkSync(join(root, `packages/dialect-${dialect}/node_modules`, driver), installed(driver))
  }
}

const nameOf = (at) => `${String(at).padStart(5, '0')}_item`
const modules = (body) => (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `peer/${nameOf(at)}.mjs`,
      body(rawDdl(at).map((sql) => JSON.stringify(sql))),
    ]),
  )
const knexFiles = modules(
  (ddl) =>
    `export async function up(knex) {\n${ddl.map((sql) => `  await knex.raw(${sql})\n`).join('')}}\nexport async function down() {}\n`,
)
const kyselyFiles = modules(
  (ddl) =>
    `import { sql } from ${JSON.stringify(installed('kysely/dist/index.js'))}\nexport async function up(db) {\n${ddl.map((sql) => `  await sql.raw(${sql}).execute(db)\n`).join('')}}\n`,
)

const dialectOfDrizzle = { sqlite: 'sqlite', postgres: 'postgresql', mysql: 'mysql' }

function drizzleFiles(count, dialect) {
  const entries = Array.from({ length: count }, (_, idx) => ({
    idx,
    version: '7',
    when: 1_700_000_000_000 + idx,
    tag: nameOf(idx),
    breakpoints: true,
  }))
  const journal = JSON.stringify({ version: '7', dialect: dialectOfDrizzle[dialect], entries })
  const files = entries.map(({ idx, tag }) => [`peer/${tag}.sql`, rawDdl(idx).join(';\n--> statement-breakpoint\n')])
  return { 'peer/meta/_journal.json': journal, ...Object.fromEntries(files) }
}

const plainUrl = (url) => url.replace(/\?.*$/, '').replace(/^mariadb:/, 'mysql:')
const json = JSON.stringify

const knexfile = (url) => `import { connectionOf } from ${json(program('connection-of'))}
export default { ...connectionOf(${json(url)}), migrations: { directory: './peer', loadExtensions: ['.mjs'] } }
`
const kyselyConfig = (url) => `import { defineConfig } from ${json(installed('kysely-ctl/dist/index.mjs'))}
import { kyselyOf } from ${json(program('kysely-of'))}
export default defineConfig({ kysely: () => kyselyOf(${json(url)}), migrations: { migrationFolder: './peer' } })
`
const drizzleConfig = (url, dialect) => `export default {
  dialect: ${json(dialectOfDrizzle[dialect])}, out: './peer', schema: './none.js',
  dbCredentials: { url: ${json(dialect === 'sqlite' ? url.slice('sqlite:'.length) : plainUrl(url))} },
}
`

/** As `alembic init` writes it, with the migrations of its folder in one chain. */
function alembicFiles(count, dialect, url) {
  const target = {
    sqlite: `sqlite:///${url.slice('sqlite:'.length)}`,
    postgres: plainUrl(url).replace(/^postgres(ql)?:/, 'postgresql:'),
    mysql: plainUrl(url).replace(/^mysql:/, 'mysql+mysqldb:'),
  }[dialect]
  const revision = (at) => json(nameOf(at))
  return {
    'alembic.ini': `[alembic]\nscript_location = peer\nsqlalchemy.url = ${target}\n`,
    'peer/env.py': `from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
connectable = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool)
with connectable.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `peer/versions/${nameOf(at)}.py`,
        `from alembic import op

revision = ${revision(at)}
down_revision = ${at === 0 ? 'None' : revision(at - 1)}

def upgrade():
${rawDdl(at)
  .map((sql) => `    op.execute(${json(sql)})\n`)
  .join('')}
def downgrade():
    pass
`,
      ]),
    ),
  }
}

/** Each with the files of its project, and its Node arguments. */
export const libraries = [
  { name: "drizzle-orm's migrate()", files: drizzleFiles, args: (url) => [program('drizzle-orm'), url, 'peer'] },
  { name: 'knex.migrate.latest()', files: knexFiles, args: (url) => [program('knex'), url, 'peer'] },
  { name: "Kysely's Migrator", files: kyselyFiles, args: (url) => [program('kysely'), url, 'peer'] },
  { name: 'Umzug', files: kyselyFiles, args: (url) => [program('umzug'), url, 'peer'] },
]

export const commands = [
  {
    name: 'knex migrate:latest',
    files: (count, _, url) => ({ ...knexFiles(count), 'knexfile.mjs': knexfile(url) }),
    args: () => [installed('knex/bin/cli.js'), 'migrate:latest'],
  },
  {
    name: 'kysely migrate latest',
    files: (count, _, url) => ({ ...kyselyFiles(count), 'kysely.config.mjs': kyselyConfig(url) }),
    args: () => [installed('kysely-ctl/dist/bin.mjs'), 'migrate', 'latest'],
  },
  {
    name: 'drizzle-kit migrate',
    files: (count, dialect, url) => ({
      ...drizzleFiles(count, dialect),
      'drizzle.config.mjs': drizzleConfig(url, dialect),
    }),
    args: () => [installed('drizzle-kit/bin.cjs'), 'migrate', '--config=drizzle.config.mjs'],
  },
  // No package of npm: where its program is installed, with psycopg2 and mysqlclient.
  ...(spawnSync('alembic', ['--version']).status === 0
    ? [{ name: 'alembic upgrade head', program: 'alembic', files: alembicFiles, args: () => ['upgrade', 'head'] }]
    : []),
]

export function peerCommand({ files, args, program }, count, database) {
  const project = makeProject(files(count, database.dialect, database.url))
  mkdirSync(project.at('node_modules'), { recursive: true })
  for (const name of [
    'knex',
    'kysely',
    'kysely-ctl',
    'drizzle-kit',
    'drizzle-orm',
    'better-sqlite3',
    'pg',
    'mysql2',
    'postgres',
  ]) {
    symlinkSync(installed(name), project.at('node_modules', name))
  }
  return { ...(program === undefined ? {} : { program }), args: args(database.url), cwd: project.folder }
}

/** Our own library call, as a service has it. */
export function ourLibrary(project, url) {
  const dialect = url.startsWith('sqlite:') ? 'sqlite' : url.startsWith('postgres') ? 'postgres' : 'mysql'
  writeFileSync(
    project.at('start.mjs'),
    `import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { ${dialect}Dialect } from '@org/migrate-dialect-${dialect}'

const migrator = createMigrator({ dialect: ${dialect}Dialect({ url: ${json(url)} }), tiers: [graph(new URL('./migrations/', import.meta.url))] })
await migrator.upgrade()
`,
  )
  return { args: [project.at('start.mjs')], cwd: project.folder }
}
