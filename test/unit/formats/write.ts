import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMigrator } from '@org/migrate-core'
import mysql from 'mysql2'
import { createDatabaseOn, type TestDatabase } from '../../kit/servers.ts'
import { faulty } from '../journal/fault-dialect.ts'
import { fileGround, folder, type Ground, serverGround, servers } from './kit.ts'
import { tiers } from './revisions.ts'

async function fill({ dialect, sql }: Ground, interrupted: boolean): Promise<void> {
  const migrator = createMigrator({ dialect: dialect(), tiers: tiers() })
  await migrator.upgrade()
  await sql("UPDATE people SET nick = 'countess' WHERE id = 1")
  await migrator.downgrade('cccccccccccc')
  if (!interrupted) return
  const cut = faulty(dialect(), { at: /people_nick/, mode: 'cut before' })
  const failed = await createMigrator({ dialect: cut.dialect, tiers: tiers() })
    .upgrade()
    .then(
      () => false,
      () => true,
    )
  if (!failed || !cut.struck()) throw new Error('the upgrade was not interrupted')
}

function postgresDump({ url }: TestDatabase): string {
  const output = execFileSync('pg_dump', ['--inserts', '--no-owner', '--no-privileges', '--dbname', url])
  return output
    .toString()
    .replaceAll(/^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\.*)\n/gm, '')
    .replaceAll(/\n{2,}/g, '\n\n')
    .trimStart()
}

async function mysqlDump({ sql }: TestDatabase): Promise<string> {
  const lines: string[] = []
  for (const row of await sql('SHOW TABLES')) {
    const table = String(Object.values(row)[0])
    const [created] = await sql(`SHOW CREATE TABLE \`${table}\``)
    lines.push(`${created?.['Create Table']};`)
    for (const values of await sql(`SELECT * FROM \`${table}\``))
      lines.push(
        `INSERT INTO \`${table}\` VALUES (${Object.values(values)
          .map((value) => mysql.escape(value as string | null))
          .join(', ')});`,
      )
  }
  return `${lines.join('\n')}\n`
}

/**
 * Writes the fixtures of a format that the present program writes. Each database was upgraded, the last revision was reverted (which
 * preserved its values), and where a revision is not one transaction the next upgrade of it was cut off in the middle.
 */
export async function writeFixtures(format: number): Promise<void> {
  const target = new URL(`${format}/`, folder)
  mkdirSync(target, { recursive: true })
  const file = fileURLToPath(new URL('sqlite.db', target))
  rmSync(file, { force: true })
  await fill(fileGround(file), false)
  for (const server of servers) {
    const database = await createDatabaseOn(server)
    try {
      await fill(serverGround(database), true)
      const dump = server === 'postgres' ? postgresDump(database) : await mysqlDump(database)
      writeFileSync(new URL(`${server}.sql`, target), dump)
    } finally {
      await database.drop()
    }
  }
}
