// A Kysely of a URL.
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'

async function dialectOf(url) {
  const plain = url.replace(/\?.*$/, '').replace(/^mariadb:/, 'mysql:')
  if (url.startsWith('sqlite:')) {
    const { default: Database } = await import('better-sqlite3')
    return new SqliteDialect({ database: new Database(url.slice('sqlite:'.length)) })
  }
  if (url.startsWith('postgres')) {
    const { default: pg } = await import('pg')
    return new PostgresDialect({ pool: new pg.Pool({ connectionString: plain, max: 1 }) })
  }
  const { createPool } = await import('mysql2')
  return new MysqlDialect({ pool: createPool({ uri: plain, connectionLimit: 1 }) })
}

export const kyselyOf = async (url) => new Kysely({ dialect: await dialectOf(url) })
