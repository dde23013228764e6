import { describeOnEach } from '../../kit/servers.ts'
import { dialectOf } from '../backup/kit.ts'
import { promises } from './kit.ts'

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a squashed revision', (createDatabase) => {
  promises(async () => {
    const database = await createDatabase()
    return { dialect: dialectOf(database), sql: (text) => database.sql(text) }
  })
})
