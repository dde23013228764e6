import { expect, it } from 'vitest'
import { on } from './databases.ts'
import { oracleOf } from './oracle.ts'
import { schemas } from './schemas/mysql/all.ts'
import { judge } from './suite.ts'

// MariaDB is no dialect of drizzle-kit. Asked as MySQL, it wants each primary key and each default of a text there again, since MariaDB names
// its catalog's columns and quotes what they hold in another way: nothing of what it says there would be about us.
judge('mysql', schemas)

on.mysql(({ open }) => {
  const oracle = oracleOf('mysql')

  it("drizzle-kit's API wants nothing even of an empty database: it is its command that is asked", async () => {
    const schema = schemas.find(({ name }) => name === 'a serial number')
    if (schema === undefined) throw new Error('the schema has another name')
    const database = await open()
    try {
      expect(await oracle.wantsByApi(schema, 0, database.url)).toEqual({ statements: [] })
      const expected = expect.stringMatching(/^CREATE TABLE `rows` \(/)
      expect(await oracle.wants(schema, 0, database.url)).toEqual({ statements: [expected] })
    } finally {
      await database.close()
    }
  })
})
