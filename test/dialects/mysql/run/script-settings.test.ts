import { bigint, integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { open } from '../connection/kit.ts'
import { migratorOn } from './kit.ts'

/** What a client may have set, or a server as its own: with each of them a statement would do something else, or fail. */
const clientSettings = {
  mysql: `SET NAMES latin1, time_zone = '+05:30', sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES', foreign_key_checks = 0, unique_checks = 0,
    sql_auto_is_null = 1, sql_safe_updates = 1, sql_select_limit = 3, sql_big_selects = 0, completion_type = 1, group_concat_max_len = 4,
    default_storage_engine = MyISAM, innodb_strict_mode = 0, explicit_defaults_for_timestamp = 0, information_schema_stats_expiry = 9,
    show_gipk_in_create_table_and_information_schema = 0, transaction_read_only = 1`,
  mariadb: `SET NAMES latin1, time_zone = '+05:30', sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,EMPTY_STRING_IS_NULL', foreign_key_checks = 0,
    unique_checks = 0, sql_auto_is_null = 1, sql_safe_updates = 1, sql_select_limit = 3, sql_big_selects = 0, completion_type = 1,
    group_concat_max_len = 4, default_storage_engine = MyISAM, innodb_strict_mode = 0, explicit_defaults_for_timestamp = 0,
    check_constraint_checks = 0, alter_algorithm = 'INSTANT', tx_read_only = 1, idle_transaction_timeout = 9`,
}

/** How long to wait is the affair of the client; the others change by themselves, or show what is sent. */
const ofClient =
  /^(?:(?:innodb_)?lock_wait_timeout|wait_timeout|net_(?:read|write)_timeout|timestamp|pseudo_thread_id|(?:last_)?gtid.*|(?:last_)?insert_id|identity|rand_seed\d|(?:warning|error)_count|in_transaction|statement_id)$/

const named = (rows: readonly Readonly<Record<string, unknown>>[]): Record<string, string> =>
  Object.fromEntries(
    rows
      .map((row) => Object.values(row).map(String))
      .filter(([name = '']) => !ofClient.test(name))
      .map(([name = '', value = '']) => [name, name === 'sql_mode' ? value.split(',').sort().join(',') : value]),
  )

describeOnEach(['mysql', 'mariadb'], 'a script', (createDatabase, server) => {
  it('has the settings of a run, whatever its client has set', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) => op.sql('CREATE TABLE u (id int)'))
    const text = driverText(await migrator.script('head', { from: 'current' }))
    const variables = await db.sql(`${clientSettings[server]}; ${text} SHOW SESSION VARIABLES`)
    const session = await open(db)
    expect(variables.length).toBeGreaterThan(300)
    expect(named(variables)).toEqual(named(await session.query('SHOW SESSION VARIABLES')))
  })

  it('runs under them', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, n int, CHECK (n > 0)); INSERT INTO t VALUES (1, 1)')
    const migrator = migratorOn(db, (op) => {
      op.alterTable('t', (t) => t.addColumn('m', integer()))
      op.alterColumn('t', 'n', { type: bigint() })
    })
    await db.sql(`${clientSettings[server]}; ${driverText(await migrator.script('head', { from: 'current' }))}`)
    expect(
      await db.sql(
        "SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'n'",
      ),
    ).toEqual([{ type: 'bigint' }])
  })
})
