import { compare } from '@org/migrate-autogenerate'
import { createMigrator, type Exports } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { readDrizzle } from '@org/migrate-drizzle/mysql'
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { expect, it } from 'vitest'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { linesOf, projects, writeRevision } from '../real/follow.ts'

const before: Exports = { t: mysqlTable('t', { id: int().primaryKey(), a: varchar({ length: 20 }).unique() }) }
const after: Exports = { t: mysqlTable('t', { id: int().primaryKey(), a: varchar({ length: 20 }) }) }

/** What drizzle-kit makes of the first. */
const created = 'CREATE TABLE `t` (`id` int NOT NULL, `a` varchar(20)'
const constraints = ', CONSTRAINT `t_id` PRIMARY KEY(`id`), CONSTRAINT `t_a_unique` UNIQUE(`a`))'

const adopted: readonly (readonly [what: string, sql: string])[] = [
  ['with the collation of the database', `${created}${constraints}`],
  ['with a collation of its table', `${created}${constraints} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`],
  ['with a collation of its own', `${created} CHARACTER SET latin1 COLLATE latin1_german1_ci${constraints}`],
]

const collations = `SELECT COLUMN_NAME AS name, COLLATION_NAME AS collation, COLUMN_TYPE AS type FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY 1`
const indexes = `SELECT INDEX_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY 1`

for (const server of ['mysql', 'mariadb'] as const) {
  describeOn(server, 'a unique constraint of a string column that is dropped', (createDatabase) => {
    const project = projects()
    const setUp = async (): Promise<{ readonly db: TestDatabase; readonly folder: string }> => {
      const db = await createDatabase()
      // Another collation than that of the server and of our sessions.
      await db.sql('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
      return { db, folder: project() }
    }
    const migratorAt = ({ url }: TestDatabase, folder: string) =>
      createMigrator({ dialect: mysqlDialect({ url }), tiers: [graph(folder)] })

    it.each(adopted)('is the only difference of a table that drizzle-kit made, %s', async (_, sql) => {
      const { db, folder } = await setUp()
      await db.sql(sql)
      const collationsBefore = await db.sql(collations)
      expect(linesOf(await compare(migratorAt(db, folder), readDrizzle(before)))).toEqual([])
      const compared = await compare(migratorAt(db, folder), readDrizzle(after))
      expect(linesOf(compared)).toEqual(['drop unique constraint t_a_unique of t'])
      for (const { statements } of compared.changes) for (const text of statements) await db.sql(text)
      expect(await db.sql(collations)).toEqual(collationsBefore)
      expect(await db.sql(indexes)).toEqual([{ name: 'PRIMARY' }])
    })

    it('is the only difference of a table that a revision made, to the database and to the revisions', async () => {
      const { db, folder } = await setUp()
      writeRevision(folder, [await compare(migratorAt(db, folder), readDrizzle(before))])
      await migratorAt(db, folder).upgrade()
      const collationsBefore = await db.sql(collations)
      for (const options of [{}, { from: 'replay' }, { from: 'replay', server: false }] as const) {
        const migrator = migratorAt(db, folder)
        expect(linesOf(await compare(migrator, readDrizzle(before), options))).toEqual([])
        expect(linesOf(await compare(migrator, readDrizzle(after), options))).toEqual([
          'drop unique constraint t_a_unique of t',
        ])
      }
      const compared = await compare(migratorAt(db, folder), readDrizzle(after))
      for (const { statements } of compared.changes) for (const text of statements) await db.sql(text)
      expect(await db.sql(collations)).toEqual(collationsBefore)
    })
  })
}
