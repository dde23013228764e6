import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqliteClient } from '../unit/script/client.ts'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

const projects: Project[] = []
function project(files: Readonly<Record<string, string>> = twoRevisions): Project {
  const created = new Project(files)
  projects.push(created)
  return created
}

beforeAll(ensureBuilt)
afterAll(() => {
  for (const each of projects) each.remove()
})

const offline = [
  ['upgrade', '--sql'],
  ['upgrade', 'a1:b1', '--sql'],
  ['downgrade', 'head:a1', '--sql'],
  ['stamp', 'a1:head', '--sql'],
] as const

describe('SQL without a database', () => {
  test.each(['postgres', 'mysql', 'mariadb'])('%s: no connection is made', async (scheme) => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const url = `${scheme}://app:s3cr3tpassw0rd@127.0.0.1:${(server.address() as AddressInfo).port}/app`
    const here = project()
    try {
      for (const args of offline) {
        const { code, stdout } = await here.start([...args, '--url', url]).ended
        expect({ args, code, connections }).toEqual({ args, code: 0, connections: 0 })
        expect(stdout).toMatch(/^-- sha256: [0-9a-f]{64}\n/)
        expect(stdout).not.toContain('s3cr3tpassw0rd')
      }
      // What asks the database does connect: the listener would have seen it.
      await here.start(['plan', 'head', '--sql', '--url', url]).ended
      expect(connections).toBeGreaterThan(0)
    } finally {
      server.close()
    }
  })

  test('SQLite: no file is made', () => {
    const here = project()
    for (const args of offline) expect(here.run(args).code).toBe(0)
    expect(existsSync(here.database)).toBe(false)
  })

  test('is the same text each time', () => {
    const here = project()
    expect(here.run(['upgrade', '--sql']).stdout).toBe(here.run(['upgrade', '--sql']).stdout)
  })

  test('with --json it is one document', () => {
    const here = project()
    const { sql } = here.json(['upgrade', '--sql'])
    expect(sql).toBe(here.run(['upgrade', '--sql']).stdout)
  })
})

test.skipIf(sqliteClient === undefined)('a script that sqlite3 has run is where upgrade continues', () => {
  const here = project()
  expect(here.run(['upgrade', 'a1', '--sql', '--out', 'first.sql'])).toMatchObject({ code: 0 })
  const script = readFileSync(join(here.folder, 'first.sql'), 'utf8')
  expect(sqliteClient?.(here.database, script)).toMatchObject({ stopped: false })
  expect(here.run(['current']).stdout).toContain('a1')
  const rest = here.run(['plan', 'head', '--sql']).stdout
  expect(rest).toContain('from main at a1')
  expect(here.run(['upgrade']).stdout).toContain('1 revision applied')
  expect(sqliteClient?.(here.database, rest)).toMatchObject({
    stopped: true,
    output: expect.stringContaining('is not at a1'),
  })
})

describe('--out', () => {
  test('replaces a script of ours, and nothing else', () => {
    const here = project()
    const file = join(here.folder, 'up.sql')
    expect(here.run(['upgrade', 'a1', '--sql', '--out', 'up.sql']).stdout).toBe(`written to ${file}\n`)
    const first = readFileSync(file, 'utf8')
    expect(here.run(['upgrade', '--sql', '--out', 'up.sql']).code).toBe(0)
    const second = readFileSync(file, 'utf8')
    expect(second).not.toBe(first)
    for (const text of [`${second}-- by hand\n`, second.slice(0, -20), 'DROP TABLE precious;\n']) {
      writeFileSync(file, text)
      const refused = here.run(['upgrade', '--sql', '--out', 'up.sql'])
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain('FILE_NOT_WRITTEN')
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
  })
})

describe('a file that is replaced', () => {
  test.skipIf(process.platform === 'win32')('stays a link, and readable by its owner alone', () => {
    const here = project()
    const [file, link] = [join(here.folder, 'up.sql'), join(here.folder, 'link.sql')]
    here.run(['upgrade', 'a1', '--sql', '--out', 'up.sql'])
    chmodSync(file, 0o600)
    symlinkSync('up.sql', link)
    const first = readFileSync(file, 'utf8')
    expect(here.run(['upgrade', '--sql', '--out', 'link.sql']).code).toBe(0)
    expect(readFileSync(file, 'utf8')).not.toBe(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })

  test.each([
    [['erd', 'head', '--out'], 'src.ts'],
    [['test', '--applied', '--junit'], 'package.json'],
  ])('%s replaces no source', (args, name) => {
    const here = project({ ...twoRevisions, 'src.ts': 'export const mine = 1\n' })
    const file = join(here.folder, name)
    const before = readFileSync(file, 'utf8')
    const refused = here.run([...args, name])
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('FILE_NOT_WRITTEN') })
    expect(readFileSync(file, 'utf8')).toBe(before)
    writeFileSync(join(here.folder, 'empty'), '')
    expect([here.run([...args, 'empty']).code, here.run([...args, 'empty']).code]).toEqual([0, 0])
  })
})

describe('what a script cannot be', () => {
  test('a data step is named, and left out where that is asked for', () => {
    const step = "  op.run('count the stars', { up: async () => {}, down: 'none' })"
    const here = project({ ...twoRevisions, 'migrations/c1_x.ts': revision('c1', 'b1', step) })
    const refused = here.run(['upgrade', '--sql'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/c1: count the stars[\s\S]*--sql-skip-data/)
    expect(here.run(['upgrade', 'b1', '--sql']).code).toBe(0)
    expect(here.run(['upgrade', '--sql', '--sql-skip-data']).stdout).toMatch(
      /^-- left out: data step: count the stars$/m,
    )
  })

  test.each([
    [['upgrade', 'a1:b1'], /a1:b1 is a range, which goes with --sql only/],
    [['upgrade', '--out', 'x.sql'], /--out goes with --sql only/],
    [['downgrade', '--plan', 'x.json', '--out', 'x.sql'], /--out goes with --sql only/],
    [['plan', '--sql-skip-data'], /--sql-skip-data goes with --sql only/],
    [['downgrade', 'a1', '--sql'], /has to say where it begins/],
    [['upgrade', 'a1:b1:c1', '--sql'], /no range/],
    [['upgrade', '--sql', '--backup', 'x.db'], /--backup does not go with --sql/],
    [['stamp', 'head', '--purge', '--sql'], /--purge does not go with --sql/],
  ] as const)('%j is wrong usage', (args, message) => {
    const here = project()
    const refused = here.run(args)
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(message)
    expect(existsSync(here.database)).toBe(false)
  })
})
