import { check } from '@org/migrate-autogenerate'
import {
  expression,
  integer,
  isMigrateError,
  type Migrator,
  type OperationRecorder,
  type Revision,
  text,
  varchar,
} from '@org/migrate-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeEverywhere, describeOnServers, type Ground } from './ground.ts'

/* One database, asked in four places: `check`, `ensure`, the guards of a later revision, and a downgrade by inverses. */

function notes(op: OperationRecorder, guard: { readonly ifNotExists?: true } = {}): void {
  op.createTable(
    'notes',
    (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('author_id', integer(), { nullable: false })
      t.column('title', varchar(20))
      t.primaryKey(['id'])
      t.unique(['title'], { name: 'one_title' })
      t.check(expression('author_id > 0'))
      // To the primary key, whichever column that is.
      t.foreignKey({ columns: ['author_id'], references: { table: 'users', columns: [] } })
    },
    guard,
  )
}

/** The same parts one by one: each has its guard. */
function parts(op: OperationRecorder): void {
  op.alterTable('notes', (t) => {
    t.addColumn('title', varchar(20), { ifNotExists: true })
    t.addUnique(['title'], { name: 'one_title', ifNotExists: true })
    t.addCheck(expression('author_id > 0'), { ifNotExists: true })
    t.addForeignKey({ columns: ['author_id'], references: { table: 'users', columns: [] }, ifNotExists: true })
  })
}

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade(op: OperationRecorder) {
      op.createTable('users', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', text())
        t.primaryKey(['id'])
      })
    },
  },
  { revision: 'r2', downRevision: 'r1', upgrade: (op: OperationRecorder) => notes(op) },
  {
    revision: 'r3',
    downRevision: 'r2',
    upgrade: (op: OperationRecorder) => op.createView('names', expression('SELECT name FROM users')),
  },
]
const guarded = {
  revision: 'r4',
  downRevision: 'r3',
  upgrade(op: OperationRecorder) {
    notes(op, { ifNotExists: true })
    parts(op)
  },
}

/** The same for a sequence, which states what the server takes by itself. */
const sequenceChain = [
  { revision: 'r1', downRevision: null, upgrade: () => undefined },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade(op: OperationRecorder) {
      op.createSequence('numbers')
    },
  },
]
const guardedSequence = (cache: number) => ({
  revision: 'r3',
  downRevision: 'r2',
  upgrade(op: OperationRecorder) {
    op.createSequence('numbers', { increment: '1', cache, ifNotExists: true })
  },
})

/** Revisions, and one more that makes the same again where it is not there. */
interface Case {
  readonly chain: readonly Revision[]
  readonly guarded: Revision
}
const ofTables: Case = { chain, guarded }

const migratorOn = (ground: Ground, of: readonly Revision[]): Migrator => migratorOf(ground.dialect(), of)

async function checkDiffers(ground: Ground, { chain }: Case = ofTables): Promise<boolean> {
  const { findings } = await check(migratorOn(ground, chain))
  expect(findings.filter(({ kind }) => kind.endsWith('not compared'))).toEqual([])
  return findings.some(({ kind }) => kind === 'drift')
}

async function ensureDiffers(ground: Ground, { chain }: Case = ofTables): Promise<boolean> {
  const answer = migratorOn(ground, chain).ensure({ mode: 'verify', verify: { schema: true } })
  return answer.then(
    ({ warnings }) => warnings.length > 0,
    (error: unknown) => isMigrateError(error, 'NOT_AT_HEAD') && error.details.state === 'different',
  )
}

async function guardDiffers(ground: Ground, { chain, guarded }: Case = ofTables): Promise<boolean> {
  const plan = migratorOn(ground, [...chain, guarded]).plan()
  return plan.then(
    ({ steps }) => {
      const operations = steps.flatMap((step) => step.operations)
      return operations.some(({ skipped }) => skipped === undefined)
    },
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'GUARD_MISMATCH' })
      return true
    },
  )
}

async function downgradeDiffers(ground: Ground, { chain }: Case = ofTables): Promise<boolean> {
  return migratorOn(ground, chain)
    .downgrade('r1')
    .then(
      () => false,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'DRIFT' })
        return true
      },
    )
}

const answers = async (ground: Ground, of: Case = ofTables) => ({
  check: await checkDiffers(ground, of),
  ensure: await ensureDiffers(ground, of),
  guard: await guardDiffers(ground, of),
  downgrade: await downgradeDiffers(ground, of),
})
const all = (differs: boolean) => ({ check: differs, ensure: differs, guard: differs, downgrade: differs })

const usual = {
  id: 'id integer NOT NULL PRIMARY KEY',
  author: 'author_id integer NOT NULL',
  title: 'title varchar(20)',
  unique: 'CONSTRAINT one_title UNIQUE (title)',
  check: 'CHECK (author_id > 0)',
  key: 'FOREIGN KEY (author_id) REFERENCES users (id)',
}

async function recreate(ground: Ground, columns: readonly string[]): Promise<void> {
  await ground.sql('DROP TABLE notes')
  // What is declared without a name gets it from the dialect here, which says the character set as well.
  const isMysql = ground.name === 'mysql' || ground.name === 'mariadb'
  const named = columns.map((each) =>
    each
      .replace(/^CHECK/, isMysql ? 'CONSTRAINT notes_check CHECK' : 'CHECK')
      .replace(/^FOREIGN/, isMysql ? 'CONSTRAINT notes_author_id_fk FOREIGN' : 'FOREIGN'),
  )
  await ground.sql(`CREATE TABLE notes (${named.join(', ')})${isMysql ? ' DEFAULT CHARSET = utf8mb4' : ''}`)
}

describeEverywhere('check, ensure, guards and a downgrade give one answer about a database', (createGround) => {
  async function upgraded(): Promise<Ground> {
    const ground = await createGround()
    await migratorOn(ground, chain).upgrade()
    return ground
  }

  it('that is as its revisions made it', async () => {
    expect(await answers(await upgraded())).toEqual(all(false))
  })

  it('whose table was made by hand in other words: order of columns and of constraints, types, spaces', async () => {
    const ground = await upgraded()
    const { id, title, unique, key } = usual
    await recreate(ground, [
      ground.name === 'postgres' ? 'title character varying(20)' : title,
      ground.name === 'sqlite' ? '"author_id" INTEGER not null' : 'author_id int NOT NULL',
      id,
      key,
      'CHECK ( ( author_id>0 ) )',
      unique,
    ])
    expect(await answers(ground)).toEqual(all(false))
  })

  it.each([
    ['a constraint has another name', { unique: 'CONSTRAINT another UNIQUE (title)' }],
    ['a column has another type', { title: 'title varchar(40)' }],
    ['a column must have values', { title: 'title varchar(20) NOT NULL' }],
    ['a foreign key does more', { key: `${usual.key} ON DELETE CASCADE` }],
    ['a foreign key is missing', { key: 'CONSTRAINT other_check CHECK (id > 0)' }],
  ])('where %s', async (_what, change) => {
    const ground = await upgraded()
    await recreate(ground, Object.values({ ...usual, ...change }))
    expect(await answers(ground)).toEqual(all(true))
  })

  it('whose view is missing', async () => {
    const ground = await upgraded()
    await ground.sql('DROP VIEW names')
    expect([await checkDiffers(ground), await ensureDiffers(ground), await downgradeDiffers(ground)]).toEqual([
      true,
      true,
      true,
    ])
  })
})

const sequencesAre = (createGround: () => Promise<Ground>): void => {
  // A cache that is not stated: https://www.postgresql.org/docs/current/sql-createsequence.html and https://mariadb.com/kb/en/create-sequence/
  const usualCache = { postgres: 1, mariadb: 1000 }

  it.each([
    ['as it was made', undefined, false],
    ['where what goes without saying is said', 'INCREMENT BY 1 MINVALUE 1', false],
    ['where it keeps as many numbers ready as is usual on another server', 'CACHE', true],
    ['where it counts in other steps', 'INCREMENT BY 2', true],
  ])('%s', async (_what, change, differs) => {
    const ground = await createGround()
    const cache = ground.name === 'mariadb' ? usualCache.mariadb : usualCache.postgres
    const other = ground.name === 'mariadb' ? usualCache.postgres : usualCache.mariadb
    await migratorOn(ground, sequenceChain).upgrade()
    if (change !== undefined)
      await ground.sql(`ALTER SEQUENCE numbers ${change === 'CACHE' ? `CACHE ${other}` : change}`)
    const of = { chain: sequenceChain, guarded: guardedSequence(cache) }
    expect(await answers(ground, of)).toEqual(all(differs))
  })
}

// MySQL and SQLite have none.
describeOnServers('one answer about a sequence', sequencesAre, ['postgres', 'mariadb'])
