import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FolderMigration, importedRevisions } from '@org/migrate-autogenerate'
import { makeImportedFiles } from '@org/migrate-autogenerate/node'
import { createMigrator, createRevisionGraph } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusal } from './kit.ts'

const sqlite = sqliteDialect({ url: ':memory:' })
const postgres = postgresDialect({ url: 'postgres://nobody@127.0.0.1/none' })
const mysql = mysqlDialect({ url: 'mysql://nobody@127.0.0.1/none' })

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adopt-texts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function migration(name: string, text: string, more: Partial<FolderMigration> = {}): FolderMigration {
  return { name, up: { file: `${name}.sql`, text }, hash: '', otherHashes: [], ...more }
}

function textOf(
  dialect: UnloadedDialect,
  text: string,
  nonTransactional = false,
): readonly [string | undefined, readonly string[]] {
  const up = { file: 'a.sql', text, ...(nonTransactional ? { nonTransactional: true as const } : {}) }
  const [only] = importedRevisions([migration('1_a', text, { up })], dialect)
  return [only?.up, only?.notes ?? []]
}

describe('the text of another tool in a revision', () => {
  const two = 'CREATE TABLE a (x int);\nCREATE TABLE b (x int);\n'

  it('is left as it is where a wrong division would be taken back', () => {
    expect(textOf(sqlite, two)).toEqual([two, []])
    expect(textOf(postgres, two)).toEqual([two, []])
  })

  it('is divided where each statement commits by itself, bodies whole, and people are told', () => {
    const text =
      'CREATE TABLE a (x int); INSERT INTO a VALUES (1);\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.x = 1;\nEND;\n'
    expect(textOf(mysql, text)).toEqual([
      'CREATE TABLE a (x int); \n-- migrate: statement\nINSERT INTO a VALUES (1);\n\n-- migrate: statement\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.x = 1;\nEND;\n',
      ['a.sql was divided into statements at its semicolons: look at the marks.'],
    ])
  })

  it('keeps drizzle-kit’s marks, and is not divided besides', () => {
    const text = 'CREATE TABLE a (x int);--> statement-breakpoint\nCREATE TABLE b (x int);'
    for (const dialect of [sqlite, postgres, mysql]) expect(textOf(dialect, text)).toEqual([text, []])
  })

  it('loses nothing that stands behind such a mark in its line', () => {
    const text = 'CREATE TABLE a (x int);--> statement-breakpoint CREATE TABLE b (x int);'
    expect(textOf(postgres, text)[0]).toBe('CREATE TABLE a (x int);--> statement-breakpoint\n CREATE TABLE b (x int);')
  })

  it('that the tool runs outside a transaction is marked so, statement by statement', () => {
    const text = '-- why\nCREATE INDEX CONCURRENTLY i ON a (x);\nCREATE INDEX CONCURRENTLY j ON a (y);\n'
    expect(textOf(postgres, text, true)).toEqual([
      '-- why\n\n-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY i ON a (x);\n\n-- migrate: statement\n-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY j ON a (y);\n',
      ['a.sql was divided into statements at its semicolons: look at the marks.'],
    ])
  })

  it('is a transaction on SQLite, where a statement outside one has to be alone', () => {
    expect(textOf(sqlite, `PRAGMA foreign_keys = OFF;\n${two}`, true)).toEqual([
      `PRAGMA foreign_keys = OFF;\n${two}`,
      ['a.sql was run outside a transaction, and is part of one here.'],
    ])
    expect(textOf(sqlite, 'VACUUM;', true)[0]).toBe('\n-- migrate: no-transaction\nVACUUM;')
  })

  it.each([
    ['BEGIN', 'COMMIT'],
    ['begin transaction', 'end'],
    ['START TRANSACTION', 'COMMIT'],
  ])('loses %s and %s around the whole', (first, last) => {
    const [text, notes] = textOf(postgres, `-- a\n${first};\n${two}${last} ;\n-- z\n`)
    expect(text).toBe(`-- a\n\n${two}\n-- z\n`)
    expect(notes).toEqual(['a.sql had a BEGIN and COMMIT around it, which are left out: a revision is a transaction.'])
  })

  it.each([
    ['of two transactions', `BEGIN;\n${two}COMMIT;\nBEGIN;\n${two}COMMIT;\n`],
    ['that are not around all', `BEGIN;\n${two}COMMIT;\nSELECT 1;\n`],
  ])('keeps those %s, which a run then refuses', (_what, text) => {
    expect(textOf(postgres, text)).toEqual([text, []])
  })

  it('has comments that begin like a mark in other words', () => {
    const text = '-- migrate: users to accounts\nCREATE TABLE a (x int);\n--migrate:up\n'
    expect(textOf(sqlite, text)[0]).toBe(
      '-- note: migrate: users to accounts\nCREATE TABLE a (x int);\n-- note:migrate:up\n',
    )
  })

  it('is refused where such a comment is a part of a statement', () => {
    const text = 'CREATE TABLE a (\n  x int\n  -- migrate: later to bigint\n);'
    expect(refusal(() => textOf(sqlite, text), folder)).toBe(
      'REVISION_FILE_INVALID: a.sql:3: a comment within a statement begins with `migrate:`, which is the beginning of a mark',
    )
  })
})

describe('revisions of another tool’s migrations', () => {
  it('follow each other, and the first what it is told to', () => {
    const [first, second] = importedRevisions([migration('0001_a', 'x'), migration('0002_b', 'y')], sqlite, [
      '9b01d2ee6a54',
    ])
    expect(first?.parents).toEqual(['9b01d2ee6a54'])
    expect(second?.parents).toEqual([first?.revision])
  })

  it('have ids of their own where only the name, or only the text, is another', () => {
    const ids = importedRevisions(
      [migration('1_a', 'x'), migration('2_a', 'x'), migration('3_a', 'y'), migration('4_a', 'y')],
      sqlite,
    ).map(({ revision }) => revision)
    expect(new Set(ids).size).toBe(4)
    const idOf = (text: string) => importedRevisions([migration('1_a', text)], sqlite)[0]?.revision
    // sha256("1_a\n" + sha256("x\n") + "\n"), as the sha256sum of a shell gives it
    expect(idOf('x')).toBe('2d93d40e3c83')
    expect(idOf('x\r\n')).toBe(idOf('x'))
    expect(idOf('y')).not.toBe(idOf('x'))
  })

  it.each([
    ['0001_add_users', 'add users'],
    ['V1_2__add_users', 'add users'],
    ['20210506070809-add.users', 'add users'],
    ['2021_05_06_people', 'people'],
    ['0002_2fa', '2fa'],
    ['0003', '0003'],
  ])('%s says "%s"', (name, message) => {
    expect(importedRevisions([migration(name, '')], sqlite)[0]?.message).toBe(message)
  })
})

describe('the files of such revisions', () => {
  const imported = () =>
    importedRevisions(
      [
        migration(
          '0001_users',
          '-- message: no message of ours\n-- revises: nothing\nCREATE TABLE users (id INTEGER);\n',
          {
            at: '2021-05-06T07:08:09.000Z',
            down: { file: 'down.sql', text: 'DROP TABLE users;\n' },
          },
        ),
        migration('0002_*/; DROP', 'CREATE TABLE posts (id INTEGER);'),
      ],
      sqlite,
    )

  it('say in their header what they are, and nothing that the other tool wrote there', async () => {
    const [first, second] = makeImportedFiles(imported(), folder)
    const [one, two] = imported()
    expect(readFileSync(join(first ?? '', 'up.sql'), 'utf8')).toBe(
      `-- message: users\n-- revision: ${one?.revision}\n-- revises: base\n-- created: 2021-05-06T07:08:09Z\n\n/* 0001_users */\n` +
        '-- message: no message of ours\n-- revises: nothing\nCREATE TABLE users (id INTEGER);\n',
    )
    expect(readFileSync(join(first ?? '', 'down.sql'), 'utf8')).toBe('DROP TABLE users;\n')
    expect(readFileSync(join(second ?? '', 'up.sql'), 'utf8')).toContain(
      `-- revises: ${one?.revision}\n\n/* 0002___; DROP */\nCREATE TABLE posts`,
    )
    expect(readFileSync(join(second ?? '', 'down.sql'), 'utf8')).toBe(
      `-- What takes ${two?.revision} back. Until a statement stands here, a downgrade past it is refused.\n`,
    )
    const migrator = createMigrator({ dialect: sqliteDialect({ url: join(folder, 'a.db') }), tiers: [graph(folder)] })
    expect((await migrator.upgrade()).applied).toEqual([`main:${one?.revision}`, `main:${two?.revision}`])
    await expect(migrator.downgrade('base')).rejects.toMatchObject({ code: 'IRREVERSIBLE' })
  })

  it('have the names that are asked for', () => {
    const naming = { name: '{{year}}/{{rev}}_{{slug}}' }
    const now = new Date(Date.UTC(2026, 10, 20))
    const folders = makeImportedFiles(imported(), folder, { naming, recursive: true, now })
    const [one, two] = imported()
    expect(folders).toEqual([join(folder, `2021/${one?.revision}_users`), join(folder, `2026/${two?.revision}_drop`)])
  })

  it('are never written over, and where one cannot be made none is left', () => {
    const [, second] = imported()
    const taken = join(folder, `${second?.revision}_drop`)
    mkdirSync(taken)
    writeFileSync(join(taken, 'up.sql'), 'mine')
    const naming = { name: '{{rev}}_{{slug}}' }
    expect(refusal(() => makeImportedFiles(imported(), folder, { naming }), folder)).toMatch(
      /^FILE_NOT_WRITTEN: \.\/.*_drop\/up\.sql cannot be written: it is there already$/,
    )
    expect(readdirSync(folder)).toEqual([`${second?.revision}_drop`])
    expect(readFileSync(join(taken, 'up.sql'), 'utf8')).toBe('mine')
  })

  it('are not made where the graph has such a revision, or lacks the one before', () => {
    const [first] = imported()
    const node = { revision: first?.revision ?? '', parents: [], dependsOn: [], branchLabels: [], source: 'there.sql' }
    const existing = createRevisionGraph([node])
    expect(refusal(() => makeImportedFiles(imported(), folder, { graph: existing }), folder)).toMatch(
      /^DUPLICATE_REVISION/,
    )
    const orphan = importedRevisions([migration('1_a', '')], sqlite, ['000000000000'])
    expect(refusal(() => makeImportedFiles(orphan, folder), folder)).toMatch(/^MISSING_PARENT/)
    expect(readdirSync(folder)).toEqual([])
  })
})
