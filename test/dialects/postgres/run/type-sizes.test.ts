import { char, decimal, integer, time, timestamp, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

/** Each with what the server is given by hand: it is the judge of both. */
const types = [
  [varchar(0), 'character varying(0)'],
  [varchar(10_485_760), 'character varying(10485760)'],
  [varchar(10_485_761), 'character varying(10485761)'],
  [char(0), 'character(0)'],
  [char(10_485_761), 'character(10485761)'],
  [decimal(0, 0), 'numeric(0,0)'],
  [decimal(1000, 1000), 'numeric(1000,1000)'],
  [decimal(1001, 0), 'numeric(1001,0)'],
  [decimal(5, -2), 'numeric(5,-2)'],
  [decimal(2, 5), 'numeric(2,5)'],
  [decimal(5, -1001), 'numeric(5,-1001)'],
  [time({ precision: 6 }), 'time(6) without time zone'],
  [time({ precision: 7 }), 'time(7) without time zone'],
  [timestamp({ precision: 7, withTimezone: true }), 'timestamp(7) with time zone'],
] as const

describeOnEach(['postgres', 'postgres-next'], 'a type of a size that no column has', (createDatabase) => {
  it('is refused before anything runs where the server refuses it, or makes another one of it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int NOT NULL)')
    const shown = (name: string) =>
      db.sql(`SELECT format_type(atttypid, atttypmod) AS a FROM pg_attribute WHERE attrelid = 't'::regclass
        AND attname = '${name}' AND NOT attisdropped`)
    const refused: string[] = []
    for (const [type, text] of types) {
      const byHand = await db.sql(`ALTER TABLE t ADD COLUMN a ${text}`).catch(() => [])
      const [column] = await shown('a')
      // format_type says nothing of a precision of six.
      const isTaken = column !== undefined && (text.includes('7') ? column.a === text : true)
      await db.sql('ALTER TABLE t DROP COLUMN IF EXISTS a')
      expect(byHand).toEqual([])
      const migrator = migratorOf(
        postgresDialect({ url: db.url }),
        line((op) => {
          op.addColumn('t', 'b', integer())
          op.addColumn('t', 'a', type)
        }),
      )
      const outcome = await migrator.upgrade().then(
        () => 'taken',
        (error) => (error.code === 'UNSUPPORTED' ? 'refused' : String(error)),
      )
      expect([text, outcome]).toEqual([text, isTaken ? 'taken' : 'refused'])
      if (isTaken) await migrator.downgrade('base')
      else refused.push(text)
      expect(await shown('b')).toEqual([])
    }
    expect(refused.length).toBeGreaterThan(5)
  })

  it.each(['x', '\u00e9'])('is that of a value of an enum, which the server counts in bytes: %s', async (letter) => {
    const db = await createDatabase()
    const long = letter.repeat(64 / Buffer.byteLength(letter))
    await expect(db.sql(`CREATE TYPE by_hand AS ENUM ('${long}')`)).rejects.toThrow('invalid enum label')
    const upgrade = (change: RevisionBody) => migratorOf(postgresDialect({ url: db.url }), line(change)).upgrade()
    const changes: readonly RevisionBody[] = [
      (op) => op.createEnum('k', ['a', long]),
      (op) => {
        op.createEnum('k', ['a'])
        op.alterEnum('k', { add: [{ value: long }] })
      },
      (op) => {
        op.createEnum('k', ['a'])
        op.alterEnum('k', { rename: [{ value: 'a', to: long }] })
      },
    ]
    for (const change of changes) {
      await expect(upgrade(change)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining(long),
      })
    }
    await upgrade((op) => op.createEnum('k', ['a', long.slice(1)]))
  })
})
