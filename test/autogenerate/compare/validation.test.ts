import { compare, readSource } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'
import { dialectOf, migratorAt } from '../check/kit.ts'

const schemaWith = (validation: string): string => `CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, user_id integer);
ALTER TABLE posts ADD CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id)${validation}`

describeOn('postgres', 'a foreign key that is declared as validated', (createDatabase) => {
  const notes = async (actual: string, declared: string) => {
    const { url, sql } = await createDatabase()
    await sql(actual)
    const source = { kind: 'sql', texts: [{ file: 'schema.sql', text: declared }] } as const
    const { changes } = await compare(migratorAt(url, []), await readSource(dialectOf(url), source))
    return changes.flatMap(({ change }) =>
      change.kind === 'operation' && change.operation.kind === 'addConstraint'
        ? [[change.operation.constraint.name, change.note]]
        : [],
    )
  }

  test('is added with a note where the database has it, and has not validated it', async () => {
    const note = expect.stringContaining('validate it with `op.sql`')
    expect(await notes(schemaWith(' NOT VALID'), schemaWith(''))).toEqual([['posts_user', note]])
    const other = schemaWith(' NOT VALID').replace('REFERENCES users (id)', 'REFERENCES users (id) ON DELETE CASCADE')
    expect(await notes(other, schemaWith(''))).toEqual([['posts_user', undefined]])
    expect(await notes(schemaWith(''), schemaWith(' NOT VALID'))).toEqual([['posts_user', undefined]])
  })
})
