import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keys, onTerminal } from '../terminal.ts'
import { cleanDesks, configOf, type Desk, desk } from './kit.ts'

cleanDesks()

const schema = `import { column, integer, table, varchar } from '@org/migrate-core'
export const notes = table('notes', {
  id: column(integer(), { nullable: false }),
  title: column(varchar(40)),
}, { primaryKey: ['id'] })
`

/** A database that Alembic has migrated, and a folder without revisions. */
async function migratedByAlembic(): Promise<Desk> {
  const at = desk({
    'migrate.config.ts': configOf("autogenerate: { schema: './schema.ts' },"),
    'schema.ts': schema,
  })
  await at.sql('CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(40))')
  await at.sql('CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)')
  await at.sql("INSERT INTO alembic_version VALUES ('ab12cd34ef56')")
  return at
}
const revisions = ({ project }: Desk): readonly string[] => {
  const folder = join(project.folder, 'migrations')
  return existsSync(folder) ? readdirSync(folder) : []
}

describe('a database of another tool, and a folder without revisions', () => {
  test.each(['revision --autogenerate', 'dev'])('`migrate %s` offers to take it over', async (command) => {
    const at = await migratedByAlembic()
    const shown = await onTerminal(at.project.folder, command, ['Alembic has run 1 migration on ', keys.enter])
    expect(shown).toMatch(/app\.db: recorded without running, now at [0-9a-f]{12}/)
    expect(revisions(at)).toHaveLength(1)
    expect(at.run('check').code).toBe(0)
  })

  test('declined, only what differs is written', async () => {
    const at = await migratedByAlembic()
    const answer = `${keys.down}${keys.enter}`
    const shown = await onTerminal(at.project.folder, 'revision --autogenerate', ['Alembic has run', answer])
    expect(shown).toContain('no file was made')
    expect(revisions(at)).toEqual([])
  })

  test('without a terminal a note names the tool and `adopt`', async () => {
    const at = await migratedByAlembic()
    const { stderr } = at.run('revision', '--autogenerate')
    expect(stderr).toContain('Alembic has migrated this database (table alembic_version)')
    expect(stderr).toContain('Take the database over with `migrate adopt`.')
    expect(revisions(at)).toEqual([])
  })
})
