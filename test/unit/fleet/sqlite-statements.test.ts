import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { fileOf, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

const own = { prepare: Database.prototype.prepare, exec: Database.prototype.exec }

afterEach(() => {
  Object.assign(Database.prototype, own)
})

/** The statements that are sent to the file of a member from now on, as they begin. */
function statementsTo(file: string): readonly string[] {
  const sent: string[] = []
  const note = (db: Database.Database, sql: string): void => {
    if (db.name === file) sent.push(sql.slice(0, 30))
  }
  Database.prototype.prepare = function prepare(this: Database.Database, sql: string) {
    note(this, sql)
    return own.prepare.call(this, sql)
  } as typeof own.prepare
  Database.prototype.exec = function exec(this: Database.Database, sql: string) {
    note(this, sql)
    return own.exec.call(this, sql)
  }
  return sent
}

describe('A SQLite file at head, among files in its state', () => {
  it('Is opened and read in two statements', async () => {
    const folder = newFolder()
    const members = await makeMembers(folder, numbered(4), 'r3')
    const sent = statementsTo(fileOf(folder, 'm004'))
    expect(await fleetOf(members, { parallel: 1 }).upgrade()).toMatchObject({ upToDate: 4, failed: 0 })
    expect(sent).toEqual(['PRAGMA query_only = ON; PRAGMA', 'SELECT (WITH r(c0, c1, c2) AS '])
  })

  it('Is noticed where it differs in one row or in one table of ours', async () => {
    const folder = newFolder()
    const members = await makeMembers(folder, numbered(6), 'r3')
    const change = (id: string, sql: string): void => {
      const db = new Database(fileOf(folder, id))
      db.exec(sql)
      db.close()
    }
    change('m004', `DELETE FROM migrate_history WHERE revision = 'r3'`)
    change('m005', 'DROP TABLE migrate_history; CREATE TABLE migrate_history (id INTEGER)')
    change(
      'm006',
      `UPDATE migrate_version SET version_num = 'r2'; DROP INDEX users_locale; ALTER TABLE users DROP COLUMN locale`,
    )
    const result = await fleetOf(members, { parallel: 1 }).upgrade()
    expect(result).toMatchObject({ upToDate: 4, failed: 1, migrated: 1 })
    expect(result.failures.map(({ code, members: [first] }) => [code, first?.id])).toEqual([
      ['BOOKKEEPING_INVALID', 'm005'],
    ])
    expect(result.warnings).toEqual([{ text: expect.stringContaining('no row of r3'), count: 1, first: 'm004' }])
  })
})
