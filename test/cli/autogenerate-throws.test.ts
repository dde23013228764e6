import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executeIn } from '../unit/run/kit.ts'
import { configWith, declaringProject } from './autogenerate-kit.ts'
import { ensureBuilt, type Project } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function refusal(files: Readonly<Record<string, string>>): { readonly code: number | null; readonly first: string } {
  const project = declaringProject({ 'migrate.config.ts': configWith("schema: './schema'"), ...files })
  projects.push(project)
  const { code, stderr } = project.run(['revision', '--autogenerate', '--dry-run'])
  return { code, first: (stderr.split('\n')[0] ?? '').replaceAll(project.folder, '') }
}

const drizzle = "import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'\n"
const good = `${drizzle}export const users = sqliteTable('users', { id: integer('id').primaryKey() })\n`

describe('a schema file whose own code throws while it is read', () => {
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    [
      'in a thunk of references',
      `${drizzle}export const posts = sqliteTable('posts', {
  author: integer('author').references(() => { throw new Error('no users yet') }),
})\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts:3:\d+: reading what it declares threw: no users yet/,
    ],
    [
      'of a circular import that is not there yet',
      `${drizzle}const later = undefined as unknown as { id: never }
export const posts = sqliteTable('posts', { author: integer('author').references(() => later.id) })\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts:3:\d+: reading what it declares threw: Cannot read properties of undefined/,
    ],
    [
      'in the callback of a table',
      `${drizzle}export const posts = sqliteTable('posts', { id: integer('id') }, () => { throw new Error('in extras') })\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts:2:\d+: reading what it declares threw: in extras/,
    ],
    [
      'in a getter of what it exports',
      `${drizzle}export const posts = { get model() { throw new Error('in a getter') }, columns: {} }\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts:2:\d+: reading what it declares threw: in a getter/,
    ],
    [
      'something that is no error',
      `${drizzle}export const posts = sqliteTable('posts', { id: integer('id') }, () => { throw 'a text' })\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts: reading what it declares threw: a text/,
    ],
    [
      'inside of Drizzle',
      `${drizzle}export const posts = sqliteTable('posts', { id: integer('id') }, () => [index('i').on(undefined as never)])\n`,
      /^error: CONFIG_FAILED: \/schema\/posts\.ts(?::\d+:\d+)?: reading what it declares threw: /,
    ],
  ]
  test.each(cases)('%s is named with its file', (_, text, message) => {
    const { code, first } = refusal({ 'schema/a_users.ts': good, 'schema/posts.ts': text })
    expect(first).toMatch(message)
    expect(code).toBe(2)
  })
})

test.each([['adopt'], ['pull'], ['revision', '--autogenerate']])(
  '%s names the filter of the configuration that throws',
  (...command) => {
    const project = declaringProject({
      'migrate.config.ts': configWith("schema: './schema', exclude: [() => { throw new Error('no list') }]"),
      'schema/users.ts': good,
    })
    projects.push(project)
    executeIn(join(project.folder, 'app.db'), 'CREATE TABLE users (id INTEGER PRIMARY KEY)')
    const { code, stderr } = project.run(command)
    expect(stderr.replaceAll(project.folder, '')).toMatch(
      /error: CONFIG_FAILED: \/migrate\.config\.ts:\d+:\d+: `autogenerate\.exclude` threw: no list/,
    )
    expect(code).toBe(2)
  },
)

test('a tier made by hand that has no description is a tier all the same', () => {
  const project = declaringProject({
    'migrate.config.mjs': `export default {
  url: 'sqlite:./app.db',
  tiers: [{ name: 'main', kind: 'graph', source: { headers: async () => [], module: async () => { throw new Error('none') } } }],
}\n`,
  })
  projects.push(project)
  const { code, stderr } = project.run(['status', '--config', 'migrate.config.mjs'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
