import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { ensureBuilt, Project, revision, root } from '../../cli/project.ts'
import { describeOn } from '../../kit/servers.ts'

beforeAll(ensureBuilt)

const byOperations = `  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })`
const bySql = "  op.sql('CREATE TABLE t (id int PRIMARY KEY)')"
const addingColumn = "  op.sql('ALTER TABLE t ADD COLUMN email text')"

describeOn('postgres', 'adopted by a role that may make no shadow schema', (createDatabase) => {
  it('a database is not recorded at a revision that could not be compared with it', async () => {
    const { url, name, sql } = await createDatabase()
    const role = `adopting_${process.pid}`
    const project = new Project()
    symlinkSync(
      join(root, 'packages/dialect-postgres'),
      join(project.folder, 'node_modules/@org/migrate-dialect-postgres'),
    )
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; REVOKE CREATE ON DATABASE "${name}" FROM PUBLIC`)
    try {
      await sql(
        `GRANT CREATE, USAGE ON SCHEMA public TO ${role}; SET ROLE ${role}; CREATE TABLE t (id int PRIMARY KEY)`,
      )
      const limited = Object.assign(new URL(url), { username: role, password: 'x' }).href
      const adopt = () => project.run(['adopt', '--json'], { env: { APP_URL: limited } })
      const answerOf = ({ stdout }: ReturnType<typeof adopt>): unknown =>
        JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
      project.put({
        'migrations/a1.ts': revision('a1', null, bySql),
        'migrations/b1.ts': revision('b1', 'a1', addingColumn),
      })
      const unknown = adopt()
      expect(unknown.code).toBe(3)
      expect(answerOf(unknown)).toMatchObject({ compared: false, ran: false, stamped: false, pending: [] })
      const { stdout } = project.run(['adopt'], { env: { APP_URL: limited } })
      expect(stdout).toContain('nothing was stamped\nfind out which revision makes this schema')
      expect(project.run(['status', '--exit-code'], { env: { APP_URL: limited } }).code).toBe(3)
      // What an operation makes is compared without a shadow schema.
      project.put({ 'migrations/a1.ts': revision('a1', null, byOperations) })
      const found = adopt()
      expect(found.code, found.stdout + found.stderr).toBe(0)
      expect(answerOf(found)).toMatchObject({ compared: true, revision: 'a1', stamped: true, pending: ['b1'] })
    } finally {
      project.remove()
      await sql(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})
