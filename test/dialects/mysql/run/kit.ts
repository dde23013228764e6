import type { Migrator } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import type { TestDatabase } from '../../../kit/servers.ts'

/** A migrator with one revision of each. */
export function migratorOn(db: TestDatabase, ...upgrades: readonly Recorded[]): Migrator {
  return migratorOf(mysqlDialect({ url: db.url }), line(...upgrades))
}

/** What the server itself shows of every view, trigger and table, by kind and name; without when it was made. */
export async function objectsOf(db: TestDatabase): Promise<Readonly<Record<string, unknown>>> {
  const objects: Record<string, unknown> = {}
  const tables = await db.sql(
    "SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'migrate\\_%' ORDER BY 1",
  )
  for (const { name, type } of tables) {
    const [shown = {}] = await db.sql(`SHOW CREATE ${type === 'VIEW' ? 'VIEW' : 'TABLE'} \`${name}\``)
    objects[`${type} ${name}`] = { ...shown }
  }
  const triggers = await db.sql(
    'SELECT * FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME',
  )
  for (const { CREATED: _, TRIGGER_SCHEMA: __, EVENT_OBJECT_SCHEMA: ___, ...trigger } of triggers) {
    // The client's semicolon stays with the last of several statements.
    const ACTION_STATEMENT = String(trigger.ACTION_STATEMENT).replace(/;$/, '')
    objects[`TRIGGER ${trigger.TRIGGER_NAME}`] = { ...trigger, ACTION_STATEMENT }
  }
  return objects
}
