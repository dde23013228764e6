import type { FaultKind } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../../../packages/dialect-mysql/src/connection/faults.ts'
import { describeOnEach, type ServerName } from '../../../kit/servers.ts'
import { open } from './kit.ts'

const setUp = `CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE, n int NOT NULL, c int CHECK (c > 0), v varchar(2), e enum('a'),
    dt date, CONSTRAINT ck CHECK (id < 100)) ENGINE=InnoDB;
  CREATE TABLE c (id int PRIMARY KEY, p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
  INSERT INTO p (id, u, n) VALUES (1, 1, 1); INSERT INTO c VALUES (1, 1); CREATE VIEW w AS SELECT 1 AS a`

const cases: readonly (readonly [FaultKind, string, ServerName?])[] = [
  ['constraint', 'INSERT INTO p (id, n) VALUES (1, 1)'],
  ['constraint', 'INSERT INTO p (id, u, n) VALUES (2, 1, 1)'],
  ['constraint', 'INSERT INTO p (id, n) VALUES (2, NULL)'],
  ['constraint', 'INSERT INTO p (id) VALUES (2)'],
  ['constraint', 'INSERT INTO p (id, n, c) VALUES (2, 1, 0)'],
  ['constraint', 'INSERT INTO p (id, n) VALUES (200, 1)'],
  ['constraint', "INSERT INTO p (id, n, v) VALUES (2, 1, 'abc')"],
  ['constraint', "INSERT INTO p (id, n, e) VALUES (2, 1, 'b')"],
  ['constraint', "INSERT INTO p (id, n) VALUES (2, 'x')"],
  ['constraint', 'INSERT INTO p (id, n) VALUES (2, 99999999999)'],
  ['constraint', "INSERT INTO p (id, n, dt) VALUES (2, 1, '2024-02-31')"],
  ['constraint', 'INSERT INTO c VALUES (2, 2)'],
  ['constraint', 'DELETE FROM p'],
  ['constraint', 'DROP TABLE p'],
  ['constraint', "SIGNAL SQLSTATE '45000'"],
  ['constraint', 'ALTER TABLE c ADD UNIQUE (id), ADD FOREIGN KEY (id) REFERENCES p (u), ADD CHECK (id > 5)'],
  ['syntax', 'SELEC 1'],
  ['syntax', ''],
  ['missing', 'SELECT * FROM nothing'],
  ['missing', 'SELECT nothing FROM p'],
  ['missing', 'DROP TABLE nothing'],
  ['missing', 'DROP VIEW nothing'],
  ['missing', 'ALTER TABLE p DROP COLUMN nothing'],
  ['missing', 'ALTER TABLE p DROP INDEX nothing'],
  ['missing', 'ALTER TABLE p DROP CONSTRAINT nothing'],
  ['missing', 'ALTER TABLE p DROP FOREIGN KEY nothing'],
  ['missing', 'ALTER TABLE p RENAME INDEX nothing TO b'],
  ['missing', 'ALTER TABLE p ADD INDEX i (nothing)'],
  ['missing', 'ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES nothing (id)', 'mysql'],
  ['missing', 'DROP TRIGGER nothing'],
  ['missing', 'DROP PROCEDURE nothing'],
  ['missing', 'USE nothing_of_that_name'],
  ['missing', 'DROP SEQUENCE nothing', 'mariadb'],
  ['exists', 'CREATE TABLE p (a int)'],
  ['exists', 'CREATE VIEW w AS SELECT 1'],
  ['exists', 'ALTER TABLE p ADD COLUMN u int'],
  ['exists', 'ALTER TABLE p ADD INDEX u (u)'],
  ['exists', 'ALTER TABLE p ADD CONSTRAINT ck CHECK (n > 0)'],
  ['exists', 'ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)'],
]

describeOnEach(['mariadb', 'mysql'], 'a fault', (createDatabase, server) => {
  const faultOf = faultsOf(server === 'mysql' ? 'mysql' : 'mariadb')
  it('is of the kind that it is', async () => {
    const db = await createDatabase()
    await db.sql(setUp)
    const session = await open(db)
    const faults: string[] = []
    for (const [kind, sql, only] of cases) {
      if (only !== undefined && only !== server) continue
      const error: unknown = await session.execute(sql).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      const fault = error === undefined ? 'no error' : faultOf(error)
      if (fault !== kind) faults.push(`${sql}: ${fault}, not ${kind} (${(error as Error | undefined)?.message})`)
    }
    expect(faults).toEqual([])
  })

  it('of rights is one', async () => {
    const db = await createDatabase()
    await db.sql(
      `CREATE TABLE t (a int, b int); CREATE USER '${db.name}'@'%'; GRANT SELECT (a) ON \`${db.name}\`.t TO '${db.name}'@'%'`,
    )
    const target = new URL(db.url)
    target.username = db.name
    const session = await open({ url: target.href })
    for (const sql of [
      'SELECT b FROM t',
      'DELETE FROM t',
      'CREATE TABLE u (a int)',
      'SET GLOBAL max_connections = 100',
      'SELECT * FROM mysql.user',
      'CREATE DATABASE x_y_z',
      'GRANT SELECT ON *.* TO root',
    ]) {
      const error: unknown = await session.execute(sql).catch((reason: unknown) => reason)
      expect([sql, faultOf(error)]).toEqual([sql, 'permission'])
    }
    await db.sql(`DROP USER '${db.name}'@'%'`)
  })

  it('of waiting is one', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1)')
    const [session, holder] = [await open(db, { waitMs: 1_000 }), await open(db)]
    const held = await holder.begin()
    await holder.query('SELECT * FROM t FOR UPDATE')
    expect(faultOf(await session.query('SELECT * FROM t FOR UPDATE NOWAIT').catch((error: unknown) => error))).toBe(
      'busy',
    )
    expect(faultOf(await session.execute('DELETE FROM t').catch((error: unknown) => error))).toBe('busy')
    expect(faultOf(await session.execute('DROP TABLE t').catch((error: unknown) => error))).toBe('busy')
    await held.rollback()
  })
})

const running = (option: string): string =>
  `The MySQL server is running with the ${option} option so it cannot execute this statement`

describe('a fault of the system', () => {
  it.each([
    ['connection', { code: 'ECONNREFUSED', errno: -111 }],
    ['connection', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }],
    ['connection', { fatal: true }],
    ['connection', { errno: 4031 }],
    ['deadlock', { errno: 1213 }],
    ['full', { errno: 1114 }],
    ['full', { errno: 1021 }],
    ['readOnly', { errno: 1290, message: running('--read-only') }],
    ['readOnly', { errno: 1290, message: running('--super-read-only') }],
    ['unknown', { errno: 1290, message: running('--secure-file-priv') }],
    ['unknown', { errno: 1290, message: running('--skip-grant-tables') }],
    ['readOnly', { errno: 1792 }],
    ['readOnly', { errno: 1836 }],
    ['corrupt', { errno: 1034 }],
    ['unknown', { errno: 1317 }],
    ['unknown', new Error('what')],
    ['unknown', undefined],
  ])('%s: %o', (kind, error) => {
    expect(faultsOf('mysql')(error)).toBe(kind)
  })
})
