import { check, compare } from '@org/migrate-autogenerate'
import {
  column,
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  readDeclared,
  revisions,
  table,
  text,
} from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'

const columns = { id: column(integer(), { nullable: false }), a: column(text()) }
const at = (schema?: string) => table('t', columns, { primaryKey: ['id'], ...(schema === undefined ? {} : { schema }) })

/** One revision that makes the table as its author writes it. */
const chain = (schema?: string) =>
  graphOf(
    revisions([
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op: OperationRecorder) => {
          if (schema !== undefined && schema !== 'public') op.createSchema(schema, { ifNotExists: true })
          op.createTable(schema === undefined ? 't' : { schema, name: 't' }, (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('a', text())
            t.primaryKey(['id'])
          })
        },
      },
    ]),
  )

for (const server of ['postgres', 'postgres-next'] as const) {
  describeOn(server, 'schemas of a declaration', (createDatabase) => {
    const changes = async (
      from: 'database' | 'replay',
      declaredSchema: string | undefined,
      declared: object,
      url: string,
    ) => {
      const migrator = createMigrator({ dialect: postgresDialect({ url }), tiers: [chain(declaredSchema)] })
      await migrator.upgrade()
      const comparison = await compare(migrator, readDeclared({ ...declared }), { from })
      const [differences, checked] = [
        comparison.changes.map(({ describe: line }) => line),
        await check(migrator, { declared: readDeclared({ ...declared }) }),
      ]
      return {
        differences,
        open: comparison.unanswered,
        differs: checked.findings.filter(({ kind }) => kind === 'model differs' || kind === 'drift').length,
      }
    }

    describe.each(['database', 'replay'] as const)('from the %s', (from) => {
      test.each([
        ['neither says it', undefined, undefined],
        ['the declaration says it', undefined, 'public'],
        ['the revision says it', 'public', undefined],
        ['both say it', 'public', 'public'],
      ])('the schema of the connection is the same by its name: %s', async (_, declaredSchema, declared) => {
        const { url, drop } = await createDatabase()
        try {
          expect(await changes(from, declaredSchema, { t: at(declared) }, url)).toEqual({
            differences: [],
            open: [],
            differs: 0,
          })
        } finally {
          await drop()
        }
      })

      test('the schema that the URL names is that of the connection', async () => {
        const { url, drop } = await createDatabase()
        try {
          const own = `${url}${url.includes('?') ? '&' : '?'}schema=tenant`
          expect(await changes(from, undefined, { t: at('tenant') }, own)).toEqual({
            differences: [],
            open: [],
            differs: 0,
          })
        } finally {
          await drop()
        }
      })

      test('the last table of a schema is seen, and so does check', async () => {
        const { url, drop } = await createDatabase()
        try {
          const { differences, differs } = await changes(from, 'app', {}, url)
          expect([differences, differs]).toEqual([['drop table app.t'], 1])
        } finally {
          await drop()
        }
      })
    })
  })
}
