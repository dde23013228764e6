import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needsDriver } from '../../kit/sqlite-client/needs-driver.ts'
import { root } from '../tree.ts'
import { blocksOf, emptyProject, follow, readPage } from './scenario.ts'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-example-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the guide to revisions that are written by hand', () => {
  const page = readPage('docs/guides/write-by-hand.md')

  test('shows the files of the example', () => {
    const shown = new Map(
      blocksOf(page)
        .filter(({ language }) => language === 'ts')
        .map(({ text }) => [text.slice(3, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)]),
    )
    const home = join(root, 'examples/features-tutorial')
    const files = ['migrate.config.ts', ...readdirSync(join(home, 'migrations')).map((name) => `migrations/${name}`)]
    expect([...shown.keys()].sort()).toEqual(files.sort())
    for (const file of files) expect(shown.get(file)).toBe(readFileSync(join(home, file), 'utf8'))
  })

  test('that says something else is seen', () => {
    emptyProject(folder, 'examples/features-tutorial')
    const beginning = page.slice(0, page.indexOf('## 3.'))
    const wrong = `${beginning.replace('"name" VARCHAR(80)', '"name" TEXT').replace('1 revision applied', '2 revisions applied')}
\`\`\`sql
SELECT count(*) FROM features
\`\`\`

\`\`\`rows
1
\`\`\`
`
    const { differences } = follow(wrong, folder, 'app.db')
    expect(differences).toHaveLength(3)
  })
})

describe('the features of users', () => {
  test('are inserted with what the application fills in, and read by their user', () => {
    const file = join(folder, 'features.db')
    const main = join(root, 'examples/service/features/main.js')
    const { stdout, stderr } = spawnSync(process.execPath, [main, file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const [first, ...rest] = stdout.trimEnd().split('\n')
    expect(first).toMatch(
      /^The first has the id [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.$/,
    )
    expect(rest.sort()).toEqual(['export: true {"limit":10}', 'search: false {}'])
    const database = new Database(file, { readonly: true })
    const rows = database.prepare('SELECT user_id, created_at FROM features ORDER BY name, user_id').all()
    database.close()
    expect(rows).toMatchObject([{ user_id: 'ada' }, { user_id: 'ada' }, { user_id: 'bob' }])
    for (const { created_at } of rows as { created_at: number }[]) {
      expect(Math.abs(Date.now() / 1_000 - created_at)).toBeLessThan(60)
    }
  })
})

describe('the service', () => {
  needsDriver('better-sqlite3')
  const main = join(root, 'examples/service/main.js')
  const start = (file: string) => spawnSync(process.execPath, [main, file], { encoding: 'utf8' })

  test('migrates itself, and finds nothing to do the next time', () => {
    const file = join(folder, 'notes.db')
    const first = start(file)
    expect(first.stderr).toBe('')
    expect(first.stdout).toBe('Applied main:0d5c2f7a9e11, main:71b8e3046cda.\nNotes: 1\n')
    expect(start(file).stdout).toBe('The database is up to date.\nNotes: 2\n')
    const database = new Database(file, { readonly: true })
    expect(database.prepare('SELECT version_num FROM migrate_version').pluck().all()).toEqual(['71b8e3046cda'])
    expect(database.prepare("SELECT name FROM pragma_table_info('notes')").pluck().all()).toEqual([
      'id',
      'text',
      'pinned',
    ])
    database.close()
  })

  test('does not start on a database that a newer release has migrated', () => {
    const file = join(folder, 'notes.db')
    start(file)
    const database = new Database(file)
    database.exec("UPDATE migrate_version SET version_num = 'ffffffffffff'")
    database.close()
    const refused = start(file)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('UNKNOWN_APPLIED_REVISION')
    expect(refused.stdout).toBe('')
  })

  test('needs fewer than 20 lines for it', () => {
    expect(readFileSync(join(root, 'examples/service/migrate.js'), 'utf8').trim().split('\n').length).toBeLessThan(20)
  })
})
