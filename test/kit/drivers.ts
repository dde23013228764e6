import type { MysqlOptions } from '@org/migrate-dialect-mysql'
import type { PostgresOptions } from '@org/migrate-dialect-postgres'

/** The drivers of a run of these suites, as options of the dialects; absent: those that are taken without a word. */
export const postgresDriver: Pick<PostgresOptions, 'driver'> = named<PostgresDriver>(process.env.TEST_POSTGRES_DRIVER)
export const mysqlDriver: Pick<MysqlOptions, 'driver'> = named<MysqlDriver>(process.env.TEST_MYSQL_DRIVER)

type PostgresDriver = Extract<PostgresOptions['driver'], string>
type MysqlDriver = Extract<MysqlOptions['driver'], string>

function named<T extends string>(name: string | undefined): { readonly driver?: T } {
  return name === undefined || name === '' ? {} : { driver: name as T }
}
