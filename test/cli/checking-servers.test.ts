import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeOnDialects, familyOf } from '../kit/servers.ts'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'the commands that check', (createDatabase, server) => {
  const isPostgres = familyOf(server) === 'postgres'
  const schema = isPostgres ? 'current_schema()' : 'DATABASE()'
  const columns = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = ${schema} ORDER BY 1, 2`

  test('make the bookkeeping, find what is to be done, and leave the database alone', async () => {
    const database = await createDatabase()
    const project = new Project(twoRevisions)
    projects.push(project)
    const env = { APP_URL: database.url }
    const run = (...args: readonly string[]) => project.run(args, { env })
    const picture = async () => [
      await database.sql(columns),
      await database.sql('SELECT * FROM migrate_version ORDER BY 1'),
      await database.sql('SELECT * FROM migrate_history ORDER BY id'),
    ]
    expect(run('ensure-version')).toMatchObject({ code: 0, stdout: expect.stringContaining('migrate_version') })
    expect(run('ensure-version')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the bookkeeping tables exist'),
    })
    const empty = await picture()
    expect(run('check')).toMatchObject({ code: 3, stdout: expect.stringContaining('2 revisions are pending, a1, b1') })
    expect(run('doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('lock: No run is in progress.') })
    expect(await picture()).toEqual(empty)
    expect(run('upgrade').code).toBe(0)
    expect(run('check')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') })

    for (const [change, code] of [
      ["UPDATE migrate_version SET version_num = 'zzz'", 'UNKNOWN_APPLIED_REVISION'],
      ["DELETE FROM migrate_version; INSERT INTO migrate_version VALUES ('a1'), ('b1')", 'OVERLAPPING_TARGETS'],
    ] as const) {
      await database.sql(change)
      const before = await picture()
      expect(run('upgrade')).toMatchObject({ code: 1, stderr: expect.stringContaining(code) })
      expect(run('check')).toMatchObject({ code: 3, stdout: expect.stringContaining('stamp --purge') })
      expect(await picture()).toEqual(before)
    }
    expect(run('stamp', 'b1', '--purge').code).toBe(0)
    expect(run('check').code).toBe(0)
  })
})
