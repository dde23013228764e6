import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from '../../cli/project.ts'
import { rowsOf } from '../run/kit.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

test('a revision in SQL behind two in TypeScript: made, filled, run, edited, and reverted once there is a downgrade', () => {
  const result = project.run(['revision', '--sql-file', '--rev-id', 'c1', '-m', 'an index on names'])
  expect(result).toMatchObject({ code: 0 })
  const name = readdirSync(join(project.folder, 'migrations')).find((each) => each.includes('c1')) ?? ''
  expect(name).toMatch(/^\d{8}T\d{6}_c1_an_index_on_names$/)
  const folder = `migrations/${name}`
  expect(readdirSync(join(project.folder, folder)).sort()).toEqual(['down.sql', 'up.sql'])
  const text = readFileSync(join(project.folder, folder, 'up.sql'), 'utf8')
  expect(text).toContain('-- revises: b1\n')
  project.put({
    [`${folder}/up.sql`]: `${text}CREATE INDEX accounts_name ON accounts (name);\nINSERT INTO accounts (id, name) VALUES (2, 'two?');\n`,
  })

  expect(project.run(['upgrade'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/3 revisions applied/) })
  expect(rowsOf(project.database, 'SELECT name, locale FROM accounts WHERE id = 2')).toEqual([
    { name: 'two?', locale: 'en' },
  ])

  const refused = project.run(['downgrade', '-1'])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('IRREVERSIBLE')
  expect(refused.stderr).toContain(join(project.folder, folder, 'down.sql'))

  project.put({ [`${folder}/down.sql`]: 'DELETE FROM accounts WHERE id = 2;\nDROP INDEX accounts_name;\n' })
  expect(project.run(['status']).stdout).toMatch(/c1.*edited/s)
  expect(project.run(['downgrade', '-1'])).toMatchObject({ code: 0 })
  expect(rowsOf(project.database, 'SELECT id FROM accounts')).toEqual([{ id: 1 }])
})
