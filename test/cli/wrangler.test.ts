import { existsSync } from 'node:fs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const toml = `name = "app"
account_id = "acc1"
[[d1_databases]]
binding = "DB"
database_name = "app"
database_id = "id-1" # of production
[env.staging]
account_id = "acc2"
[[env.staging.d1_databases]]
binding = "DB"
database_id = "id-2"
`
const jsonc = `{
  // without an account
  "d1_databases": [{ "binding": "DB", "database_id": "id-3", }, { "binding": "NEW" }],
}
`

function databaseOf(url: string, env: Readonly<Record<string, string>> = {}): string {
  const { code, stdout, stderr } = project.run(['config', '--url', url], { env })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return /^database +(\S+)/m.exec(stdout)?.[1] ?? ''
}

function refusal(url: string, env: Readonly<Record<string, string>> = {}): string {
  const { code, stderr } = project.run(['config', '--url', url], { env })
  expect(code).toBe(2)
  return stderr.replaceAll(project.folder, '.')
}

describe('a binding of Wrangler as URL', () => {
  test('is the database that wrangler.toml names, in an environment that of its own section', () => {
    project.put({ 'wrangler.toml': toml })
    expect(databaseOf('d1:DB')).toBe('d1://acc1/id-1')
    expect(databaseOf('d1:DB?env=staging')).toBe('d1://acc2/id-2')
  })

  test('is that of wrangler.jsonc, with the account of the environment', () => {
    project.put({ 'wrangler.jsonc': jsonc })
    expect(databaseOf('d1:DB', { CLOUDFLARE_ACCOUNT_ID: 'acc3' })).toBe('d1://acc3/id-3')
  })

  test('is named with what there is where it is none', () => {
    expect(refusal('d1:DB')).toContain(
      'Run the command in the folder of wrangler.toml or below, or give the URL as d1://<account>/<database id>.',
    )
    project.put({ 'wrangler.jsonc': jsonc })
    expect(refusal('d1:DBX')).toContain('`d1_databases` has no binding DBX; it has: DB, NEW')
    expect(refusal('d1:NEW')).toContain('the binding NEW has no `database_id`')
    expect(refusal('d1:DB?env=test')).toContain('there is no environment test; it has: none')
    expect(refusal('d1:DB?remote')).toContain('it has a parameter remote')
    expect(refusal('d1:DB')).toContain('Set CLOUDFLARE_ACCOUNT_ID, or `account_id` in the file.')
    project.put({ 'wrangler.jsonc': '{ "d1_databases": [}' })
    expect(refusal('d1:DB')).toMatch(/wrangler\.jsonc: it is no JSON: ValueExpected in line 1/)
    project.put({ 'wrangler.jsonc': '{}', 'wrangler.json': '{ "account_id": "a", "d1_databases": 5 }' })
    expect(refusal('d1:DB')).toMatch(/wrangler\.json: `d1_databases` has no binding DB; it has: none/)
  })

  test('says what is no TOML', () => {
    project.put({ 'wrangler.toml': 'a = = 1' })
    expect(refusal('d1:DB')).toMatch(/wrangler\.toml: it is no TOML/)
  })

  test('is with ?local the file of `wrangler dev`, which is migrated like a file of SQLite', () => {
    project.put({ 'wrangler.toml': toml })
    expect(project.run(['upgrade', '--url', 'd1:DB?local'])).toMatchObject({ code: 0 })
    // The name that Miniflare 4.20260730 gives the file of the database `id-1`.
    const name = '69c4d66aaa826067955905b52b4151988be6f80b3682f473e56480ca9ec895ee.sqlite'
    const file = `${project.folder}/.wrangler/state/v3/d1/miniflare-D1DatabaseObject/${name}`
    expect(databaseOf('d1:DB?local')).toBe(file)
    expect(existsSync(file)).toBe(true)
    expect(project.run(['status', '--url', 'd1:DB?local'])).toMatchObject({ code: 0 })
  })
})
