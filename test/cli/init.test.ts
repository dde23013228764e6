import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

test('init makes what the next command needs', () => {
  const folder = join(project.folder, 'fresh')
  mkdirSync(folder)
  project.put({ 'fresh/package.json': '{}' })
  expect(project.run(['init'], { cwd: folder })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('migrate.config.ts'),
  })
  expect(existsSync(join(folder, 'migrations'))).toBe(true)
  const status = project.run(['status'], { cwd: folder })
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(join(folder, 'app.db')) })
})

test('init overwrites nothing', () => {
  const before = readFileSync(join(project.folder, 'migrate.config.ts'), 'utf8')
  const again = project.run(['init'])
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') })
  expect(readFileSync(join(project.folder, 'migrate.config.ts'), 'utf8')).toBe(before)
})
