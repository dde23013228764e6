import { randomBytes } from 'node:crypto'
import type { Session } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it, onTestFinished } from 'vitest'
import { describeOn, describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

const request = { tables: [{ name: 't' }], referrers: true }

describeOnEach(['mariadb', 'mysql'], 'a table of the same text as one that was read before', (createDatabase) => {
  it('Is not what that became while it was read', async () => {
    const [changing, other] = [await createDatabase(), await createDatabase()]
    // A text of its own: what a process has read of tables it keeps.
    const column = `c${randomBytes(4).toString('hex')}`
    for (const { sql } of [changing, other]) await sql(`CREATE TABLE t (${column} int PRIMARY KEY)`)
    const { dialect, session } = await live(changing)
    let isChanged = false
    const query: Session['query'] = async (text, params) => {
      const rows = await session.query(text, params)
      if (text.startsWith('SHOW CREATE TABLE') && !isChanged) {
        isChanged = true
        await changing.sql('ALTER TABLE t ADD COLUMN later int')
      }
      return rows
    }
    const racing = new Proxy(session, {
      get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
    })
    await dialect.introspection.schema(racing, request)
    expect(isChanged).toBe(true)
    const columns = (await (await live(other)).introspect('t')).tables.get('t')?.columns
    expect(columns?.map(({ name }) => name)).toEqual([column])
  })

  it('Is read whole, also behind a user who is not shown all of it', async () => {
    const [limited, whole] = [await createDatabase(), await createDatabase()]
    const [table, user] = [`p${randomBytes(4).toString('hex')}`, `reader_${randomBytes(4).toString('hex')}`]
    for (const { sql } of [limited, whole]) {
      await sql(`CREATE TABLE ${table} (id int PRIMARY KEY)`)
      await sql(`CREATE TABLE t (id int PRIMARY KEY, parent int, CHECK (id > 1),
        CONSTRAINT parents FOREIGN KEY (parent) REFERENCES ${table} (id) ON DELETE CASCADE)`)
    }
    await limited.sql(`CREATE USER ${user} IDENTIFIED BY 'pw'; GRANT SELECT ON t TO ${user}`)
    onTestFinished(async () => void (await limited.sql(`DROP USER ${user}`)))
    const url = Object.assign(new URL(limited.url), { username: user, password: 'pw' }).href
    const dialect = mysqlDialect({ url })
    const session = await dialect.connection.connect({ purpose: 'inspect' })
    onTestFinished(() => session.close())
    await (await (session.dialect ?? dialect).load()).introspection.schema(session, request)
    const constraints = (await (await live(whole)).introspect('t')).tables.get('t')?.constraints
    expect(constraints).toEqual([
      expect.objectContaining({ kind: 'primaryKey' }),
      expect.objectContaining({ kind: 'check' }),
      expect.objectContaining({ kind: 'foreignKey', onDelete: 'cascade' }),
    ])
  })
})

describeOn('mariadb', 'a table of the same text as one in another database', (createDatabase) => {
  const defaultOf = async (db: TestDatabase): Promise<unknown> =>
    (await (await live(db)).introspect('t')).tables.get('t')?.columns.find(({ name }) => name === 'n')?.default

  it('Takes its default from a sequence of the other one', async () => {
    const [own, copy] = [await createDatabase(), await createDatabase()]
    const [{ name } = { name: '' }] = await own.sql('SELECT DATABASE() AS name')
    await own.sql('CREATE SEQUENCE s')
    for (const { sql } of [own, copy])
      await sql(`CREATE TABLE t (id int PRIMARY KEY, n bigint DEFAULT nextval(\`${name}\`.s))`)
    expect(await defaultOf(own)).toEqual({ kind: 'expression', sql: 'nextval(`s`)' })
    expect(await defaultOf(copy)).toEqual({ kind: 'expression', sql: `nextval(\`${name}\`.\`s\`)` })
  })
})
