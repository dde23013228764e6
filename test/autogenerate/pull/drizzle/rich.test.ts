import { describe, expect, test } from 'vitest'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { sqliteFiles } from '../../materialise/kit.ts'
import { undeclaredLines } from '../kit.ts'
import { rich } from '../rich-schemas.ts'
import { pulledDrizzle, typeErrors } from './kit.ts'

const databaseOf = sqliteFiles()
const title = 'a rich schema, read back, differs in nothing, and compiles; the rest is reported'

async function nothingDiffers(url: string): Promise<readonly string[]> {
  const { differences, file, text, ...declarations } = await pulledDrizzle(url)
  expect(differences).toEqual([])
  expect(typeErrors([file])).toEqual([])
  // Each line that is reported is a comment of the module, too, but for those of functions, which belong to no table.
  const ofModule = declarations.undeclared.filter(({ kind }) => kind !== 'routine')
  for (const { why } of ofModule) expect(text).toContain(`: ${why}\n`)
  return undeclaredLines({ ...declarations, text })
}

const withoutColumns = 'declared without its columns: add those that queries select'

describe('SQLite: what is pulled as Drizzle', () => {
  test(title, async () => {
    const database = databaseOf()
    for (const statement of rich.sqlite) await database.sql(statement)
    expect(await nothingDiffers(database.url)).toEqual([
      'table | date | declared without strict',
      'column | orgs.name | declared without collation NOCASE',
      'table | user-accounts | declared without withoutRowid',
      'constraint | user-accounts.foreignKey (parent) | declared without DEFERRABLE',
      'table | words | a virtual table',
      'trigger | orgs.touched | Drizzle declares no triggers',
      `view | active_orgs | ${withoutColumns}`,
    ])
  })
})

describeOn('postgres', 'what is pulled as Drizzle', (createDatabase) => {
  test(title, async () => {
    const { url, sql } = await createDatabase()
    await sql(rich.postgres)
    expect(await nothingDiffers(url)).toEqual([
      'constraint | bookings.paid_more | declared without NO INHERIT',
      'constraint | bookings.bookings_during_excl | an exclusion constraint',
      'constraint | bookings.with_note | declared without INCLUDE',
      'constraint | bookings.partly | declared without the columns that ON DELETE sets',
      'constraint | bookings.late | declared without NOT VALID',
      'constraint | bookings.late_key | declared without NOT VALID',
      'table | orgs | declared without its comment',
      'column | orgs.name | declared without its comment',
      'column | orgs.code | declared without collation C',
      'constraint | orgs.own | declared without DEFERRABLE',
      'index | orgs.distinct_days | declared without NULLS NOT DISTINCT',
      'index | orgs.tagged | declared without its comment',
      'table | parts | declared without partitionBy RANGE (at)',
      'table | parts_one | a partition',
      'constraint | user-accounts.parent_key | declared without MATCH and DEFERRABLE',
      'index | user-accounts.lower_mail | declared without INCLUDE',
      'trigger | orgs.touched | Drizzle declares no triggers',
      `view | active_orgs | ${withoutColumns}`,
      `materializedView | counted | ${withoutColumns}`,
      'routine | public.touch() | a function',
    ])
  })
})

describeOnEach(['mariadb', 'mysql'], 'what is pulled as Drizzle', (createDatabase) => {
  test(title, async () => {
    const { url, sql } = await createDatabase()
    await sql(rich.mysql)
    const reported = await nothingDiffers(url)
    // The collation of a table without one is that of the database, which the server chooses.
    const isUsualCollation = (line: string): boolean => /^table .* declared without collation \S+$/.test(line)
    expect(reported.filter((line) => !isUsualCollation(line)).map((line) => line.replace(/, collation.*/, ''))).toEqual(
      [
        'table | kept | declared without engine MyISAM',
        'table | orgs | declared without its comment',
        'column | orgs.name | declared without its comment and collation latin1_bin',
        'index | orgs.words | Drizzle has no index of FULLTEXT',
        'index | user-accounts.by class | declared without its comment',
        'trigger | orgs.touched | Drizzle declares no triggers',
        `view | active_orgs | ${withoutColumns}`,
      ],
    )
  })
})
