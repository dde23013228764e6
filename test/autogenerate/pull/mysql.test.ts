import { expect, test } from 'vitest'
import { describeOnEach } from '../../kit/servers.ts'
import { missingIn, pulled, undeclaredLines } from './kit.ts'
import { rich } from './rich-schemas.ts'

describeOnEach(['mariadb', 'mysql'], 'what is pulled', (createDatabase) => {
  test('a rich schema, read back, differs in nothing, and makes the same tables', async () => {
    const { url, sql } = await createDatabase()
    await sql(rich.mysql)
    const { declared, differences, text, ...declarations } = await pulled(url)
    expect(differences).toEqual([])
    expect(undeclaredLines({ ...declarations, text })).toEqual([
      'table | user_accounts | its columns are declared in another order: JavaScript puts names that are whole numbers first',
      'view | active_orgs | table(…) declares no views',
      'trigger | orgs.touched | table(…) declares no triggers',
    ])
    const rest = await missingIn((await createDatabase()).url, declared, url)
    expect(rest).toEqual(['create view active_orgs', 'create trigger touched on orgs'])
  })
})
