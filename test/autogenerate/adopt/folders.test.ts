import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDrizzleFolder, readPlainFolder } from '@org/migrate-autogenerate/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusal } from './kit.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adopt-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const sum = (text: string): string => createHash('sha256').update(text).digest('hex')
const entry = (tag: string, when = 1_620_284_889_123, idx = 0) => ({ idx, version: '6', when, tag, breakpoints: true })
const journal = (entries: readonly unknown[], dialect = 'sqlite'): string =>
  JSON.stringify({ version: '7', dialect, entries })
const drizzle = (dialect?: string) =>
  refusal(() => readDrizzleFolder(folder, dialect === undefined ? {} : { dialect }), folder)
const plain = () => refusal(() => readPlainFolder(folder), folder)

type Hostile = readonly [
  what: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  message: string,
  dialect?: string,
]

describe('a folder of drizzle-kit 0.x', () => {
  it('is read in the order of its journal, with the hash that drizzle-orm makes', () => {
    put({
      'meta/_journal.json': journal([entry('0001_b', 2), entry('0000_a', 1)]),
      '0000_a.sql': 'CREATE TABLE a (x int);',
      '0001_b.sql': 'CREATE TABLE b (x int);',
      '0002_c.sql': 'CREATE TABLE c (x int);',
    })
    const { tool, migrations, strays } = readDrizzleFolder(folder)
    expect(tool).toBe('drizzle-kit')
    expect(migrations).toMatchObject([
      { name: '0001_b', at: '1970-01-01T00:00:00.002Z', hash: sum('CREATE TABLE b (x int);') },
      { name: '0000_a', at: '1970-01-01T00:00:00.001Z', up: { text: 'CREATE TABLE a (x int);' } },
    ])
    // What no entry names is never run, and is not passed over without a word.
    expect(strays).toEqual([join(folder, '0002_c.sql')])
  })

  it('with the line ends of Windows and a byte order mark has the hash of its bytes, and those of the other line ends', () => {
    const bytes = '\uFEFFCREATE TABLE a (\r\n  x int\r\n);\r\n'
    put({ 'meta/_journal.json': `\uFEFF${journal([entry('0000_a')])}`, '0000_a.sql': bytes })
    const [only] = readDrizzleFolder(folder).migrations
    expect(only?.up.text).toBe('CREATE TABLE a (\n  x int\n);\n')
    expect(only?.hash).toBe(sum(bytes))
    expect(only?.otherHashes).toEqual([sum(bytes.replaceAll('\r\n', '\n'))])
  })

  it.each([
    ['sqlite', 'sqlite'],
    ['turso', 'sqlite'],
    ['postgresql', 'postgres'],
    ['mysql', 'mysql'],
  ])('of the dialect %s is for %s', (directive, dialect) => {
    put({ 'meta/_journal.json': journal([], directive) })
    expect(readDrizzleFolder(folder, { dialect }).migrations).toEqual([])
  })

  const hostile: readonly Hostile[] = [
    [
      'an entry without a file',
      { 'meta/_journal.json': journal([entry('0000_a')]) },
      './0000_a.sql: the journal has an entry for it (0000_a), and it is not there',
    ],
    [
      'two entries with one tag',
      { 'meta/_journal.json': journal([entry('0000_a'), entry('0000_A', 5)]), '0000_a.sql': '', '0000_A.sql': '' },
      './meta/_journal.json: two entries have the tag 0000_A',
    ],
    [
      'a journal of another dialect',
      { 'meta/_journal.json': journal([], 'postgresql') },
      './meta/_journal.json: it is of the dialect "postgresql", and the database is mysql',
      'mysql',
    ],
    [
      'a journal of an unknown database',
      { 'meta/_journal.json': journal([], 'singlestore') },
      './meta/_journal.json: it is of the dialect "singlestore", and the database is mysql',
      'mysql',
    ],
    ['a journal that is no object', { 'meta/_journal.json': '[]' }, './meta/_journal.json: it holds no object'],
    ['a journal without entries', { 'meta/_journal.json': '{}' }, './meta/_journal.json: it has no list of entries'],
    ['an entry that is none', { 'meta/_journal.json': journal([null]) }, './meta/_journal.json: entry 1 has no tag'],
    [
      'an entry without a time',
      { 'meta/_journal.json': journal([{ tag: '0000_a', when: '1' }]) },
      './meta/_journal.json: the entry 0000_a has no time in `when`',
    ],
    [
      'a time beyond all calendars',
      { 'meta/_journal.json': journal([entry('0000_a', 1e300)]) },
      './meta/_journal.json: the entry 0000_a has no time in `when`',
    ],
    ...['../../etc/passwd', '..\\secret', '/etc/passwd', 'a/b', '..', '', 'a\u0000b', ' a'].map(
      (tag): Hostile => [
        `the tag ${JSON.stringify(tag)}`,
        { 'meta/_journal.json': journal([entry(tag)]) },
        `./meta/_journal.json: the tag ${JSON.stringify(tag)} names no file of the folder`,
      ],
    ),
    [
      'a file that is no UTF-8',
      { 'meta/_journal.json': journal([entry('0000_a')]), '0000_a.sql': new Uint8Array([0x53, 0xff, 0xfe]) },
      './0000_a.sql: is no UTF-8',
    ],
    [
      'a folder where a file has to be',
      { 'meta/_journal.json': journal([entry('0000_a')]), '0000_a.sql/x': '' },
      './0000_a.sql: cannot be read: EISDIR: illegal operation on a directory, read',
    ],
    [
      'both formats at once',
      { 'meta/_journal.json': journal([]), '20261120064937_init/migration.sql': '' },
      './meta/_journal.json: there is a journal of drizzle-kit 0.x beside 20261120064937_init, which is a migration of 1.0: `drizzle-kit up` makes one of both',
    ],
    [
      'no migrations at all',
      { 'notes.txt': '' },
      '.: it is no folder of drizzle-kit: it has no meta/_journal.json, and no folders with a migration.sql',
    ],
  ]
  for (const [what, files, message, dialect] of hostile) {
    it(`is refused with ${what}`, () => {
      put(files)
      expect(drizzle(dialect)).toBe(`REVISION_FILE_INVALID: ${message}`)
    })
  }

  it('is refused with a journal that is no JSON', () => {
    put({ 'meta/_journal.json': '{"entries": [' })
    expect(drizzle()).toMatch(/^REVISION_FILE_INVALID: \.\/meta\/_journal\.json: it is no JSON: /)
  })

  it('says what to do, and that nothing was written', () => {
    put({ 'meta/_journal.json': 'x' })
    expect(() => readDrizzleFolder(folder)).toThrow(
      expect.objectContaining({
        remedy: 'Correct it as the tool of the folder expects it, or name the right folder. Nothing was written.',
      }),
    )
  })

  it('has to be there, and to be named by a whole path', () => {
    expect(refusal(() => readDrizzleFolder(join(folder, 'none')), folder)).toBe(
      'MIGRATIONS_NOT_FOUND: The folder ./none does not exist',
    )
    expect(refusal(() => readDrizzleFolder('drizzle'), folder)).toBe(
      'INVALID_OPTION: `drizzle` is not an absolute path',
    )
  })
})

describe('a folder of drizzle-kit 1.0', () => {
  it('is read in the order of its names', () => {
    put({
      '20261120064937_init/migration.sql': 'CREATE TABLE a (x int);',
      '20261120064937_init/snapshot.json': '{"version":"7","dialect":"sqlite","ddl":[]}',
      '20261121000000_more/migration.sql': 'CREATE TABLE b (x int);',
      'notes/readme.md': '',
    })
    expect(readDrizzleFolder(folder, { dialect: 'sqlite' }).migrations).toMatchObject([
      { name: '20261120064937_init', at: '2026-11-20T06:49:37.000Z', hash: sum('CREATE TABLE a (x int);') },
      { name: '20261121000000_more', at: '2026-11-21T00:00:00.000Z' },
    ])
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    [
      'a snapshot of another dialect',
      { '20261120064937_init/migration.sql': '', '20261120064937_init/snapshot.json': '{"dialect":"mysql"}' },
      './20261120064937_init/snapshot.json: it is of the dialect "mysql", and the database is sqlite',
    ],
    [
      'a folder without its file',
      { '20261120064937_init/migration.sql': '', '20261121000000_more/snapshot.json': '{}' },
      './20261121000000_more/migration.sql: it is not there, and 20261121000000_more is the name of a migration',
    ],
    [
      'a name without a time',
      { 'init/migration.sql': '' },
      './init: its name does not begin with a time of fourteen digits',
    ],
  ])('is refused with %s', (_what, files, message) => {
    put(files)
    expect(drizzle('sqlite')).toBe(`REVISION_FILE_INVALID: ${message}`)
  })
})

describe('a folder of plain SQL', () => {
  const names = () => readPlainFolder(folder).migrations.map(({ name }) => name)

  it('is read in the order of its numbers, each way from its file', () => {
    put({
      '10_c.up.sql': 'c',
      '10_c.down.sql': '-c',
      '9_b.sql': 'b',
      '001.sql': 'a',
      '011_d.UP.SQL': 'd',
      'seed.sql': 'x',
      'readme.md': 'x',
    })
    const { tool, migrations, strays } = readPlainFolder(folder)
    expect(tool).toBe('SQL')
    expect(migrations.map(({ name, up, down }) => [name, up.text, down?.text])).toEqual([
      ['001', 'a', undefined],
      ['9_b', 'b', undefined],
      ['10_c', 'c', '-c'],
      ['011_d', 'd', undefined],
    ])
    expect(strays).toEqual([join(folder, 'seed.sql')])
  })

  it('knows dates, and numbers that are a part of a word', () => {
    put({ '2021_05_06_people.sql': '', '2021_05_06.1_more.sql': '', '2021_04_30_2fa.sql': '', '8c1d_x.sql': '' })
    expect(names()).toEqual(['2021_04_30_2fa', '2021_05_06_people', '2021_05_06.1_more'])
  })

  it('takes the time of fourteen digits', () => {
    put({ '20210506070809_a.sql': '' })
    expect(readPlainFolder(folder).migrations).toMatchObject([
      { version: '20210506070809', at: '2021-05-06T07:08:09.000Z' },
    ])
  })

  it('is Flyway’s, by version, with what undoes it; what is repeated is told', () => {
    put({ 'V1_10__b.sql': 'b', 'V1_2__a.sql': 'a', 'U1_2__a.sql': '-a', 'R__views.sql': 'v' })
    const { migrations, strays } = readPlainFolder(folder)
    expect(migrations.map(({ name, version, up, down }) => [name, version, up.text, down?.text])).toEqual([
      ['V1_2__a', '1_2', 'a', '-a'],
      ['V1_10__b', '1_10', 'b', undefined],
    ])
    expect(strays).toEqual([join(folder, 'R__views.sql')])
  })

  it('is Prisma’s or Diesel’s: folders', () => {
    put({
      '20210506070809_init/migration.sql': 'a',
      '2021-06-01-090000_posts/up.sql': 'b',
      '2021-06-01-090000_posts/down.sql': '-b',
      'migration_lock.toml': '',
    })
    expect(readPlainFolder(folder).migrations.map(({ name, up, down }) => [name, up.text, down?.text])).toEqual([
      ['2021-06-01-090000_posts', 'b', '-b'],
      ['20210506070809_init', 'a', undefined],
    ])
  })

  it.each([
    ['dbmate', '-- first\n\n-- migrate:up\nUP;\n\n-- migrate:down\nDOWN;\n', false],
    ['dbmate, outside', '-- migrate:up transaction:false\nUP;\n\n-- migrate:down transaction:false\nDOWN;\n', true],
    ['goose', '-- +goose Up\nUP;\n\n-- +goose Down\nDOWN;\n', false],
    ['goose, outside', '-- +goose NO TRANSACTION\n-- +goose Up\nUP;\n\n-- +goose Down\nDOWN;\n', true],
    ['node-pg-migrate', '-- Up Migration\nUP;\n\n-- Down Migration\nDOWN;\n', false],
  ])('has both ways in one file: %s', (_tool, text, nonTransactional) => {
    put({ '1_a.sql': text })
    const [only] = readPlainFolder(folder).migrations
    const file = join(folder, '1_a.sql')
    const mark = nonTransactional ? { nonTransactional: true } : {}
    expect(only?.up).toEqual({ file, text: 'UP;\n\n', ...mark })
    expect(only?.down).toEqual({ file, text: 'DOWN;\n', ...mark })
    expect(only?.hash).toBe(sum(text))
  })

  it('with the line ends of Windows and a byte order mark is the same', () => {
    put({ '1_a.sql': '\uFEFF-- migrate:up\r\nUP;\r\n-- migrate:down\r\nDOWN;\r\n' })
    expect(readPlainFolder(folder).migrations).toMatchObject([{ up: { text: 'UP;\n' }, down: { text: 'DOWN;\n' } }])
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['two files of one number', { '1_a.sql': '', '01_b.sql': '' }, './1_a.sql: it has the same number as ./01_b.sql'],
    [
      'one migration in two forms',
      { '1_a.sql': '', '1_a.up.sql': '' },
      './1_a.up.sql: it has the same number as ./1_a.sql',
    ],
    ['a downgrade alone', { '1_a.down.sql': '' }, './1_a.down.sql: it is a downgrade, and there is no upgrade'],
    [
      'a downgrade of another name',
      { '1_a.up.sql': '', '1_b.down.sql': '' },
      './1_b.down.sql: it has the same number as ./1_a.up.sql',
    ],
    [
      'the downgrade twice',
      { '1_a.up.sql': '-- migrate:up\n-- migrate:down\nx', '1_a.down.sql': '' },
      './1_a.down.sql: ./1_a.up.sql has a downgrade too',
    ],
    [
      'a section down alone',
      { '1_a.sql': '-- migrate:down\nx' },
      './1_a.sql: it has a downgrade section of dbmate and no upgrade section',
    ],
    [
      'sections the wrong way round',
      { '1_a.sql': '-- migrate:down\nx\n-- migrate:up\ny' },
      './1_a.sql: the downgrade section of dbmate stands before the upgrade section',
    ],
    [
      'SQL before the sections',
      { '1_a.sql': 'DROP TABLE a;\n-- migrate:up\ny' },
      './1_a.sql: there is SQL before the line `-- migrate:up`',
    ],
    ['no numbers', { 'a.sql': '' }, '.: it has no numbered files of SQL'],
  ])('is refused with %s', (_what, files, message) => {
    put(files)
    expect(plain()).toBe(`REVISION_FILE_INVALID: ${message}`)
  })
})
