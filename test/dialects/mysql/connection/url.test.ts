import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseUrl } from '../../../../packages/dialect-mysql/src/connection/url.ts'

const secret = 'hunter2'

function refusal(url: string): string {
  try {
    parseUrl(url)
  } catch (error) {
    const shown = inspect(error, { depth: 9 }) + JSON.stringify(error)
    expect(shown).not.toContain(secret)
    expect(error).toMatchObject({ code: 'INVALID_URL' })
    expect((error as Error).message).toContain('mysql://user:password@host:3306/database')
    return (error as { readonly details: { readonly why: string } }).details.why
  }
  throw new Error(`${url} was taken`)
}

describe('a URL of MySQL or MariaDB', () => {
  it.each([
    ['mysql://root@db/app', 'mysql', 'db', 3306, 'mysql://root@db/app'],
    ['mariadb://root@db:3307/app', 'mariadb', 'db', 3307, 'mariadb://root@db:3307/app'],
    ['mysql+pymysql://root@[::1]/app', 'mysql', '::1', 3306, 'mysql://root@[::1]/app'],
    ['mariadb+mariadbconnector://db/app', 'mariadb', 'db', 3306, 'mariadb://db/app'],
    ['MYSQL://db/app', 'mysql', 'db', 3306, 'mysql://db/app'],
    ['mysql:///app', 'mysql', 'localhost', 3306, 'mysql:///app'],
  ])('%s', (url, flavour, host, port, display) => {
    expect(parseUrl(url)).toMatchObject({ flavour, host, port, database: 'app', display })
  })

  it('is shown without its password, whatever the password holds', () => {
    const target = parseUrl(`mysql://a%40b:${secret}%2F%3F@db/app?charset=utf8mb4`)
    expect(target).toMatchObject({ user: 'a@b', password: `${secret}/?`, display: 'mysql://a%40b@db/app' })
    expect(parseUrl(`mysql://root:${secret}@x@db/app`)).toMatchObject({ password: `${secret}@x`, host: 'db' })
  })

  it('says what is wrong with it, and shows the right form', () => {
    expect(refusal(`postgres://u:${secret}@h/app`)).toContain('scheme is postgres')
    expect(refusal(`mysql://u:${secret}@h`)).toContain('names no database')
    expect(refusal(`mysql://u:${secret}@h/app?sslmode=maybe`)).toContain('"maybe"')
    expect(refusal(`mysql://u:${secret}@h/app?useUnicode=yes`)).toContain('"useUnicode"')
    expect(refusal(`mysql://u:${secret}@h/app?charset=latin1`)).toContain('utf8mb4')
    expect(refusal(`mysql://u:${secret}@h/app?connect-timeout=soon`)).toContain('"soon"')
    expect(refusal(`mysql://u:${secret}@h/app?ssl-cert=a.pem`)).toContain('ssl-key')
    expect(refusal(`mysql://u:${secret}@h/app?ssl_mode=REQUIRED&ssl-mode=DISABLED`)).toContain('twice')
    expect(refusal(`mysql://u:${secret}@h/app?ssl-mode=DISABLED&ssl-ca=a.pem`)).toContain('DISABLED')
    expect(refusal(`mysql://u:${secret}#%zz@h/app`)).not.toContain(secret)
  })

  it.each([
    ['', 'DISABLED', 'mysql://localhost/app'],
    ['', 'DISABLED', 'mysql://127.0.0.1/app'],
    ['', 'PREFERRED', 'mysql://db/app'],
    ['?ssl-mode=DISABLED', 'DISABLED', 'mysql://db/app'],
    ['?sslmode=require', 'REQUIRED', 'mysql://db/app'],
    ['?ssl=true', 'REQUIRED', 'mysql://db/app'],
    ['?ssl_mode=verify-ca', 'VERIFY_CA', 'mysql://db/app'],
    ['?sslMode=verify-full', 'VERIFY_IDENTITY', 'mysql://db/app'],
    ['?ssl-mode=VERIFY_IDENTITY', 'VERIFY_IDENTITY', 'mysql://db/app'],
    ['?ssl-mode=REQUIRED&ssl-ca=ca.pem', 'VERIFY_CA', 'mysql://db/app'],
  ])('with %j has the mode %s at %s', (query, mode, url) => {
    expect(parseUrl(`${url}${query}`).tls.mode).toBe(mode)
  })

  it('takes timeouts in seconds as libmysql, in milliseconds as JDBC', () => {
    expect(parseUrl('mysql://db/app').connectTimeoutMs).toBe(10_000)
    expect(parseUrl('mysql://db/app?connect_timeout=3').connectTimeoutMs).toBe(3_000)
    expect(parseUrl('mysql://db/app?connectTimeout=300').connectTimeoutMs).toBe(300)
  })

  it('finds TLS files from the folder it is told', () => {
    const { tls } = parseUrl('mysql://db/app?ssl-ca=ca.pem&ssl-cert=/c.pem&ssl-key=k.pem', '/etc/tls')
    expect(tls).toEqual({ mode: 'VERIFY_CA', ca: '/etc/tls/ca.pem', cert: '/c.pem', key: '/etc/tls/k.pem' })
  })
})
