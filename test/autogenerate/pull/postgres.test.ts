import { expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'
import { missingIn, pulled, undeclaredLines } from './kit.ts'
import { rich } from './rich-schemas.ts'

describeOn('postgres', 'what is pulled', (createDatabase) => {
  test('a rich schema, read back, differs in nothing, and makes the same tables', async () => {
    const { url, sql } = await createDatabase()
    await sql(rich.postgres)
    const { declared, differences, text, ...declarations } = await pulled(url)
    expect(differences).toEqual([])
    expect(declarations.tables.map(({ name }) => name)).toEqual([
      'bookings',
      'classTable',
      'dateTable',
      'orgs',
      'parts',
      'userAccounts',
      'userAccounts2',
      'tableTable',
      'events',
      'auditOrgs',
    ])
    expect(undeclaredLines({ ...declarations, text })).toEqual([
      'schema | empty | no table that is declared is in it',
      'constraint | bookings.paid_more | declared without NO INHERIT',
      'constraint | bookings.bookings_during_excl | an exclusion constraint',
      'constraint | bookings.with_note | declared without INCLUDE',
      'constraint | bookings.partly | declared without the columns that ON DELETE sets',
      'constraint | bookings.late | declared without NOT VALID',
      'table | parts_one | a partition',
      'view | active_orgs | table(…) declares no views',
      'materializedView | counted | table(…) declares no views',
      'trigger | orgs.touched | table(…) declares no triggers',
      'enum | unused | no column that is declared uses it',
      'sequence | invoice_numbers | table(…) declares no sequences',
      'routine | public.touch() | a function',
    ])
    // A default takes its numbers from a sequence that is not declared.
    const empty = await createDatabase()
    await empty.sql('CREATE SEQUENCE invoice_numbers START 100 INCREMENT 5')
    const rest = await missingIn(empty.url, declared, url)
    expect(rest).toEqual([
      'expect no rows of bookings that the check paid_more (paid > 0) refuses',
      'create schema empty',
      'create enum unused',
      'drop foreign key partly of bookings',
      'drop check paid_more of bookings',
      'drop check late of bookings',
      'drop unique constraint with_note of bookings',
      'add unique constraint with_note to bookings',
      'add check paid_more to bookings',
      'add exclusion constraint bookings_during_excl to bookings',
      'add check late to bookings',
      'add foreign key partly to bookings',
      'create view active_orgs',
      'create materialized view counted',
      'create trigger touched on orgs',
    ])
  })

  test('an enum that a table of another schema uses is declared with it', async () => {
    const { url, sql } = await createDatabase()
    await sql(
      "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SCHEMA app; CREATE TABLE app.users (id int PRIMARY KEY, m mood)",
    )
    const { differences, ...declarations } = await pulled(url)
    expect(undeclaredLines(declarations)).toEqual([])
    expect(differences).toEqual([])
  })

  test('what table(…) refuses is named with what to exclude, and then nothing differs', async () => {
    const { url, sql } = await createDatabase()
    await sql(
      'CREATE TABLE nothing (); CREATE TABLE things (id int); CREATE SCHEMA jobs; CREATE TABLE jobs."a\nb" (id int)',
    )
    const { differences, ...declarations } = await pulled(url)
    expect(undeclaredLines(declarations)).toEqual([
      'schema | jobs | no table that is declared is in it',
      'table | nothing | it has no columns, and a comparison would drop it: exclude "nothing" in `autogenerate.exclude`',
      'table | jobs.a\nb | the name "a\\nb" cannot be declared, and a comparison would drop it: exclude "jobs.a\\nb" in `autogenerate.exclude`',
    ])
    expect(differences).toEqual(['drop table nothing'])
    const { undeclared, tables } = await pulled(url, { exclude: ['nothing', 'jobs.*'] })
    expect(undeclared.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['schema jobs'])
    expect(tables).toEqual([{ table: { name: 'things' }, name: 'things' }])
  })
})
