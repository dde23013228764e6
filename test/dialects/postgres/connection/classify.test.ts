import type { SqlClass } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { faultOf } from '../../../../packages/dialect-postgres/src/connection/faults.ts'
import { classify } from '../../../../packages/dialect-postgres/src/sql/classify.ts'
import { describeOnEach } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

const classes: { readonly [C in SqlClass]: readonly string[] } = {
  query: [
    'SELECT 1',
    '  -- note\n/* a /* b */ */ select * from t;',
    '(SELECT 1) UNION (SELECT 2)',
    'SELECT \'INTO\' , "INTO" FROM t',
    'SELECT (SELECT into_ FROM t)',
    'VALUES (1), (2)',
    'TABLE t',
    'SHOW search_path',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'EXPLAIN SELECT 1',
    'EXPLAIN (ANALYZE, BUFFERS) SELECT 1',
    'EXPLAIN UPDATE t SET a = 1',
    'EXPLAIN (COSTS off) CREATE TABLE a AS SELECT 1',
    'SELECT $$; DROP TABLE t; $$',
  ],
  dml: [
    'INSERT INTO t VALUES (1)',
    'insert into t select * from u',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
    'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a',
    'WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a',
    'EXPLAIN ANALYZE DELETE FROM t',
    'EXPLAIN (ANALYSE) UPDATE t SET a = 1',
  ],
  ddl: [
    'CREATE TABLE t (a int)',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'ALTER TABLE t ADD c int',
    'DROP INDEX CONCURRENTLY i',
    'TRUNCATE t',
    'COMMENT ON TABLE t IS $$x$$',
    'GRANT SELECT ON t TO u',
    'REFRESH MATERIALIZED VIEW v',
    'VACUUM t',
    'ANALYZE t',
    'REINDEX TABLE t',
    'SELECT * INTO u FROM t',
    'WITH a AS (SELECT 1) SELECT * INTO u FROM a',
    'EXPLAIN ANALYZE CREATE TABLE u AS SELECT 1',
  ],
  transaction: [
    'BEGIN',
    ';BEGIN',
    ' ; -- note\n ;COMMIT',
    'START TRANSACTION',
    'COMMIT',
    'END',
    'ROLLBACK TO s',
    'ABORT',
    'SAVEPOINT s',
    'RELEASE s',
    'PREPARE TRANSACTION $$x$$',
  ],
  setting: [
    'SET lock_timeout = 1',
    'SET CONSTRAINTS ALL DEFERRED',
    'RESET ALL',
    'DISCARD ALL',
    'LISTEN c',
    'LOCK TABLE t',
    'DEALLOCATE ALL',
    'DECLARE c CURSOR FOR SELECT 1',
  ],
  unknown: [
    '',
    ';',
    'DO $$ BEGIN END $$',
    'CALL p()',
    'EXECUTE s',
    'COPY t FROM $$/f$$',
    'FETCH c',
    'SELECT 1; DROP TABLE t',
    'NONSENSE',
    'EXPLAIN',
  ],
}

describe('a text is classed', () => {
  for (const [kind, messages] of Object.entries(classes)) {
    test.each(messages)(`${kind}: %s`, (text) => {
      expect(classify(text)).toBe(kind)
    })
  }
})

describeOnEach(['postgres', 'postgres-next'], 'what went wrong', (createDatabase) => {
  test('is known by the server’s code', async () => {
    const database = await createDatabase()
    await database.sql(`CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t, n int NOT NULL CHECK (n > 0), x int4range,
      EXCLUDE USING gist (x WITH &&)); INSERT INTO t VALUES (1, 1, 1, '[1,3)'); CREATE TYPE e AS ENUM ('a'); CREATE VIEW v AS SELECT id FROM t`)
    const session = await open(database.url)
    const fault = async (sql: string): Promise<string> =>
      session.execute(sql).then(
        () => 'none',
        (error: unknown) => faultOf(error),
      )
    expect(await fault('SELEC 1')).toBe('syntax')
    expect(await fault('SELECT 1; SELECT 2')).toBe('syntax')
    expect(await fault('SELECT * FROM nowhere')).toBe('missing')
    expect(await fault('SELECT nothing FROM t')).toBe('missing')
    expect(await fault('SELECT * FROM nowhere.t')).toBe('missing')
    expect(await fault('DROP INDEX nothing')).toBe('missing')
    expect(await fault('SELECT nothing()')).toBe('missing')
    expect(await fault('ALTER TABLE t DROP CONSTRAINT nothing')).toBe('missing')
    expect(await fault('CREATE TABLE t ()')).toBe('exists')
    expect(await fault('ALTER TABLE t ADD id int')).toBe('exists')
    expect(await fault("CREATE TYPE e AS ENUM ('a')")).toBe('exists')
    expect(await fault('CREATE SCHEMA public')).toBe('exists')
    expect(await fault('ALTER TABLE t ADD CONSTRAINT t_pkey CHECK (true)')).toBe('exists')
    expect(await fault('INSERT INTO t VALUES (1, 1, 1)')).toBe('constraint')
    expect(await fault('INSERT INTO t VALUES (2, 7, 1)')).toBe('constraint')
    expect(await fault('INSERT INTO t VALUES (2, 1, 0)')).toBe('constraint')
    expect(await fault('INSERT INTO t VALUES (2, 1, NULL)')).toBe('constraint')
    expect(await fault("INSERT INTO t VALUES (2, 1, 1, '[2,4)')")).toBe('constraint')
    expect(await fault('DROP TABLE t')).toBe('dependent')
    expect(await fault('SELECT 1/0')).toBe('unknown')
  })

  test('and what the driver says is told apart from it', () => {
    const error = (code: string): Error => Object.assign(new Error(code), { code })
    const server = (code: string): Error => Object.assign(error(code), { name: 'PostgresError' })
    expect(faultOf(error('ECONNREFUSED'))).toBe('connection')
    expect(faultOf(error('CONNECTION_CLOSED'))).toBe('connection')
    expect(faultOf(error('UNDEFINED_VALUE'))).toBe('unknown')
    expect(faultOf(new Error('x'))).toBe('unknown')
    expect(faultOf(undefined)).toBe('unknown')
    const expected = {
      '55P03': 'busy',
      '40P01': 'deadlock',
      '40001': 'deadlock',
      '42501': 'permission',
      '53100': 'full',
      '2BP01': 'dependent',
      '25006': 'readOnly',
      XX001: 'corrupt',
      '57P01': 'connection',
      '08006': 'connection',
      '57014': 'unknown',
    }
    for (const [code, fault] of Object.entries(expected)) expect([code, faultOf(server(code))]).toEqual([code, fault])
    // A minified bundle names the class of the driver otherwise.
    const minified = Object.assign(error('42P01'), { name: 'a', severity: 'ERROR' })
    expect(faultOf(minified)).toBe('missing')
  })
})
