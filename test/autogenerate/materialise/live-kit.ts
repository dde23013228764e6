import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShadowDatabase, UnloadedDialect } from '@org/migrate-core/dialect'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import { clientOfSqlite } from '../../kit/sqlite-client/bundled.ts'
import type { EmptyDatabase } from './kit.ts'

/** Everything that a server's own catalog says of a database, by the client beside. */
export const dumps = {
  postgres: `SELECT (SELECT json_agg(json_build_array(oid, nspname, nspowner, nspacl, xmin) ORDER BY oid) FROM pg_namespace)::text AS schemas,
    (SELECT json_agg(json_build_array(oid, relname, relnamespace, relkind, relowner, relacl, relfilenode, xmin) ORDER BY oid) FROM pg_class)::text AS relations,
    (SELECT json_agg(json_build_array(oid, typname, typnamespace, xmin) ORDER BY oid) FROM pg_type)::text AS types,
    (SELECT json_agg(json_build_array(oid, conname, conrelid, xmin) ORDER BY oid) FROM pg_constraint)::text AS constraints,
    (SELECT json_agg(json_build_array(oid, extname, extnamespace, xmin) ORDER BY oid) FROM pg_extension)::text AS extensions,
    (SELECT json_agg(json_build_array(indexrelid, pg_get_indexdef(indexrelid)) ORDER BY indexrelid) FROM pg_index
      WHERE indrelid >= 16384)::text AS indexes`,
  mysql: `SELECT 'table' AS what, TABLE_NAME AS a, TABLE_TYPE AS b, CREATE_TIME AS c, TABLE_COLLATION AS d FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE()
    UNION ALL SELECT 'column', TABLE_NAME, COLUMN_NAME, CONCAT_WS(' ', COLUMN_TYPE, EXTRA, COLUMN_KEY), COLUMN_DEFAULT
      FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
    UNION ALL SELECT 'constraint', TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE, NULL
      FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE()
    UNION ALL SELECT 'view', TABLE_NAME, VIEW_DEFINITION, NULL, NULL FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
    ORDER BY 1, 2, 3`,
} as const

/** The same dialect, with something to be done while the place is there and everything was made in it. */
export function withConcurrentWork(
  dialect: UnloadedDialect,
  concurrentWork: (shadow: ShadowDatabase) => Promise<void>,
): UnloadedDialect {
  return {
    ...dialect,
    shadow: {
      use: (work, options) => {
        if (dialect.shadow === undefined) throw new Error('no shadow database')
        return dialect.shadow.use(async (shadow) => {
          const result = await work(shadow)
          await concurrentWork(shadow)
          return result
        }, options)
      },
    },
  }
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const outfile = path.join(root, `test/node_modules/.cache/autogenerate-materialise-${process.pid}.mjs`)
let built: Promise<unknown> | undefined

/** A process of its own that has made a table in a shadow database and stays in it. Gives the process and what it said: where it is. */
export async function staying(url: string): Promise<{ readonly child: ChildProcess; readonly where: string }> {
  built ??= build({
    entryPoints: [fileURLToPath(new URL('./stay.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
    external: ['better-sqlite3', 'better-sqlite3-multiple-ciphers', 'mysql2', 'postgres'],
    plugins: [clientOfSqlite],
    logLevel: 'error',
  })
  await built
  const child = spawn(process.execPath, [outfile, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const where = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()))
    child.once('exit', (code, signal) => reject(new Error(`it ended before it said anything: ${code ?? signal}`)))
  })
  return { child, where }
}

/** A user with nothing but the right to connect, who is gone after `body`. */
export async function asUser(
  shadow: EmptyDatabase & { readonly name: string },
  isPostgres: boolean,
  body: (user: string, url: string) => Promise<void>,
): Promise<void> {
  const user = `r_${shadow.name.slice(2, 10)}`
  await shadow.sql(isPostgres ? `CREATE ROLE ${user} LOGIN` : `CREATE USER ${user}@'%'`)
  const target = new URL(shadow.url)
  target.username = user
  target.password = ''
  try {
    await body(isPostgres ? user : `${user}@'%'`, target.href)
  } finally {
    await shadow.sql(isPostgres ? `DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}` : `DROP USER ${user}@'%'`)
  }
}
