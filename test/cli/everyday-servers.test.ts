import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeOnDialects } from '../kit/servers.ts'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const files = {
  ...twoRevisions,
  'migrations/c1_note.ts': revision(
    'c1',
    'b1',
    "  op.alterTable('accounts', (t) => {\n    t.addColumn('note', text())\n  })",
    'accounts get a note',
  ),
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a day with the command line', (createDatabase) => {
  test('what is said of the database is what is in it, from the first look to the downgrade', async () => {
    const database = await createDatabase()
    const project = new Project(files)
    projects.push(project)
    const env = { APP_URL: database.url }
    const run = (...args: readonly string[]) => project.run(args, { env })
    const json = (...args: readonly string[]) => project.json(args, { env })
    const prints = (args: readonly string[], ...message: readonly (string | RegExp)[]): void => {
      const { code, stdout, stderr } = run(...args)
      expect({ args, code }, stderr).toEqual({ args, code: 0 })
      for (const each of message) expect(stdout, args.join(' ')).toMatch(each)
    }
    const heads = () => database.sql('SELECT version_num FROM migrate_version ORDER BY 1')
    const rows = (columns: string) => database.sql(`SELECT ${columns} FROM accounts`)

    prints(['status'], /^state +empty: .*, 3 revisions pending$/m)
    prints(['plan'], 'a1', 'b1', 'c1', /CREATE TABLE/)
    prints(['history'], /^b1 -> c1 \(head\) /)
    prints(['current'])
    expect(json('status')).toMatchObject({ state: 'empty', pending: 3 })

    prints(['upgrade', '+2'], 'now at b1')
    expect(await heads()).toEqual([{ version_num: 'b1' }])
    expect(await rows('id, name, locale')).toEqual([{ id: 1, name: 'one', locale: 'en' }])
    prints(['current'], /^b1 /)
    prints(['status'], /^state +behind, 1 revision pending$/m)
    prints(['show', 'b1'], /^b1 \(current\)/, 'accounts get a locale')
    prints(['graph'], /^o {2}c1 \(head\)/m, /^@ {2}b1 \(current\)/m)
    prints(['branches'])
    prints(['heads'], /^c1 /)
    prints(['lock', 'status'], /free/)
    prints(['resume'], 'nothing is interrupted')
    prints(['plan', 'head', '--sql'], /ADD (COLUMN )?[`"]note[`"]/)
    expect(await heads()).toEqual([{ version_num: 'b1' }])

    prints(['upgrade'], 'now at c1')
    await database.sql("UPDATE accounts SET note = 'kept'")
    prints(['downgrade', '-1'], 'now at b1')
    prints(['preserved'], 'accounts')
    prints(['upgrade'], 'now at c1')
    expect(await rows('id, note')).toEqual([{ id: 1, note: 'kept' }])
    prints(['downgrade', 'a1'], 'now at a1')
    expect(await rows('*')).toEqual([{ id: 1, name: 'one' }])

    prints(['stamp', 'b1'])
    expect(await heads()).toEqual([{ version_num: 'b1' }])
    prints(['stamp', 'a1'])
    prints(['downgrade', 'base'], 'now at base')
    expect(await heads()).toEqual([])
    expect(json('current')).toMatchObject({ revisions: [] })
    expect(run('upgrade', 'nothing')).toMatchObject({ code: 1, stderr: expect.stringContaining('UNKNOWN_REVISION') })
  })
})
