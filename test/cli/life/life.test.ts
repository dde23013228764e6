import { expect, test } from 'vitest'
import { counts, longRun } from '../../kit/scale.ts'
import { failuresOf } from '../../unit/conservation/cases.ts'
import { cleanDesks, configOf, onEachDatabase, onSqlite } from '../daily/kit.ts'
import { acts, ProjectLife } from './project-life.ts'

cleanDesks()

const config = configOf("autogenerate: { schema: './schema.ts' }, preserve: { upgrades: true },")

/** As lives of databases are. */
const describeLife = longRun ? onEachDatabase : onSqlite

describeLife('the life of a project', (open, name) => {
  test('commands that follow each other lose no value in silence, and leave files that make the schema of the databases', async () => {
    const failed = await failuresOf(counts.projectLives, async (from, log) => {
      const desks = [await open({ 'migrate.config.ts': config }), await open({}), await open({})] as const
      const life = new ProjectLife(desks, name, from, log)
      await life.begin()
      for (let act = 0; act < acts; act += 1) await life.act()
      await life.end()
    })
    expect(failed.join('\n\n')).toBe('')
  })
})
