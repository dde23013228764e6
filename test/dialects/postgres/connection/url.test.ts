import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, test } from 'vitest'
import { parseUrl } from '../../../../packages/dialect-postgres/src/connection/url.ts'

function refused(url: string): {
  readonly code: string
  readonly details: { readonly why: string; readonly supported: readonly string[] }
  readonly message: string
  readonly remedy: string
} {
  try {
    parseUrl(url)
  } catch (error) {
    return error as never
  }
  throw new Error(`${url} was taken`)
}

describe('a URL of PostgreSQL', () => {
  test('is read in each of its forms', () => {
    expect(parseUrl('postgresql://app:hush%21@db.example:6000/shop')).toMatchObject({
      host: 'db.example',
      port: 6000,
      user: 'app',
      password: 'hush!',
      database: 'shop',
      display: 'postgresql://app@db.example:6000/shop',
    })
    expect(parseUrl('postgres://db.example/shop')).toMatchObject({ host: 'db.example', port: 5432, database: 'shop' })
    expect(parseUrl('postgresql+psycopg2://app:p@db/shop')).toMatchObject({ host: 'db', user: 'app', password: 'p' })
    expect(parseUrl('POSTGRES://db/shop').database).toBe('shop')
    expect(parseUrl('postgres://app:a@b@db/shop')).toMatchObject({ password: 'a@b', host: 'db' })
    expect(parseUrl('postgres://app@[::1]:6000/shop')).toMatchObject({ host: '::1', port: 6000 })
    expect(parseUrl('postgres:///shop')).toMatchObject({ host: 'localhost', port: 5432 })
    expect(parseUrl('postgres:///shop?host=/run/pg&port=6000')).toMatchObject({ socket: '/run/pg', port: 6000 })
    expect(parseUrl('postgres://%2Frun%2Fpg/shop')).toMatchObject({ socket: '/run/pg' })
    expect(parseUrl('postgres://db/my%20shop').database).toBe('my shop')
  })

  test('says how the session begins', () => {
    const { ssl, ...connection } = parseUrl(
      'postgres://db/shop?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&application_name=deploy&connect_timeout=3&options=-c%20geqo%3Doff&schema=app&search_path=a,b&lock_timeout=50&statement_timeout=60000&user=u&password=p&client_encoding=UTF8&gssencmode=disable&channel_binding=prefer&target_session_attrs=read-write',
    )
    expect(ssl).toEqual({ mode: 'verify-full', rootCert: '/ca.pem', cert: '/c.pem', key: '/k.pem' })
    expect(connection).toMatchObject({
      applicationName: 'deploy',
      connectTimeoutMs: 3_000,
      options: '-c geqo=off',
      schema: 'app',
      searchPath: 'a,b',
      lockTimeoutMs: 50,
      statementTimeoutMs: 60_000,
      user: 'u',
      password: 'p',
    })
    expect(connection.display).toBe('postgres://db/shop')
  })

  test('that is wrong is refused with the right form, and without its password', () => {
    const cases: readonly (readonly [url: string, why: RegExp])[] = [
      ['mysql://app:hush@db/shop', /its scheme is mysql/],
      ['app:hush@db/shop', /no scheme/],
      ['postgres://app:hush@db', /names no database/],
      ['postgres://app:hush@db:port/shop', /host and port/],
      ['postgres://app:hush@db:70000/shop', /port is 70000/],
      ['postgres://app:hu%sh@db/shop', /password has a %/],
      ['postgres://app:hush@a:1,b:2/shop', /host and port/],
      ['postgres://app:hush@a,b/shop', /several hosts/],
      ['postgres://app:hush@db/shop?sslmod=require', /parameter "sslmod"/],
      ['postgres://app:hush@db/shop?password=hush&pool=5&pgbouncer=true', /parameter "pool", "pgbouncer"/],
      ['postgres://app:hush@db/shop?sslmode=always', /sslmode is not one of disable, allow, prefer/],
      ['postgres://app:hush@db/shop?ssl=always', /sslmode is not one of/],
      ['postgres://app:hush@db/shop?connect_timeout=soon', /connect_timeout is no whole number/],
      ['postgres://app:hush@db/shop?channel_binding=require', /channel_binding can only be disable, prefer/],
      ['postgres://app:hush@db/shop?target_session_attrs=standby', /target_session_attrs can only be/],
      ['postgres://app:hush@db/shop?client_encoding=latin1', /client_encoding can only be/],
    ]
    for (const [url, why] of cases) {
      const error = refused(url)
      expect([url, error.code]).toEqual([url, 'INVALID_URL'])
      expect(error.details.why).toMatch(why)
      expect(error.message).toContain('postgresql://user:password@host:5432/database')
      // Only where characters of the password can be the cause, the message says how to write them.
      expect(error.remedy).toBe('Use one of the supported forms.')
      expect(JSON.stringify(error) + error.message).not.toContain('hush')
    }
  })

  test('is shown without its password', () => {
    const { database } = postgresDialect({ url: 'postgres://app:hush@db/shop?password=hush' }).connection
    expect(database).toBe('postgres://app@db/shop')
  })
})
