import type { OperationRecorder } from '@org/migrate-core'
import { integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const tableT = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })

describeOn('postgres', 'our tables in a schema of the search path that the user may not use', (createDatabase) => {
  it.each([
    ['a comma', 'a, b', '"a, b", public'],
    ['a quote', 'a"b', '"a""b", public'],
    ['capitals that are folded', 'ab', 'AB, public'],
  ])('The missing right is named where its name has %s', async (_what, schema, path) => {
    const { name, url, sql } = await createDatabase()
    const quoted = `"${schema.replaceAll('"', '""')}"`
    const user = `u_${name.slice(2, 10)}`
    await sql(`CREATE SCHEMA ${quoted}`)
    await migratorOf(postgresDialect({ url, schema }), line(tableT)).upgrade()
    await sql(`CREATE ROLE ${user} LOGIN`)
    try {
      const own = Object.assign(new URL(url), { username: user, password: '' })
      own.searchParams.set('search_path', path)
      const error = await errorOf(migratorOf(postgresDialect({ url: own.href }), line(tableT)).status())
      expect(error).toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'permission' } })
      expect(error.message).toContain(`this user lacks USAGE on the schema ${schema}`)
    } finally {
      await sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
    }
  })
})
