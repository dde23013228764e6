import { integer } from '@org/migrate-core'
import type { Row } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { observedSessions } from '../../../kit/observed-sessions.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const chain = line(
  (op) =>
    op.createTable('notes', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('size', integer())
      t.primaryKey(['id'])
    }),
  (op) => {
    op.alterTable('notes', (t) => t.addColumn('likes', integer()))
    op.createIndex('notes', 'notes_likes', ['likes'])
  },
  (op) => op.alterTable('notes', (t) => t.dropColumn('size')),
)

describeOnEach(['mariadb', 'mysql'], 'what depends on a table', (createDatabase) => {
  it('Is not read for what only adds to it, and is read before a column goes', async () => {
    const { url, sql } = await createDatabase()
    let read = ''
    const answered = (rows: readonly Row[]): void => {
      read += JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    }
    const migrator = migratorOf(observedSessions(mysqlDialect({ url }), { answered }), chain)
    await migrator.upgrade('r1')
    await sql('CREATE VIEW watching_view AS SELECT id, size FROM notes')
    await sql('CREATE TABLE watching_table (note int, FOREIGN KEY (note) REFERENCES notes (id))')
    await sql('CREATE TRIGGER watching_trigger BEFORE INSERT ON notes FOR EACH ROW SET NEW.size = 1')
    await sql('CREATE PROCEDURE watching_program() SELECT size FROM notes')
    read = ''
    await migrator.upgrade('r2')
    expect(read).toContain('CREATE TABLE `notes`')
    expect(read).not.toContain('watching')
    await expect(migrator.upgrade('r3')).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: expect.stringContaining('view watching_view, trigger watching_trigger on notes'),
    })
    for (const name of ['view', 'table', 'trigger', 'program']) expect(read).toContain(`watching_${name}`)
  })
})
