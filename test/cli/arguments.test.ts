import Database from 'better-sqlite3'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)

let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const rows = (file: string, sql: string): unknown[] => {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

const config = (body: string): Record<string, string> => ({
  'migrate.config.ts': `import { defineConfig } from '@org/cli'\n${body}\n`,
})

describe('a configuration that is a function', () => {
  test('gives another database for another -x, and hears the command; async ones are waited for', () => {
    project.put(
      config(`export default defineConfig(async ({ x, command, env }) => {
  await Promise.resolve()
  return { url: \`sqlite:\${x.stage ?? 'plain'}-\${command.replace(' ', '-')}\${env.SUFFIX ?? ''}.db\`, migrations: './migrations' }
})`),
    )
    expect(project.run(['upgrade', '-x', 'stage=live'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${project.folder}/live-upgrade.db: 2 revisions applied`),
    })
    expect(project.run(['-x', 'stage=first', '-x', 'stage=second', 'upgrade', 'a1']).stdout).toContain(
      'second-upgrade.db: 1 revision applied',
    )
    expect(project.run([], { env: { SUFFIX: '-x' } }).stdout).toContain('plain-upgrade-x.db: 2 revisions applied')
    expect(project.json(['lock', 'status'])).toMatchObject({ database: `${project.folder}/plain-lock-status.db` })
    expect(project.json(['lock'])).toMatchObject({ database: `${project.folder}/plain-lock-status.db` })
  })

  test('may give several tiers, in several folders', () => {
    project.put({
      ...config(`import { graph, sequential } from '@org/migrate-core/node'
export default defineConfig(({ x }) => ({
  url: 'sqlite:app.db',
  tiers: [...('old' in x ? [sequential(new URL('./old/', import.meta.url))] : []), graph(new URL('./migrations/', import.meta.url))],
}))`),
      'old/001_first.ts':
        "import { integer, type OperationRecorder } from '@org/migrate-core'\nexport function migrate(op: OperationRecorder): void {\n  op.createTable('first', (t) => t.column('id', integer()))\n}\n",
    })
    expect(project.json(['-x', 'old'])).toMatchObject({ applied: ['legacy:001_first', 'main:a1', 'main:b1'] })
  })

  test('that throws is CONFIG_FAILED with its file and line, and the database is not made', () => {
    project.put(config("\nexport default defineConfig(() => {\n  throw new Error('no stage was named')\n})"))
    const { code, stdout } = project.run(['upgrade', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'CONFIG_FAILED',
        message: expect.stringMatching(/migrate\.config\.ts:4:\d+: its default export threw: no stage was named$/),
        details: { file: `${project.folder}/migrate.config.ts`, line: 4 },
      },
    })
    project.put(config("export default defineConfig(() => Promise.reject(new Error('not yet')))"))
    expect(project.run(['status'])).toMatchObject({ code: 2, stderr: expect.stringContaining('not yet') })
    project.put(config("export default (() => 'app.db') as never"))
    expect(project.run(['status'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the default export is a string'),
    })
  })
})

describe('-x', () => {
  test('is what data steps see as db.arguments, of keys of any name; recorders do not see it', () => {
    project.put({
      'migrations/c1_greeting.ts': revision(
        'c1',
        'b1',
        `  if ('arguments' in op) throw new Error('a recorder saw it')
  op.run('greet', async (db) => {
    const text = JSON.stringify([Object.getPrototypeOf(db.arguments), Object.isFrozen(db.arguments), Object.entries(db.arguments)])
    await db.execute('INSERT INTO accounts (id, name, locale) VALUES (2, ?, ?)', [text, 'de'])
  })`,
      ),
    })
    const { code, stderr } = project.run(['-x', 'name=a=b', '-x', 'constructor', '-x', '__proto__=1', '-x', 'empty='])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(rows(project.database, 'SELECT name FROM accounts WHERE id = 2')).toEqual([
      { name: '[null,true,[["name","a=b"],["constructor",""],["__proto__","1"],["empty",""]]]' },
    ])
  })

  test.each([['=1'], [''], [' =2']])('without a key is USAGE: %j', (text) => {
    const { code, stderr } = project.run(['upgrade', '-x', text])
    expect(code).toBe(2)
    expect(stderr).toMatch(/USAGE: option '-x <key=value>' argument '.*' is invalid\. It is key=value, or a bare key\./)
  })

  test('without anything behind it is USAGE', () => {
    expect(project.run(['upgrade', '-x'])).toMatchObject({ code: 2, stderr: expect.stringContaining('USAGE') })
  })

  test('goes before `arguments` of the configuration', () => {
    project.put({
      ...config(
        "export default defineConfig({ url: 'sqlite:app.db', migrations: './migrations', arguments: { a: 'file', b: 'file' } })",
      ),
      'migrations/c1_greeting.ts': revision(
        'c1',
        'b1',
        `  op.run('greet', async (db) => {
    await db.execute('INSERT INTO accounts (id, name) VALUES (2, ?)', [JSON.stringify(db.arguments)])
  })`,
      ),
    })
    expect(project.run(['-x', 'a=line']).code).toBe(0)
    expect(rows(project.database, 'SELECT name FROM accounts WHERE id = 2')).toEqual([
      { name: '{"a":"line","b":"file"}' },
    ])
  })
})
