import path from 'node:path'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'

const at = (url: string): string => sqliteDialect({ url, baseDirectory: '/srv/app' }).connection.database

describe('a SQLite URL', () => {
  it.each([
    ['sqlite:///data/app.db', '/srv/app/data/app.db'],
    ['sqlite:////var/app.db', '/var/app.db'],
    ['sqlite:data/app.db', '/srv/app/data/app.db'],
    ['sqlite:/var/app.db', '/var/app.db'],
    ['SQLITE:///app.db', '/srv/app/app.db'],
    ['file:///var/my%20app.db', '/var/my app.db'],
    ['file:app.db', '/srv/app/app.db'],
    ['/var/app.db', '/var/app.db'],
    [':memory:', ':memory:'],
    ['sqlite://', ':memory:'],
    ['sqlite::memory:', ':memory:'],
    ['sqlite:///:memory:', ':memory:'],
  ])('%s is %s', (url, expected) => {
    expect(at(url)).toBe(expected)
  })

  it('is relative to the working directory unless told otherwise', () => {
    expect(sqliteDialect({ url: 'sqlite:///a.db' }).connection.database).toBe(path.join(process.cwd(), 'a.db'))
  })

  it.each([
    'postgres://h/d',
    'sqlite://host/a.db',
    'sqlite:///a.db?mode=ro',
    'sqlite:a.db?mode=ro',
    'sqlite:',
    'no/such/folder/app.db',
    'file:a.db?mode=ro',
    'file://host/a.db',
    'sqlite:a.db\n',
    'sqlite:////var/a.db ',
    '/var/a.db\t',
    'sqlite::memory:\n',
  ])('%s is INVALID_URL with what is supported', (url) => {
    expect(() => at(url)).toThrow(
      expect.objectContaining({
        code: 'INVALID_URL',
        message: expect.stringContaining('sqlite:////absolute') as string,
      }),
    )
  })

  it.each([
    ['sqlite+sqlcipher:///data/x.db', '/data/x.db'],
    ['sqlite+sqlcipher://data/x.db', '/srv/app/data/x.db'],
    ['sqlite+sqlcipher:////data/x.db', '/data/x.db'],
    ['SQLITE+SQLCIPHER:///a%20b#c.db', '/a%20b#c.db'],
  ])('%s is the encrypted %s', (url, expected) => {
    expect(sqliteDialect({ url, key: 'k', baseDirectory: '/srv/app' }).connection.database).toBe(expected)
  })

  it.each([
    'sqlite+sqlcipher:',
    'sqlite+sqlcipher:a.db',
    'sqlite+sqlcipher://',
    'sqlite+sqlcipher://:memory:',
    'sqlite+sqlcipher:///a.db?key=secret',
  ])('%s is INVALID_URL, and what stands behind its ? is not said', (url) => {
    expect(() => sqliteDialect({ url, key: 'k' })).toThrow(
      expect.objectContaining({ code: 'INVALID_URL', message: expect.not.stringContaining('secret') as string }),
    )
  })
})
