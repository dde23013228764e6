import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { familyOf, type TestDatabase } from './servers.ts'

/** A user with no right but to connect, and the URL that it connects with. */
export async function newUser({
  server,
  sql,
  url,
}: Pick<TestDatabase, 'server' | 'sql' | 'url'>): Promise<{ readonly user: string; readonly url: string }> {
  const name = `w_${randomBytes(5).toString('hex')}`
  const isPostgres = familyOf(server) === 'postgres'
  const user = isPostgres ? name : `${name}@'%'`
  await sql(isPostgres ? `CREATE ROLE ${name} LOGIN` : `CREATE USER ${user}`)
  onTestFinished(
    async () => void (await sql(isPostgres ? `DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}` : `DROP USER ${user}`)),
  )
  const own = new URL(url)
  own.username = name
  own.password = ''
  return { user, url: own.href }
}
